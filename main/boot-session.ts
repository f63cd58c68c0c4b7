/**
 * A boot from power on to the end of the last guest: slices of the board, with the keyboard, the screen and the wall
 * clock served in between.  The board decides nothing by the wall clock; only typed input and waiting come from here.
 */

import type { Machine } from '../core/launcher/machine.ts';
import { MachineBoard, SLICE_INSTRUCTIONS } from '../core/launcher/machine-board.ts';
import { Arrivals } from './arrivals.ts';
import { type CommandIo, exitCode } from './command-io.ts';
import { ConsoleInput } from './console-input.ts';
import { ConsoleLines } from './console-lines.ts';
import { type GuestRequest, imageProblem, type RunRequest } from './guest-requests.ts';
import { newHost } from './new-host.ts';
import { Pacer } from './pacer.ts';
import type { TraceFile } from './trace-file.ts';

/** How a session ended, other than by all of its guests ending. */
type Stop = 'left' | 'time out' | 'budget spent' | 'waits for ever' | null;

/** Pauses are cut into pieces, so that a time-out is noticed. */
const LONGEST_SLEEP_MS = 250;

export class BootSession {
  readonly board: MachineBoard;
  wallSeconds = 0;
  private readonly io: CommandIo;
  private readonly request: RunRequest;
  private readonly lines: ConsoleLines[] = [];
  private readonly arrivals = new Arrivals();
  private readonly input: ConsoleInput;

  constructor(request: RunRequest, io: CommandIo, trace: TraceFile | null) {
    this.io = io;
    this.request = request;
    const memories = request.guests.map(({ memoryMiB }) => memoryMiB);
    this.board = new MachineBoard(newHost(memories, { onCrossing: trace?.write }));
    for (const [index, name] of distinctNames(request.guests).entries()) {
      const guest = request.guests[index];
      try {
        this.addGuest(guest, name);
      } catch (error) {
        throw imageProblem(error, guest.image.path);
      }
    }
    this.input = new ConsoleInput(io.stdin, this.board.machines[0], this.arrivals);
  }

  /** Runs to the end; returns the exit code, after a sentence on stderr where there is something to explain. */
  async run(): Promise<number> {
    const start = this.io.now();
    this.input.open();
    let stop: Stop;
    try {
      stop = await this.runSlices(start);
    } finally {
      this.input.close();
      this.wallSeconds = (this.io.now() - start) / 1000;
    }
    for (const lines of this.lines) lines.finish();
    for (const machine of this.board.machines) this.explainEnd(machine);
    return this.conclude(stop);
  }

  private addGuest(guest: GuestRequest, name: string): void {
    const { stdout } = this.io;
    const lines = new ConsoleLines(name, (bytes) => stdout.write(bytes));
    const alone = this.request.guests.length === 1;
    if (!alone) this.lines.push(lines);
    this.board.add({
      name,
      image: guest.image.bytes,
      initrd: guest.initrd,
      commandLine: guest.commandLine,
      memoryMiB: guest.memoryMiB,
      fastPath: guest.fastPath,
      consoleOutput: alone ? (bytes) => stdout.write(bytes) : (bytes) => lines.append(bytes),
      report: (sentence) => this.say(`${name}: ${sentence}`),
    });
  }

  private async runSlices(start: number): Promise<Stop> {
    const { io, board, input, arrivals, request } = this;
    const pacer = new Pacer(start, board.host.clock);
    const budget = request.budgetInstructions ?? Number.POSITIVE_INFINITY;
    const deadline = start + (request.timeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000;
    for (;;) {
      const left = budget - board.executedInstructions;
      if (left <= 0) return 'budget spent';
      const state = board.run(Math.min(SLICE_INSTRUCTIONS, left));
      await this.serveConsole();
      if (state.is === 'ended') return null;
      if (input.leave) return 'left';
      if (io.now() >= deadline) return 'time out';
      if (arrivals.takeFresh() || state.is !== 'idle') continue;
      if (state.untilInstruction === null && input.ended) return 'waits for ever';
      if (input.ended && state.untilInstruction !== null) board.skipTo(state.untilInstruction);
      else await this.idle(pacer, state.untilInstruction, deadline);
    }
  }

  /** Sleeps until the clock of a guest fires, a key is pressed, or the time-out is near; then the board's clock follows. */
  private async idle(pacer: Pacer, untilInstruction: number | null, deadline: number): Promise<void> {
    const { io, board } = this;
    const before = board.host.clock;
    const until = untilInstruction ?? Number.POSITIVE_INFINITY;
    const start = io.now();
    const wanted = pacer.sleepMs(start, before, until);
    const granted = Math.min(wanted, LONGEST_SLEEP_MS, Math.max(0, deadline - start));
    if (granted > 0) await io.sleep(granted, this.arrivals.next());
    const elapsed = io.now() - start;
    board.skipTo(elapsed >= wanted ? until : Math.min(until, Pacer.after(before, elapsed)));
  }

  /** Lets keys arrive, and waits for a screen that cannot keep up. */
  private async serveConsole(): Promise<void> {
    const { io, input } = this;
    await io.breathe();
    while (io.stdout.writableNeedDrain && !io.stdout.destroyed) await io.breathe();
    input.resume();
  }

  private explainEnd({ name, state }: Machine): void {
    if (state.is === 'ended' && state.end === 'killed') this.say(`${name} was killed: ${state.reason}`);
  }

  private conclude(stop: Stop): number {
    const { request } = this;
    const killed = this.board.machines.some(({ state }) => state.is === 'ended' && state.end === 'killed');
    switch (stop) {
      case null:
        return killed ? exitCode.killed : exitCode.fine;
      case 'left':
        return exitCode.fine;
      case 'time out':
        this.say(`stopped after ${request.timeoutSeconds} seconds, as --timeout asked`);
        return exitCode.stopped;
      case 'budget spent':
        this.say(`stopped after ${this.board.executedInstructions} instructions, as --budget asked`);
        return exitCode.stopped;
      case 'waits for ever':
        this.say('the guest waits, and neither a clock nor any input is left to wake it');
        return exitCode.stopped;
      default:
        return stop satisfies never;
    }
  }

  private say(sentence: string): void {
    this.io.stderr.write(`astride: ${sentence}\n`);
  }
}

/** Twins on one board are told apart by a number. */
function distinctNames(guests: readonly GuestRequest[]): string[] {
  const names: string[] = [];
  for (const { image } of guests) {
    let name = image.name;
    for (let count = 2; names.includes(name); count++) name = `${image.name}-${count}`;
    names.push(name);
  }
  return names;
}

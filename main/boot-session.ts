/**
 * A boot from power on to the end of the last guest: slices of the board, with the keyboard, the screen and the wall
 * clock served in between.  The board decides nothing by the wall clock; only typed input and waiting come from here.
 */

import type { Machine } from '../core/launcher/machine.ts';
import { MachineBoard, SLICE_INSTRUCTIONS } from '../core/launcher/machine-board.ts';
import { Arrivals } from './arrivals.ts';
import { type Circumstances, circumstancesOf } from './circumstances.ts';
import { type CommandIo, exitCode } from './command-io.ts';
import { ConsoleInput } from './console-input.ts';
import { ConsoleLines } from './console-lines.ts';
import { GuestDevices } from './guest-devices.ts';
import { type GuestRequest, imageProblem, type RunRequest } from './guest-requests.ts';
import { newHost } from './new-host.ts';
import { runUntilSettled } from './settled-run.ts';
import type { TraceFile } from './trace-file.ts';
import { WallTime } from './wall-time.ts';

/** How a session ended, other than by all of its guests ending. */
type Stop = 'left' | 'time out' | 'budget spent' | 'waits for ever' | null;

export class BootSession {
  readonly board: MachineBoard;
  wallSeconds = 0;
  private readonly io: CommandIo;
  private readonly request: RunRequest;
  private readonly names: readonly string[];
  private readonly devices: GuestDevices;
  private readonly lines: ConsoleLines[] = [];
  private readonly arrivals: Arrivals;
  private readonly input: ConsoleInput;

  /** Opens all that the guests were promised and loads them; throws UsageError. What is opened must be closed. */
  static async open(request: RunRequest, io: CommandIo, trace: TraceFile | null): Promise<BootSession> {
    const circumstances = circumstancesOf(request, request.budgetInstructions !== null, io.date());
    const arrivals = new Arrivals();
    const names = distinctNames(request.guests);
    const devices = await GuestDevices.open(request.guests, {
      arrivals,
      circumstances,
      throwaway: false,
      report: (guestIndex, sentence) => say(io, `${names[guestIndex]}: ${sentence}`),
    });
    try {
      return new BootSession(request, io, { names, circumstances, arrivals, devices, trace });
    } catch (error) {
      devices.close();
      throw error;
    }
  }

  private constructor(request: RunRequest, io: CommandIo, opened: Opened) {
    this.io = io;
    this.request = request;
    this.names = opened.names;
    this.devices = opened.devices;
    this.arrivals = opened.arrivals;
    const memories = request.guests.map(({ memoryMiB }) => memoryMiB);
    const { wallClockSeconds } = opened.circumstances;
    this.board = new MachineBoard(
      newHost(memories, { wallClockSeconds, onCrossing: opened.trace?.write, engine: request.engine }),
    );
    for (const [index, guest] of request.guests.entries()) {
      try {
        this.addGuest(guest, index);
      } catch (error) {
        throw imageProblem(error, guest.image.path);
      }
    }
    this.input = new ConsoleInput(io.stdin, this.board.machines[0], this.arrivals);
  }

  /** Gives back what the guests were lent. */
  close(): void {
    this.devices.close();
  }

  /** Runs to the end; returns the exit code, after a sentence on stderr where there is something to explain. */
  async run(): Promise<number> {
    const { io, arrivals } = this;
    const start = io.now();
    const onDrain = () => arrivals.note();
    io.stdout.on('drain', onDrain).on('resize', this.onResize);
    this.input.open();
    let stop: Stop;
    try {
      stop = await this.runSlices();
    } finally {
      this.input.close();
      io.stdout.off('drain', onDrain).off('resize', this.onResize);
      this.wallSeconds = (io.now() - start) / 1000;
    }
    for (const lines of this.lines) lines.finish();
    for (const machine of this.board.machines) this.explainEnd(machine);
    return this.conclude(stop);
  }

  private addGuest(guest: GuestRequest, index: number): void {
    const { stdout } = this.io;
    const name = this.names[index];
    const lines = new ConsoleLines(name, (bytes) => stdout.write(bytes));
    if (!this.alone) this.lines.push(lines);
    this.board.add({
      name,
      image: guest.image.bytes,
      initrd: guest.initrd,
      commandLine: guest.commandLine,
      memoryMiB: guest.memoryMiB,
      fastPath: guest.fastPath,
      devices: () => this.devices.newModels(index),
      deviceFace: guest.deviceFace,
      restarts: this.request.reboots,
      consoleSize: this.consoleSize,
      consoleOutput: this.alone ? (bytes) => stdout.write(bytes) : (bytes) => lines.append(bytes),
      report: (sentence) => say(this.io, `${name}: ${sentence}`),
    });
  }

  private get alone(): boolean {
    return this.request.guests.length === 1;
  }

  /** Known of a terminal that shows nothing but one guest. */
  private get consoleSize(): { columns: number; rows: number } | undefined {
    const { isTTY, columns, rows } = this.io.stdout;
    return this.alone && isTTY && columns && rows ? { columns, rows } : undefined;
  }

  private readonly onResize = (): void => {
    const { consoleSize } = this;
    if (consoleSize === undefined) return;
    this.board.machines[0].resizeConsole(consoleSize);
    this.arrivals.note();
  };

  private async runSlices(): Promise<Stop> {
    const { io, board, input, arrivals, request } = this;
    const budget = request.budgetInstructions ?? Number.POSITIVE_INFINITY;
    const time = new WallTime(io, board, arrivals, (request.timeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000);
    for (;;) {
      const left = budget - board.executedInstructions;
      if (left <= 0) return 'budget spent';
      const live = !input.ended || this.devices.awaitsOutside;
      // A run with a budget is to be repeated, and the wall never says the same twice.
      const follows = live && request.budgetInstructions === null;
      if (follows) time.catchUp();
      const state = runUntilSettled(board, this.devices, Math.min(SLICE_INSTRUCTIONS, left));
      await this.serveConsole(time);
      if (state.is === 'ended') return null;
      if (input.leave) return 'left';
      if (time.isUp) return 'time out';
      if (arrivals.takeFresh()) continue;
      if (state.is === 'idle') {
        if (live) await time.idle(state.untilInstruction);
        else if (state.untilInstruction !== null) board.skipTo(state.untilInstruction);
        else return 'waits for ever';
      } else if (follows) await time.holdBack();
    }
  }

  /** Lets keys and packets arrive, and waits for a screen that cannot keep up. */
  private async serveConsole(time: WallTime): Promise<void> {
    const { io, input, arrivals } = this;
    await io.breathe();
    if (io.stdout.writableNeedDrain) {
      while (io.stdout.writableNeedDrain && !io.stdout.destroyed && !input.leave && !time.isUp) {
        arrivals.takeFresh();
        await time.sleep(Number.POSITIVE_INFINITY);
      }
      arrivals.note(); // some of it may have been for a guest
    }
    input.resume();
  }

  private explainEnd({ name, state }: Machine): void {
    if (state.is === 'ended' && state.end === 'killed') say(this.io, `${name} was killed: ${state.reason}`);
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
        say(this.io, `stopped after ${request.timeoutSeconds} seconds, as --timeout asked`);
        return exitCode.stopped;
      case 'budget spent':
        say(this.io, `stopped after ${this.board.executedInstructions} instructions, as --budget asked`);
        return exitCode.stopped;
      case 'waits for ever':
        say(this.io, 'the guest waits, and neither a clock nor any input is left to wake it');
        return exitCode.stopped;
      default:
        return stop satisfies never;
    }
  }
}

/** What a session is made of. */
interface Opened {
  readonly names: readonly string[];
  readonly circumstances: Circumstances;
  readonly arrivals: Arrivals;
  readonly devices: GuestDevices;
  readonly trace: TraceFile | null;
}

const say = (io: CommandIo, sentence: string) => io.stderr.write(`astride: ${sentence}\n`);

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

/**
 * One machine on its own board, from power on to its end, inside its thread.  It runs in slices; between two of them
 * everything asked of it takes effect, devices are attended to, and the wall's clock is looked at.
 */

import { setImmediate as nextTurn, setTimeout as timer } from 'node:timers/promises';
import type { Machine, MachineState } from '../../core/launcher/machine.ts';
import { MachineBoard, SLICE_INSTRUCTIONS } from '../../core/launcher/machine-board.ts';
import { newHost } from '../new-host.ts';
import { runUntilSettled } from '../settled-run.ts';
import { type WallClock, WallTime } from '../wall-time.ts';
import { Refusal } from '../workstation/parts.ts';
import { ConsoleFlow } from './console-flow.ts';
import { CounterSampler } from './counter-sampler.ts';
import { CrossingRecorder } from './crossing-recorder.ts';
import type { Lent } from './lent.ts';
import type { Ending, Post, ToThread } from './thread-messages.ts';

/** Typed bytes that may wait for a guest that does not read; beyond that they are refused, and that is said. */
const MOST_WAITING_INPUT = 1024 * 1024;

const wall: WallClock = {
  now: () => performance.now(),
  // Rounded up, because a sleeper woken a little early only goes to sleep again; being woken on purpose is no error.
  sleep: (ms, signal) => timer(Math.ceil(ms), undefined, { signal }).catch(() => {}),
};

export class MachineSession {
  readonly crossings: CrossingRecorder;
  private readonly post: Post;
  private readonly lent: Lent;
  private readonly board: MachineBoard;
  private readonly machine: Machine;
  private readonly console: ConsoleFlow;
  private readonly sampler: CounterSampler;
  private time: WallTime;
  private paused = false;
  private poweredOff = false;
  private inputRefused = false;
  /** Ends the wait of a session that has nothing to do until it is told something. */
  private goOn: () => void = () => {};

  /** Loads the guest; throws ImageError. */
  constructor(lent: Lent, firstRun: number, post: Post) {
    const { guest, devices, wallClockSeconds, engine } = lent;
    this.post = post;
    this.lent = lent;
    // The bytes of a chunk were made for it, so they may go without being copied.
    const send: ConsoleFlow['send'] = (chunk) => post({ kind: 'console', chunk }, [chunk.bytes.buffer as ArrayBuffer]);
    this.console = new ConsoleFlow(firstRun, send, wall.now);
    this.board = new MachineBoard(newHost([guest.memoryMiB], { wallClockSeconds, engine }));
    const { host } = this.board;
    this.machine = this.board.add({
      name: guest.image.name,
      image: guest.image.bytes,
      initrd: guest.initrd,
      commandLine: guest.commandLine,
      memoryMiB: guest.memoryMiB,
      fastPath: guest.fastPath,
      devices: () => devices.newModels(0),
      deviceFace: guest.deviceFace,
      consoleOutput: (bytes) => this.console.print(bytes),
      report: (sentence) => post({ kind: 'report', sentence }),
    });
    this.crossings = new CrossingRecorder(host, guest.image);
    this.sampler = new CounterSampler({
      machine: this.machine,
      boardClock: () => host.clock,
      now: wall.now,
      send: (sample) => post({ kind: 'sample', sample }),
    });
    this.time = this.timeFromNow();
  }

  /** Runs to the end. Whatever was printed has been sent by then. */
  async run(): Promise<Ending> {
    this.post({ kind: 'state', state: { is: 'running' } });
    try {
      return await this.runSlices();
    } finally {
      this.sampler.sample();
      this.sampler.rest();
      this.console.flush();
    }
  }

  /** Does what main asks; called between slices, because then messages arrive. */
  readonly receive = (message: ToThread): void => {
    this.obey(message);
    this.lent.arrivals.note();
    this.goOn();
  };

  // @journey glass/between-slices  A machine that answers while it computes
  // A guest computes for minutes and never looks up.  Whoever sits before it wants a key to arrive at once, a pause to be
  // a pause, and the fast path flipped this instant.  Nobody is interrupted for that: the board runs a few milliseconds at
  // a time, and between two slices this loop lets the thread's own messages in.  They change a field or two, and the next
  // slice finds the world as it was left.  What the guest sees of all this is nothing, except that its time went on.
  private async runSlices(): Promise<Ending> {
    const { board, machine, console } = this;
    const { arrivals, devices } = this.lent;
    for (;;) {
      if (this.poweredOff) return { end: 'stopped', reason: 'it was powered off by hand' };
      if (this.paused || console.isFarAhead) {
        await this.untilTold();
        continue;
      }
      this.time.catchUp();
      const state = runUntilSettled(board, devices, SLICE_INSTRUCTIONS);
      if (machine.state.is === 'ended') return endingOf(machine.state);
      await nextTurn();
      if (arrivals.takeFresh() || state.is !== 'idle') continue;
      this.sampler.idleBegins();
      await this.time.idle(state.untilInstruction);
      this.sampler.idleEnds();
    }
  }
  // @end

  private untilTold(): Promise<void> {
    return new Promise((resolve) => {
      this.goOn = resolve;
    });
  }

  private obey(message: ToThread): void {
    const { machine, console, sampler, crossings } = this;
    switch (message.kind) {
      case 'pause':
        this.pause();
        break;
      case 'resume':
        this.resume();
        break;
      case 'reset':
        this.reset();
        break;
      case 'power off':
        this.poweredOff = true;
        break;
      case 'fast path':
        machine.fastPath = message.on;
        sampler.sample();
        break;
      case 'type':
        this.type(message.bytes);
        break;
      case 'resize console':
        machine.resizeConsole({ columns: message.columns, rows: message.rows });
        break;
      case 'watch counters':
        this.watchCounters(message.samplesPerSecond);
        break;
      case 'console taken':
        console.take(message.at);
        break;
      case 'record crossings':
        crossings.record(message.on, machine.counters.roundTrips);
        break;
      case 'read crossings':
      case 'read crossing':
        this.answer(message);
        break;
      default:
        message satisfies never;
    }
  }

  /** Takes no time from now on, of the guest's or of anybody's. */
  private pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.sampler.sample();
    this.sampler.rest();
    this.post({ kind: 'state', state: { is: 'paused' } });
  }

  private resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.time = this.timeFromNow();
    this.sampler.begin();
    this.post({ kind: 'state', state: { is: 'running' } });
  }

  private reset(): void {
    this.console.beginRun();
    this.machine.reset();
    this.resume();
  }

  /** While it is paused one sample has to do. */
  private watchCounters(samplesPerSecond: number | null): void {
    this.sampler.watch(samplesPerSecond);
    if (this.paused) this.sampler.rest();
  }

  private type(bytes: Uint8Array): void {
    const refused = this.machine.waitingInputBytes + bytes.length > MOST_WAITING_INPUT;
    if (!refused) this.machine.typeInput(bytes);
    else if (!this.inputRefused) this.report('it does not read what is typed; no more is kept for it until it does');
    this.inputRefused = refused;
  }

  private answer(asked: Extract<ToThread, { question: number }>): void {
    const { crossings, post } = this;
    const { question } = asked;
    try {
      const value = asked.kind === 'read crossings' ? crossings.read(asked.last) : crossings.readOne(asked.number);
      post({ kind: 'answer', question, value });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      post({ kind: 'refusal', question, sentence: error.message });
    }
  }

  private report(sentence: string): void {
    this.post({ kind: 'report', sentence });
  }

  /** The board's time and the wall's go on together from here. */
  private timeFromNow(): WallTime {
    return new WallTime(wall, this.board, this.lent.arrivals, Number.POSITIVE_INFINITY);
  }
}

function endingOf({ end, reason }: Extract<MachineState, { is: 'ended' }>): Ending {
  return { end: end === 'killed' ? 'killed' : 'powered off', reason };
}

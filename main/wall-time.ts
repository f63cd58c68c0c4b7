/**
 * The board's time beside the wall's: how long to sleep while every guest idles, and how much of the board's time to let
 * pass for a guest that computes more slowly than its clock says.
 */

import type { MachineBoard } from '../core/launcher/machine-board.ts';
import type { Arrivals } from './arrivals.ts';
import type { CommandIo } from './command-io.ts';
import { Pacer } from './pacer.ts';

/** Pauses are cut into pieces, so that whatever nobody announces is noticed all the same. */
const LONGEST_SLEEP_MS = 250;
/** Ahead of the wall by less is not worth a pause. */
const NOTICEABLE_MS = 5;

/** The wall's own, and how to wait by it. */
export type WallClock = Pick<CommandIo, 'now' | 'sleep'>;

export class WallTime {
  private readonly io: WallClock;
  private readonly board: MachineBoard;
  private readonly arrivals: Arrivals;
  private readonly pacer: Pacer;
  private readonly deadlineMs: number;

  /** `longestMs` from now on, time is up. */
  constructor(io: WallClock, board: MachineBoard, arrivals: Arrivals, longestMs: number) {
    const now = io.now();
    this.io = io;
    this.board = board;
    this.arrivals = arrivals;
    this.pacer = new Pacer(now, board.host.clock);
    this.deadlineMs = now + longestMs;
  }

  get isUp(): boolean {
    return this.io.now() >= this.deadlineMs;
  }

  /** Sleeps for so long, or until something arrives or time is up. */
  async sleep(ms: number): Promise<void> {
    const granted = Math.min(ms, LONGEST_SLEEP_MS, this.deadlineMs - this.io.now());
    if (granted > 0) await this.io.sleep(granted, this.arrivals.next());
  }

  /** Sleeps until the clock of a guest fires, something arrives, or the time-out is near; then the board's clock follows. */
  async idle(untilInstruction: number | null): Promise<void> {
    const { io, board } = this;
    const before = board.host.clock;
    const until = untilInstruction ?? Number.POSITIVE_INFINITY;
    const start = io.now();
    const wanted = this.pacer.sleepMs(start, before, until);
    await this.sleep(wanted);
    const elapsed = io.now() - start;
    board.skipTo(elapsed >= wanted ? until : Math.min(until, Pacer.after(before, elapsed)));
  }

  /** Lets the board's time that the guests were too slow to use up pass unused. */
  catchUp(): void {
    const { board } = this;
    board.skipTo(this.pacer.due(this.io.now(), board.host.clock));
  }

  /** A guest that sleeps beside one that computes must not wake too early, however fast we are. */
  async holdBack(): Promise<void> {
    const { board } = this;
    const sleeps = board.machines.some(({ state }) => state.is === 'idle' && state.untilInstruction !== null);
    if (!sleeps) return;
    const lead = this.pacer.leadMs(this.io.now(), board.host.clock);
    if (lead > NOTICEABLE_MS) await this.sleep(lead);
  }
}

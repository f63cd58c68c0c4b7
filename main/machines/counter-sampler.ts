/** Looks at a machine's counters a few times a second while somebody watches, and keeps count of how long it idled. */

import type { Machine } from '../../core/launcher/machine.ts';
import { boardMs } from '../../core/launcher/run-summary.ts';
import type { CounterSample } from '../../core/protocol/counting.ts';

const MOST_SAMPLES_PER_SECOND = 10;

export interface Sampled {
  readonly machine: Machine;
  /** The board's, in instructions. */
  readonly boardClock: () => number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly send: (sample: Omit<CounterSample, 'id'>) => void;
}

export class CounterSampler {
  private readonly sampled: Sampled;
  private readonly startedAtMs: number;
  private samplesPerSecond: number | null = null;
  private timer: NodeJS.Timeout | null = null;
  private idledMs = 0;
  /** When it went idle, or was last asked since; null while it is not. */
  private idleSinceMs: number | null = null;

  constructor(sampled: Sampled) {
    this.sampled = sampled;
    this.startedAtMs = sampled.now();
  }

  /** Null: nobody watches. Otherwise there is a sample at once, and then so many a second. */
  watch(samplesPerSecond: number | null): void {
    this.samplesPerSecond = samplesPerSecond;
    if (samplesPerSecond === null) this.rest();
    else this.begin();
  }

  /** Goes on after `rest`, if anybody watches. */
  begin(): void {
    this.rest();
    if (this.samplesPerSecond === null) return;
    const perSecond = Math.min(MOST_SAMPLES_PER_SECOND, Math.max(1, this.samplesPerSecond));
    this.timer = setInterval(() => this.sample(), 1000 / perSecond);
    this.sample();
  }

  /** No samples while nothing can change. */
  rest(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  /** One now, if anybody watches. */
  sample(): void {
    if (this.samplesPerSecond === null) return;
    const { machine, boardClock, now, send } = this.sampled;
    send({
      wallMs: now() - this.startedAtMs,
      boardMs: boardMs(boardClock()),
      idleMs: this.takeIdleMs(),
      fastPath: machine.fastPath,
      counters: machine.counters,
      tallies: machine.tallies,
    });
  }

  idleBegins(): void {
    this.idleSinceMs = this.sampled.now();
  }

  idleEnds(): void {
    if (this.idleSinceMs !== null) this.idledMs += this.sampled.now() - this.idleSinceMs;
    this.idleSinceMs = null;
  }

  private takeIdleMs(): number {
    const idles = this.idleSinceMs !== null;
    this.idleEnds();
    if (idles) this.idleBegins();
    const { idledMs } = this;
    this.idledMs = 0;
    return idledMs;
  }
}

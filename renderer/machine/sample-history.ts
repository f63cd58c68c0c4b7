/**
 * What one machine counted over the last quarter of an hour.  Totals are kept, one typed array per counter, and rates are
 * differences of totals: a sample that never came costs detail and not truth.  Memory is bounded, because old samples
 * fall off; nothing is allocated per sample once the arrays have grown.
 *
 *     times    | 0.1 | 0.2 | 0.3 | …            seconds on the window's clock
 *     columns  | 'roundTrips' … | 'hypercalls: SET_PTE' … |   totals at those times
 *     breaks   before these samples no line is drawn: a new run began, or nobody was watching
 */

import { type CounterSample, counterList } from '../../core/protocol/counting.ts';

/** Ten samples a second for fifteen minutes. */
const KEPT_SAMPLES = 9000;
/** Samples beyond which old ones are moved out in one go. */
const SLACK_SAMPLES = 1000;
const FIRST_SAMPLES = 512;
/** Longer silence than this is a gap: at the slowest, samples come once a second. */
const GAP_SECONDS = 2.5;

/** Columns that are no counter. */
export const ownColumns = { wallMs: 'wallMs', boardMs: 'boardMs', idleMs: 'idleMs', fastPath: 'fastPath' } as const;

export type TallyName = keyof CounterSample['tallies'];
export const tallyNames: readonly TallyName[] = ['roundTrips', 'hypercalls', 'handedOn'];
export const tallyColumn = (tally: TallyName, name: string): string => `${tally}: ${name}`;

/** Where the fast path was seen to be flipped. */
export interface Flip {
  readonly seconds: number;
  readonly on: boolean;
}

export class SampleHistory {
  /** Samples kept; indices below run from 0 to this. */
  length = 0;
  /** Times at which a new stretch begins. */
  readonly breaks: number[] = [];
  readonly flips: Flip[] = [];
  last: CounterSample | null = null;
  private times = new Float64Array(FIRST_SAMPLES);
  private readonly columns = new Map<string, Float64Array>();
  private offset = 0;
  private readonly kept: number;

  constructor(kept = KEPT_SAMPLES) {
    this.kept = kept;
  }

  /** Adds a sample that arrived at this time of the window's clock; answers whether a new run began with it. */
  append(sample: CounterSample, arrivedSeconds: number): boolean {
    const { last } = this;
    const newRun = last === null || beganAnew(last, sample);
    const seconds = this.timeOf(sample, arrivedSeconds, newRun);
    if (newRun || seconds - this.lastSeconds > GAP_SECONDS) this.breaks.push(seconds);
    if (last !== null && !newRun && last.fastPath !== sample.fastPath)
      this.flips.push({ seconds, on: sample.fastPath });
    this.makeRoom();
    const at = this.length++;
    this.times[at] = seconds;
    this.writeColumns(at, sample, newRun);
    this.last = sample;
    return newRun;
  }

  get lastSeconds(): number {
    return this.length === 0 ? Number.NEGATIVE_INFINITY : this.times[this.length - 1];
  }

  secondsAt(index: number): number {
    return this.times[index];
  }

  /** Undefined for a column no sample has had yet, which is to say one that is zero throughout. */
  column(name: string): Float64Array | undefined {
    return this.columns.get(name);
  }

  get columnNames(): readonly string[] {
    return [...this.columns.keys()];
  }

  total(name: string, index = this.length - 1): number {
    return index < 0 ? 0 : (this.columns.get(name)?.[index] ?? 0);
  }

  /** The first sample at or after this time. */
  indexFrom(seconds: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] < seconds) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where the stretch with the newest sample begins: differences across its start mean nothing. */
  get lastStretch(): number {
    const start = this.breaks.at(-1);
    return start === undefined ? 0 : this.indexFrom(start);
  }

  /**
   * The machine's own clock is steadier than the arrival of messages, so it sets the distances; the window's clock says
   * where a run begins, and again whenever the two have drifted apart (the machine was paused).
   */
  private timeOf(sample: CounterSample, arrivedSeconds: number, newRun: boolean): number {
    const own = sample.wallMs / 1000;
    if (newRun || Math.abs(arrivedSeconds - this.offset - own) > GAP_SECONDS) this.offset = arrivedSeconds - own;
    return Math.max(this.offset + own, this.lastSeconds + 0.001);
  }

  private writeColumns(at: number, sample: CounterSample, newRun: boolean): void {
    const idleBefore = at === 0 || newRun ? 0 : this.total(ownColumns.idleMs, at - 1);
    this.write(ownColumns.wallMs, at, sample.wallMs);
    this.write(ownColumns.boardMs, at, sample.boardMs);
    this.write(ownColumns.idleMs, at, idleBefore + sample.idleMs);
    this.write(ownColumns.fastPath, at, sample.fastPath ? 1 : 0);
    for (const { name } of counterList) this.write(name, at, sample.counters[name] ?? 0);
    for (const tally of tallyNames) {
      for (const [name, total] of Object.entries(sample.tallies[tally]))
        this.write(tallyColumn(tally, name), at, total);
    }
  }

  private write(name: string, at: number, value: number): void {
    let column = this.columns.get(name);
    if (column === undefined) {
      column = new Float64Array(this.times.length);
      this.columns.set(name, column);
    }
    column[at] = value;
  }

  private makeRoom(): void {
    if (this.length < this.times.length) {
      // A tally that is missing from this sample must not keep what an older one left at this place.
      for (const column of this.columns.values()) column[this.length] = 0;
      return;
    }
    if (this.length < this.kept + SLACK_SAMPLES) this.grow(Math.min(this.length * 2, this.kept + SLACK_SAMPLES));
    else this.dropOldest(this.length - this.kept);
    this.makeRoom();
  }

  private grow(samples: number): void {
    const larger = (column: Float64Array<ArrayBuffer>) => {
      const grown = new Float64Array(samples);
      grown.set(column);
      return grown;
    };
    this.times = larger(this.times);
    for (const [name, column] of this.columns) this.columns.set(name, larger(new Float64Array(column)));
  }

  private dropOldest(samples: number): void {
    this.times.copyWithin(0, samples);
    for (const column of this.columns.values()) column.copyWithin(0, samples);
    this.length -= samples;
    const oldest = this.times[0];
    while (this.breaks.length > 1 && this.breaks[1] <= oldest) this.breaks.shift();
    while (this.flips.length > 0 && this.flips[0].seconds < oldest) this.flips.shift();
  }
}

/** A counter only grows within a run, and so does the clock. */
export function beganAnew(before: CounterSample, now: CounterSample): boolean {
  return now.wallMs < before.wallMs || counterList.some(({ name }) => now.counters[name] < before.counters[name]);
}

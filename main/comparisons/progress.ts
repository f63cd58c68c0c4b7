/**
 * How far a comparison is and how long it will take.  A guest does not say beforehand how much it will do.  But a run is
 * a function of its inputs: once one side is through, or once the same comparison was made before, the rest is known.
 * Until then the answer is that nobody knows.
 */

import type { Side } from '../../core/launcher/compare.ts';
import type { ComparisonProgress } from '../../core/protocol/comparisons.ts';

interface SideProgress {
  readonly begunAt: number;
  executedInstructions: number;
  doneAt: number | null;
}

/** Totals of an earlier run of the very same. */
export type Remembered = Readonly<Record<Side, number>> | null;

const sides = ['off', 'on'] as const;
const other = { off: 'on', on: 'off' } as const;

/** Clocks are handed in, in milliseconds. */
export class Progress {
  private readonly begun = new Map<Side, SideProgress>();
  private readonly remembered: Remembered;
  private readonly sideBySide: boolean;

  constructor(remembered: Remembered, sideBySide: boolean) {
    this.remembered = remembered;
    this.sideBySide = sideBySide;
  }

  begin(side: Side, now: number): void {
    this.begun.set(side, { begunAt: now, executedInstructions: 0, doneAt: null });
  }

  /** Precondition of this and `end`: it has begun. */
  advance(side: Side, executedInstructions: number): void {
    this.begun.get(side)!.executedInstructions = executedInstructions;
  }

  end(side: Side, executedInstructions: number, now: number): void {
    this.advance(side, executedInstructions);
    this.begun.get(side)!.doneAt = now;
  }

  /** One for each side that has begun. */
  view(comparison: string, now: number): ComparisonProgress[] {
    const [share, secondsLeft] = [this.share(), this.secondsLeft(now)];
    return [...this.begun].map(([side, { executedInstructions, doneAt }]) => ({
      comparison,
      side,
      executedInstructions,
      expectedInstructions: this.expected(side),
      done: doneAt !== null,
      share,
      secondsLeft,
    }));
  }

  // @journey glass/time-left  How long? Ask the other side
  // A bar that crawls to 99 per cent and stays there was drawn by somebody who did not know and would not say so.  We do not
  // know either: no guest announces how much it will do.  But the machine's time is its instruction count, so the same
  // start gives the same run, and whoever was through once has told us the length of every later run.  The other side's
  // differs by what the walker saves, which is close enough for a bar.  Before that, the bar says nothing.
  private expected(side: Side): number | null {
    const progress = this.begun.get(side);
    if (progress?.doneAt != null) return progress.executedInstructions;
    const twin = this.begun.get(other[side]);
    const known = this.remembered?.[side] ?? (twin?.doneAt != null ? twin.executedInstructions : null);
    // A side that takes more than its twin did says nothing about how much more.
    return known === null ? null : Math.max(known, progress?.executedInstructions ?? 0);
  }
  // @end

  private share(): number | null {
    const expected = sides.map((side) => this.expected(side));
    const total = expected.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0);
    if (total === null || total === 0) return null;
    const executed = sides.reduce((sum, side) => sum + (this.begun.get(side)?.executedInstructions ?? 0), 0);
    return Math.min(1, executed / total);
  }

  /** By each side's own speed; a side that has not begun will be as fast as the one before it. */
  private secondsLeft(now: number): number | null {
    const rates = sides.map((side) => this.instructionsPerMs(side, now));
    const fallback = rates.find((rate) => rate > 0) ?? 0;
    const left = sides.map((side, index) => {
      const [expected, rate] = [this.expected(side), rates[index] || fallback];
      const toDo = expected === null ? null : expected - (this.begun.get(side)?.executedInstructions ?? 0);
      if (toDo === 0) return 0;
      return toDo === null || rate === 0 ? null : toDo / rate / 1000;
    });
    const [off, on] = left;
    if (off === null || on === null) return null;
    return this.sideBySide ? Math.max(off, on) : off + on;
  }

  private instructionsPerMs(side: Side, now: number): number {
    const progress = this.begun.get(side);
    if (progress === undefined) return 0;
    return progress.executedInstructions / Math.max(1, (progress.doneAt ?? now) - progress.begunAt);
  }
}

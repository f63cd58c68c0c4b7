/** The last crossings that were recorded, oldest first, as plain values: they can be sent to where they are read. */

import type { CrossingCloseUp, CrossingRecord } from '../../core/host/guest-events.ts';

export const MOST_CROSSINGS = 5000;

export interface RecordedCrossing {
  /** Of the guest's round trips since it was switched on, from 0. */
  readonly number: number;
  readonly record: CrossingRecord;
  readonly closeUp: CrossingCloseUp;
}

export class CrossingLog {
  /** Grows to its bound; from then on the oldest, which lies at `next`, is written over. */
  private readonly kept: RecordedCrossing[] = [];
  private next = 0;

  add(crossing: RecordedCrossing): void {
    this.kept[this.next] = crossing;
    this.next = (this.next + 1) % MOST_CROSSINGS;
  }

  clear(): void {
    this.kept.length = 0;
    this.next = 0;
  }

  /** Oldest first. */
  get all(): readonly RecordedCrossing[] {
    return [...this.kept.slice(this.next), ...this.kept.slice(0, this.next)];
  }
}

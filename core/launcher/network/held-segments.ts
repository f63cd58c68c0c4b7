/** Segments that came before their turn, kept so that they need not come again: few, short-lived, and copied out of their frames. */

import { distance } from './tcp-sequence.ts';

const MOST_HELD = 128;

export interface HeldSegment {
  readonly sequence: number;
  readonly payload: Uint8Array;
  readonly fin: boolean;
}

export class HeldSegments {
  /** In order of their sequence numbers. */
  private held: HeldSegment[] = [];

  /** Keeps a copy, unless there are too many or the very same is there. */
  hold(segment: HeldSegment): void {
    if (this.held.length >= MOST_HELD) return;
    const after = this.held.findIndex((other) => distance(segment.sequence, other.sequence) >= 0);
    const place = after < 0 ? this.held.length : after;
    const there = this.held[place];
    if (there && there.sequence === segment.sequence && there.payload.length >= segment.payload.length) return;
    this.held.splice(place, 0, { ...segment, payload: segment.payload.slice() });
  }

  /** Takes out the first segment that begins at or before `next`. */
  takeUpTo(next: number): HeldSegment | null {
    const [first] = this.held;
    if (!first || distance(next, first.sequence) > 0) return null;
    return this.held.shift() ?? null;
  }
}

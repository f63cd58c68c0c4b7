/**
 * Where every crossing lies on the axis.  Two scales: the board's clock, which tells the truth about time, and one by
 * one, which gives every crossing the same room: after a guest has slept, the clock alone would be all sleep.
 * Positions are laid out once per recording; a frame only searches them.
 */

import type { CrossingView } from '../../core/protocol/crossings.ts';
import type { Limits, Span } from './span.ts';

export const scales = ['clock', 'one by one'] as const;
export type Scale = (typeof scales)[number];

/** Of a crossing's room one by one, what the guest gets; the rest is for the way home. */
const GUEST_SHARE = 0.84;
/** Nobody needs to see less than this: instructions, or crossings. */
const SHORTEST: Record<Scale, number> = { clock: 40, 'one by one': 2 };

export interface TimelineLayout {
  readonly scale: Scale;
  /** Oldest first. */
  readonly crossings: readonly CrossingView[];
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly limits: Limits;
  /** Rings that occur, the outermost first: one lane each. */
  readonly rings: readonly number[];
  /** Causes that occur, in the order they first did, and each crossing's place in that list. */
  readonly causes: readonly string[];
  readonly causeOf: Uint16Array;
  readonly mostInstructions: number;
}

export function layOut(crossings: readonly CrossingView[], scale: Scale): TimelineLayout {
  const starts = new Float64Array(crossings.length);
  const ends = new Float64Array(crossings.length);
  const causeOf = new Uint16Array(crossings.length);
  const causes = new Map<string, number>();
  const rings = new Set<number>([3, 1]);
  let mostInstructions = 1;
  crossings.forEach((crossing, i) => {
    starts[i] = scale === 'clock' ? crossing.enteredAt : i;
    ends[i] = scale === 'clock' ? crossing.leftAt : i + GUEST_SHARE;
    if (!causes.has(crossing.cause)) causes.set(crossing.cause, causes.size);
    causeOf[i] = causes.get(crossing.cause)!;
    rings.add(crossing.ring);
    mostInstructions = Math.max(mostInstructions, crossing.instructionsInGuest);
  });
  return {
    scale,
    crossings,
    starts,
    ends,
    limits: { whole: wholeOf(starts, ends, scale), shortest: SHORTEST[scale] },
    rings: [...rings].sort((a, b) => b - a),
    causes: [...causes.keys()],
    causeOf,
    mostInstructions,
  };
}

function wholeOf(starts: Float64Array, ends: Float64Array, scale: Scale): Span {
  if (starts.length === 0) return { from: 0, to: 1 };
  const from = starts[0];
  const last = scale === 'clock' ? ends[ends.length - 1] : ends.length;
  return { from, to: Math.max(last, from + SHORTEST[scale]) };
}

/** The first place in an ascending list that is not below `value`. */
export function firstAtLeast(list: Float64Array, value: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Crossings that reach into a span: from `first`, up to and without `end`. */
export function visible(layout: TimelineLayout, { from, to }: Span): { readonly first: number; readonly end: number } {
  const first = firstAtLeast(layout.ends, from);
  const end = firstAtLeast(layout.starts, to);
  return { first, end: Math.max(first, end) };
}

/** The piece of the axis that shows the crossings from `first` up to and without `end`. */
export function spanAround(layout: TimelineLayout, first: number, end: number): Span {
  const { starts, limits } = layout;
  const count = starts.length;
  if (count === 0) return limits.whole;
  const from = starts[Math.min(Math.max(first, 0), count - 1)];
  const to = end >= count ? limits.whole.to : starts[Math.max(end, 0)];
  return { from: Math.min(from, to), to };
}

/** The place of a crossing by its number, or -1. Numbers ascend, but the first need not be 0 and some may be missing. */
export function indexOfNumber(crossings: readonly CrossingView[], number: number): number {
  let low = 0;
  let high = crossings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (crossings[middle].number < number) low = middle + 1;
    else high = middle;
  }
  return crossings[low]?.number === number ? low : -1;
}

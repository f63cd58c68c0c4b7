/**
 * What a timeline shows of its axis: a piece from here to there, moved and stretched by a person and never leaving what
 * there is.  Units are the axis's own; pixels are nobody's business here.
 */

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How far a span may go: all there is, and the shortest piece worth looking at. */
export interface Limits {
  readonly whole: Span;
  readonly shortest: number;
}

export const lengthOf = ({ from, to }: Span): number => to - from;

/** The nearest span of a lawful length that lies within the whole. */
export function confine(span: Span, { whole, shortest }: Limits): Span {
  const length = Math.min(Math.max(lengthOf(span), shortest), lengthOf(whole));
  const middle = (span.from + span.to) / 2;
  const from = Math.min(Math.max(middle - length / 2, whole.from), whole.to - length);
  return { from, to: from + length };
}

/** Stretches about a place, which stays where it is on screen: a factor below 1 looks closer. */
export function zoom(span: Span, about: number, factor: number, limits: Limits): Span {
  const length = Math.min(Math.max(lengthOf(span) * factor, limits.shortest), lengthOf(limits.whole));
  const share = lengthOf(span) === 0 ? 0.5 : (about - span.from) / lengthOf(span);
  const from = about - share * length;
  return slideInto({ from, to: from + length }, limits.whole);
}

/** Moves by so many units, stopping at the ends without growing shorter. */
export function pan(span: Span, by: number, limits: Limits): Span {
  return slideInto({ from: span.from + by, to: span.to + by }, limits.whole);
}

/** The same length, moved as little as brings `piece` inside with some air around it; unchanged if it is inside. */
export function reveal(span: Span, piece: Span, limits: Limits): Span {
  const length = Math.max(lengthOf(span), lengthOf(piece) * 1.25);
  if (piece.from >= span.from && piece.to <= span.to) return span;
  const middle = (piece.from + piece.to) / 2;
  return slideInto({ from: middle - length / 2, to: middle + length / 2 }, limits.whole);
}

function slideInto(span: Span, whole: Span): Span {
  const length = Math.min(lengthOf(span), lengthOf(whole));
  const from = Math.min(Math.max(span.from, whole.from), whole.to - length);
  return { from, to: from + length };
}

/** Round numbers to label an axis with, at most `most` of them and at least one unit apart. */
export function ticksOf({ from, to }: Span, most: number): { readonly step: number; readonly at: readonly number[] } {
  const step = roundStep((to - from) / Math.max(most, 1));
  const at: number[] = [];
  for (let k = Math.ceil(from / step); k * step <= to && at.length <= most; k++) at.push(k * step);
  return { step, at };
}

/** The smallest of 1, 2, 5, 10, 20, 50 … that is not below `wanted`. */
function roundStep(wanted: number): number {
  if (!(wanted > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const digit = [1, 2, 5, 10].find((one) => one * power >= wanted) ?? 10;
  return digit * power;
}

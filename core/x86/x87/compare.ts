/**
 * Which of two extended reals is larger, or neither (SDM 1 8.3.6).  Answers are the x87's own condition codes, from
 * which fcom sets the status word and fcomi the flags.
 */

import { compareSignificands, EXPONENT_SPECIAL, kind, normalize, type Real } from './format.ts';
import type { Arithmetic } from './rounding.ts';
import { exception, status } from './words.ts';

export const comparison = {
  greater: 0,
  less: status.c0,
  equal: status.c3,
  unordered: status.c0 | status.c2 | status.c3,
} as const;

/** Compares a with b. `quiet` comparisons (fucom) forgive quiet NaNs. May normalize its operands in place. */
export function compare(m: Arithmetic, a: Real, b: Real, quiet: boolean): number {
  if (a.kind >= kind.quietNan || b.kind >= kind.quietNan) {
    if (!quiet || a.kind > kind.quietNan || b.kind > kind.quietNan) m.raise(exception.invalid);
    return comparison.unordered;
  }
  if (a.kind === kind.denormal || b.kind === kind.denormal) m.raise(exception.denormal);
  if (a.kind === kind.zero && b.kind === kind.zero) return comparison.equal;
  if (a.kind !== kind.zero) normalize(a);
  if (b.kind !== kind.zero) normalize(b);
  const order = compareMagnitudes(a, b);
  if (a.kind === kind.zero) return b.sign !== 0 ? comparison.greater : comparison.less;
  if (b.kind === kind.zero || a.sign !== b.sign) return a.sign !== 0 ? comparison.less : comparison.greater;
  if (order === 0) return comparison.equal;
  return order > 0 === (a.sign === 0) ? comparison.greater : comparison.less;
}

function compareMagnitudes(a: Real, b: Real): number {
  if (a.exponent !== b.exponent) return a.exponent - b.exponent;
  return compareSignificands(a.high, a.low, b.high, b.low);
}

/** fxam's answer for a register in use: C3 C2 C0 name the class, C1 the sign. */
export function examine(a: Real): number {
  return classCodes(a) | (a.sign !== 0 ? status.c1 : 0);
}

function classCodes(a: Real): number {
  switch (a.kind) {
    case kind.zero:
      return status.c3;
    case kind.denormal:
      return status.c3 | status.c2;
    case kind.normal:
      return status.c2;
    case kind.infinity:
      return status.c2 | status.c0;
    case kind.quietNan:
    case kind.signallingNan:
      return status.c0;
    default:
      return 0;
  }
}

/** fxam's answer for an empty register. */
export const EXAMINED_EMPTY = status.c3 | status.c0;

/** Class of a register for the tag word of an environment: 0 valid, 1 zero, 2 special (SDM 1 8.1.7). */
export function tagOf(exponent: number, high: number, low: number): number {
  if ((exponent | high | low) === 0) return 1;
  return exponent === 0 || exponent === EXPONENT_SPECIAL || high >= 0 ? 2 : 0;
}

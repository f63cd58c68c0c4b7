/**
 * The ways into double-doubles and out of them.  In: extended reals, exactly, and the fixed-point values that tables
 * and constants are made of.  Out: an accumulator to be rounded, if the value is far enough from everything rounding
 * turns at for its error not to matter.
 */

import { FIXED_BITS } from '../approximation.ts';
import { EXPONENT_BIAS, type Real, TWO_32 } from '../format.ts';
import { roundExact } from '../remainder.ts';
import type { Arithmetic } from '../rounding.ts';
import { DoubleDouble } from './double-double.ts';

/** Powers of two with exponents up to this are at hand; nothing that comes this way has a greater one. */
export const EXPONENT_LIMIT = 250;

const powers = new Float64Array(2 * EXPONENT_LIMIT + 1);
for (let at = 0; at < powers.length; at++) powers[at] = 2 ** (at - EXPONENT_LIMIT);

/** 2^exponent, for |exponent| ≤ EXPONENT_LIMIT. */
export const powerOfTwo = (exponent: number): number => powers[exponent + EXPONENT_LIMIT];

/** `to` = |real|, exactly, for a normalized real between 2^-180 and 2^180. */
export function setMagnitude(to: DoubleDouble, real: Real): void {
  const exponent = real.exponent - EXPONENT_BIAS;
  to.setOrderedSum((real.high >>> 0) * powerOfTwo(exponent - 31), (real.low >>> 0) * powerOfTwo(exponent - 63));
}

/** The double-double next to a fixed-point number: off by 2^-106 at most. */
export function fromFixed(value: bigint): DoubleDouble {
  const unit = powerOfTwo(-Number(FIXED_BITS) >> 1);
  const hi = Number(value);
  const made = new DoubleDouble();
  made.set(hi * unit * unit, Number(value - BigInt(hi)) * unit * unit);
  return made;
}

/** Relative error that `roundQuick` allows for in a value. */
export const TOLERATED_ERROR = 2 ** -84;
/** What that error can be of a significand of 96 bits, in units of the last. */
const MARGIN = TOLERATED_ERROR * 2 ** 96;
const HALF = TWO_32 / 2;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** Upper word of a double: sign, 11 bits of exponent, 20 of the significand. */
export function upperWord(value: number): number {
  double[0] = value;
  return words[1];
}

const DOUBLE_BIAS = 1023;
const FRACTION_BITS = 20;

/** Exponent of the double with this upper word, which must be positive. */
export const exponentOf = (upper: number): number => (upper >>> FRACTION_BITS) - DOUBLE_BIAS;

// @journey ground/x87-quick
// Sines to the last bit want more bits than anyone can promise in advance: the true value may lie as close as it likes
// to the middle between two neighbours.  So Ziv's bargain (1991): first compute quickly, to some eighty-four bits, and
// look at those below the last that is kept.  If they are not about to be all zeros, all ones or a half, no better
// value could round otherwise, and we are done.  One time in a quarter of a million they are, and the slow code, with
// its two hundred bits, is asked instead.  What a program sees is always what the slow code would have said.
/** `to` = ±value × 2^scale, rounded, with the sign turned by value's own; false, and nothing of use done, if `value` is too close to call. */
export function roundQuick(m: Arithmetic, to: Real, sign: number, value: DoubleDouble, scale: number): boolean {
  const hi = Math.abs(value.hi);
  const negative = value.hi < 0;
  const lo = negative ? -value.lo : value.lo;
  const upper = upperWord(hi);
  let exponent = exponentOf(upper);
  if (exponent < -EXPONENT_LIMIT / 2 || exponent > EXPONENT_LIMIT / 2) return false;
  // A power of two and a little less: its leading bit is one place further down.
  if (lo < 0 && (upper & ((1 << FRACTION_BITS) - 1)) === 0 && hi === powerOfTwo(exponent)) exponent--;
  const above = hi * powerOfTwo(31 - exponent);
  const below = lo * powerOfTwo(63 - exponent);
  const whole = Math.floor(above);
  const floor = Math.floor(below);
  const extra = (below - floor) * TWO_32;
  const fromHalf = Math.abs(extra - HALF);
  if (!(fromHalf > MARGIN && fromHalf < HALF - MARGIN)) return false;
  const low = (above - whole) * TWO_32 + floor;
  const high = low < 0 ? whole - 1 : low < TWO_32 ? whole : whole + 1;
  // Next to a power of two `lo` may, once in a blue moon, lead across it.
  if (high < HALF || high >= TWO_32) return false;
  m.setAccumulator(negative ? sign ^ 1 : sign, exponent + scale + EXPONENT_BIAS, high | 0, low | 0, extra | 1);
  roundExact(m, to);
  return true;
}
// @end

/**
 * Sums and products of extended reals, exact until the one rounding at the end (SDM 1 8.3.5).  Zeros, infinities and
 * NaNs are sorted out first; what remains is schoolbook arithmetic on 32-bit digits.
 */

import { compareSignificands, kind, normalize, type Real, TWO_32 } from './format.ts';
import { invalid, propagateNans } from './nan.ts';
import { type Arithmetic, normalizeAccumulator, roundingMode, roundResult, shiftRightSticky } from './rounding.ts';
import { exception } from './words.ts';

/** Notes a denormal operand, and normalizes both. Both must be nonzero and finite. */
export function prepare(m: Arithmetic, a: Real, b: Real): void {
  if (a.kind === kind.denormal) {
    m.raise(exception.denormal);
    normalize(a);
  }
  if (b.kind === kind.denormal) {
    m.raise(exception.denormal);
    normalize(b);
  }
}

/** Notes a denormal operand where the other one decides the result alone. */
export function noteDenormals(m: Arithmetic, a: Real, b: Real): void {
  if (a.kind === kind.denormal || b.kind === kind.denormal) m.raise(exception.denormal);
}

/** `to` = a + b, or a - b when `negate` is 1. May normalize its operands in place. */
export function add(m: Arithmetic, to: Real, a: Real, b: Real, negate: number): void {
  if (a.kind !== kind.normal || b.kind !== kind.normal) {
    if (addSpecial(m, to, a, b, negate)) return;
    prepare(m, a, b);
  }
  const sign = b.sign ^ negate;
  const swap = a.exponent < b.exponent;
  const big = swap ? b : a;
  const small = swap ? a : b;
  m.setAccumulator(0, small.exponent, small.high, small.low, 0);
  shiftRightSticky(m, big.exponent - small.exponent);
  m.exponent = big.exponent;
  m.sign = swap ? sign : a.sign;
  if (a.sign === sign) addMagnitude(m, big);
  else if (!subtractFromMagnitude(m, big)) {
    to.setZero(m.rounding === roundingMode.down ? 1 : 0);
    return;
  }
  roundResult(m, to);
}

/** Sums that are settled by what the operands are. Answers false when there is something left to compute. */
function addSpecial(m: Arithmetic, to: Real, a: Real, b: Real, negate: number): boolean {
  if (a.kind >= kind.quietNan || b.kind >= kind.quietNan) {
    propagateNans(m, to, a, b);
    return true;
  }
  const sign = b.sign ^ negate;
  if (a.kind === kind.infinity || b.kind === kind.infinity) {
    if (a.kind === b.kind && a.sign !== sign) invalid(m, to);
    else {
      noteDenormals(m, a, b);
      to.setInfinity(a.kind === kind.infinity ? a.sign : sign);
    }
    return true;
  }
  if (a.kind !== kind.zero && b.kind !== kind.zero) return false;
  noteDenormals(m, a, b);
  if (a.kind === b.kind) to.setZero(a.sign === sign ? sign : m.rounding === roundingMode.down ? 1 : 0);
  else if (a.kind === kind.zero) roundOperand(m, to, b, sign);
  else roundOperand(m, to, a, a.sign);
  return true;
}

/** x + 0 is x, except that x may have more bits than the precision control allows. */
function roundOperand(m: Arithmetic, to: Real, real: Real, sign: number): void {
  normalize(real);
  m.setAccumulator(sign, real.exponent, real.high, real.low, 0);
  roundResult(m, to);
}

/** Accumulator plus `big`, both with the accumulator's exponent. */
function addMagnitude(m: Arithmetic, big: Real): void {
  const low = (m.low >>> 0) + (big.low >>> 0);
  const high = (m.high >>> 0) + (big.high >>> 0) + (low >= TWO_32 ? 1 : 0);
  m.low = low | 0;
  m.high = high | 0;
  if (high < TWO_32) return;
  shiftRightSticky(m, 1);
  m.high |= 1 << 31;
  m.exponent++;
}

/** `big` minus the accumulator, normalized; the sign turns if that is negative. Answers false if nothing is left. */
function subtractFromMagnitude(m: Arithmetic, big: Real): boolean {
  const order = compareSignificands(big.high, big.low, m.high, m.low);
  if (order === 0 && m.extra === 0) return false;
  // The smaller exponent was shifted out of the way, so only equal exponents can turn the sign, and then extra is zero.
  let { high, low } = big;
  let takeHigh = m.high;
  let takeLow = m.low;
  if (order < 0) {
    high = m.high;
    low = m.low;
    takeHigh = big.high;
    takeLow = big.low;
    m.sign ^= 1;
  }
  const borrowExtra = m.extra !== 0 ? 1 : 0;
  const difference = (low >>> 0) - (takeLow >>> 0) - borrowExtra;
  m.extra = -m.extra | 0;
  m.low = difference | 0;
  m.high = (high - takeHigh - (difference < 0 ? 1 : 0)) | 0;
  normalizeAccumulator(m);
  return true;
}

/** High word of a 32 × 32 bit product; `Math.imul` gives the low one. */
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const first = aHigh * bLow + ((aLow * bLow) >>> 16);
  const second = aLow * bHigh + (first & 0xffff);
  return (aHigh * bHigh + (first >>> 16) + (second >>> 16)) | 0;
}

/** `to` = a × b. */
export function multiply(m: Arithmetic, to: Real, a: Real, b: Real): void {
  if (a.kind !== kind.normal || b.kind !== kind.normal) {
    if (multiplySpecial(m, to, a, b)) return;
    prepare(m, a, b);
  }
  multiplyMagnitudes(m, a, b);
  roundResult(m, to);
}

function multiplySpecial(m: Arithmetic, to: Real, a: Real, b: Real): boolean {
  if (a.kind >= kind.quietNan || b.kind >= kind.quietNan) {
    propagateNans(m, to, a, b);
    return true;
  }
  const infinite = a.kind === kind.infinity || b.kind === kind.infinity;
  const zero = a.kind === kind.zero || b.kind === kind.zero;
  if (!infinite && !zero) return false;
  if (infinite && zero) invalid(m, to);
  else {
    noteDenormals(m, a, b);
    if (infinite) to.setInfinity(a.sign ^ b.sign);
    else to.setZero(a.sign ^ b.sign);
  }
  return true;
}

/** The accumulator becomes the product of two normalized operands, all 128 bits of it (the last 32 as a sticky bit). */
function multiplyMagnitudes(m: Arithmetic, a: Real, b: Real): void {
  const cross =
    (multiplyHigh(a.low, b.low) >>> 0) + (Math.imul(a.low, b.high) >>> 0) + (Math.imul(a.high, b.low) >>> 0);
  const middle =
    (multiplyHigh(a.low, b.high) >>> 0) +
    (multiplyHigh(a.high, b.low) >>> 0) +
    (Math.imul(a.high, b.high) >>> 0) +
    Math.floor(cross / TWO_32);
  const sticky = Math.imul(a.low, b.low) !== 0 ? 1 : 0;
  m.sign = a.sign ^ b.sign;
  m.high = (multiplyHigh(a.high, b.high) + Math.floor(middle / TWO_32)) | 0;
  m.low = middle | 0;
  m.extra = cross | sticky;
  m.exponent = a.exponent + b.exponent - 16382;
  if (m.high >= 0) shiftLeftOne(m);
}

function shiftLeftOne(m: Arithmetic): void {
  m.high = (m.high << 1) | (m.low >>> 31);
  m.low = (m.low << 1) | (m.extra >>> 31);
  m.extra = (m.extra << 1) | (m.extra & 1);
  m.exponent--;
}

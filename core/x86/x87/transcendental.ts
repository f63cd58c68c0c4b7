/**
 * f2xm1, fyl2x, fyl2xp1, fpatan, fsin, fcos, fsincos, fptan (SDM 1 8.3.7): the special cases, and the way from
 * extended reals to fixed point and back.  Results are correctly rounded in the mode in force, always at 64 bits;
 * silicon promises only less than one unit in the last place, so last bits may differ from any given chip's.
 */

import { noteDenormals } from './add-multiply.ts';
import {
  arctangent,
  binaryLogarithm,
  FIXED_BITS,
  FIXED_LN2,
  FIXED_LOG2E,
  FIXED_ONE,
  FIXED_PI,
  powerOfTwoMinusOne,
  type SineCosine,
  sineCosine,
} from './approximation.ts';
import { EXPONENT_BIAS, kind, LEADING, normalize, type Real } from './format.ts';
import { invalid, propagateNan, propagateNans } from './nan.ts';
import { roundExact } from './remainder.ts';
import type { Arithmetic } from './rounding.ts';
import { exception } from './words.ts';

/** Below 2^-60 an odd function is the first term of its series but for something seen only as a sticky bit. */
const TINY = EXPONENT_BIAS - 60;
/** From 2^63 on an angle has no fraction left to reduce. */
const TOO_BIG = EXPONENT_BIAS + 63;

/** Significand as a whole number: |real| = significand × 2^(exponent - bias - 63). */
function significand(real: Real): bigint {
  return (BigInt(real.high >>> 0) << 32n) | BigInt(real.low >>> 0);
}

/** |real| in fixed point; exact from 2^-192 up. */
function toFixed(real: Real): bigint {
  return significand(real) << (FIXED_BITS + BigInt(real.exponent - EXPONENT_BIAS - 63));
}

/** `to` = ±value × 2^scale, rounded; `inexact` says that the true value lies a little beyond `value`. */
function roundBig(m: Arithmetic, to: Real, sign: number, value: bigint, scale: number, inexact: boolean): void {
  const length = value.toString(2).length;
  const shift = BigInt(length - 96);
  let top = shift >= 0n ? value >> shift : value << -shift;
  if (inexact || (shift > 0n && top << shift !== value)) top |= 1n;
  const word = (at: bigint) => Number((top >> at) & 0xffff_ffffn) | 0;
  m.setAccumulator(sign, length - 1 + scale + EXPONENT_BIAS, word(64n), word(32n), word(0n));
  roundExact(m, to);
}

const FIXED_SCALE = -Number(FIXED_BITS);

/** A fixed-point result; its sign is `sign` turned by its own. */
function roundFixed(m: Arithmetic, to: Real, sign: number, value: bigint): void {
  if (value < 0n) roundBig(m, to, sign ^ 1, -value, FIXED_SCALE, true);
  else roundBig(m, to, sign, value, FIXED_SCALE, true);
}

/** real × (1 - something invisible): one unit taken off far below the last place. */
function roundJustBelow(m: Arithmetic, to: Real, real: Real): void {
  roundBig(m, to, real.sign, (significand(real) << 64n) - 1n, real.exponent - EXPONENT_BIAS - 127, true);
}

function roundJustAbove(m: Arithmetic, to: Real, real: Real): void {
  roundBig(m, to, real.sign, (significand(real) << 64n) + 1n, real.exponent - EXPONENT_BIAS - 127, true);
}

function roundJustBelowOne(m: Arithmetic, to: Real): void {
  roundBig(m, to, 0, (1n << 128n) - 1n, -128, true);
}

function startFinite(m: Arithmetic, a: Real): void {
  if (a.kind === kind.denormal) m.raise(exception.denormal);
  normalize(a);
}

/** What an angle is to the circular functions. */
export type Circular = 'done' | 'out of range';

/** Sine to `sine`, cosine to `cosine`, or either alone (null). Out of range, nothing is changed. */
export function circular(m: Arithmetic, sine: Real | null, cosine: Real | null, a: Real): Circular {
  if (a.kind >= kind.quietNan || a.kind === kind.infinity) {
    for (const to of [sine, cosine]) {
      if (to === null) continue;
      if (a.kind === kind.infinity) invalid(m, to);
      else propagateNan(m, to, a);
    }
    return 'done';
  }
  if (a.kind === kind.zero) {
    sine?.setZero(a.sign);
    cosine?.set(0, EXPONENT_BIAS, LEADING, 0);
    return 'done';
  }
  if (a.exponent >= TOO_BIG) return 'out of range';
  startFinite(m, a);
  if (a.exponent < TINY) {
    if (cosine !== null) roundJustBelowOne(m, cosine);
    if (sine !== null) roundJustBelow(m, sine, a);
    return 'done';
  }
  const values = sineCosine(toFixed(a));
  if (cosine !== null) roundFixed(m, cosine, 0, values.cosine);
  if (sine !== null) roundFixed(m, sine, a.sign, values.sine);
  return 'done';
}

/** `to` = tan a. */
export function tangent(m: Arithmetic, to: Real, a: Real): Circular {
  if (a.kind === kind.zero || a.kind >= kind.infinity) return circular(m, to, null, a);
  if (a.exponent >= TOO_BIG) return 'out of range';
  startFinite(m, a);
  if (a.exponent < TINY) roundJustAbove(m, to, a);
  else roundFixed(m, to, a.sign, ratio(sineCosine(toFixed(a))));
  return 'done';
}

const ratio = ({ sine, cosine }: SineCosine): bigint => (sine << FIXED_BITS) / cosine;

/** `to` = the angle of the point (x, y), by quadrant (SDM 2A, FPATAN). */
export function arctangentOfPoint(m: Arithmetic, to: Real, y: Real, x: Real): void {
  if (y.kind >= kind.quietNan || x.kind >= kind.quietNan) {
    propagateNans(m, to, y, x);
    return;
  }
  noteDenormals(m, y, x);
  if (y.kind === kind.zero || (x.kind === kind.infinity && y.kind !== kind.infinity)) {
    if (x.sign === 0) to.setZero(y.sign);
    else roundFixed(m, to, y.sign, FIXED_PI);
  } else if (y.kind === kind.infinity || x.kind === kind.zero) {
    if (x.kind !== kind.infinity) roundFixed(m, to, y.sign, FIXED_PI >> 1n);
    else roundFixed(m, to, y.sign, x.sign === 0 ? FIXED_PI >> 2n : (FIXED_PI * 3n) >> 2n);
  } else {
    normalize(y);
    normalize(x);
    angleOfFinite(m, to, y, x);
  }
}

function angleOfFinite(m: Arithmetic, to: Real, y: Real, x: Real): void {
  const over = significand(y);
  const under = significand(x);
  const distance = y.exponent - x.exponent;
  if (distance < -60 && x.sign === 0) {
    roundSmallAngle(m, to, y.sign, (over << FIXED_BITS) / under, distance);
    return;
  }
  const steep = distance > 0 || (distance === 0 && over > under);
  const places = FIXED_BITS - BigInt(Math.abs(distance));
  const numerator = steep ? under : over;
  const tangentOfAngle = places < 0n ? 0n : (numerator << places) / (steep ? over : under);
  const angle = arctangent(tangentOfAngle);
  if (!steep) roundFixed(m, to, y.sign, x.sign === 0 ? angle : FIXED_PI - angle);
  else roundFixed(m, to, y.sign, x.sign === 0 ? (FIXED_PI >> 1n) - angle : (FIXED_PI >> 1n) + angle);
}

/** The angle whose tangent is t = quotient × 2^(distance - 256), tiny: t - t³/3, and always a little less than t. */
function roundSmallAngle(m: Arithmetic, to: Real, sign: number, quotient: bigint, distance: number): void {
  const cubed = (quotient ** 3n) >> (2n * (FIXED_BITS - BigInt(distance)));
  roundBig(m, to, sign, quotient - cubed / 3n - 1n, distance + FIXED_SCALE, true);
}

/** `to` = 2^a - 1. The manual asks for |a| ≤ 1; beyond, we answer a itself, as P6 does. */
export function twoToTheMinusOne(m: Arithmetic, to: Real, a: Real): void {
  if (a.kind >= kind.quietNan) propagateNan(m, to, a);
  else if (a.kind === kind.infinity) {
    if (a.sign === 0) to.setInfinity(0);
    else to.set(1, EXPONENT_BIAS, LEADING, 0);
  } else if (a.kind === kind.zero) to.setZero(a.sign);
  else {
    startFinite(m, a);
    finitePower(m, to, a);
  }
}

function finitePower(m: Arithmetic, to: Real, a: Real): void {
  if (a.exponent >= EXPONENT_BIAS) {
    to.copy(a);
    if (a.exponent === EXPONENT_BIAS && a.high === LEADING && a.low === 0 && a.sign !== 0) to.exponent--;
  } else if (a.exponent < TINY) {
    // 2^x - 1 = w + w²/2 + … with w = x ln 2
    const half = (toFixed(a) * FIXED_LN2) >> (FIXED_BITS + 1n);
    const factor = a.sign === 0 ? FIXED_ONE + half : FIXED_ONE - half;
    const scale = a.exponent - EXPONENT_BIAS - 63 + 2 * FIXED_SCALE;
    roundBig(m, to, a.sign, significand(a) * FIXED_LN2 * factor, scale, true);
  } else {
    const x = toFixed(a);
    roundFixed(m, to, 0, powerOfTwoMinusOne(a.sign === 0 ? x : -x));
  }
}

/** `to` = y × log2 x. */
export function logarithm(m: Arithmetic, to: Real, y: Real, x: Real): void {
  if (y.kind >= kind.quietNan || x.kind >= kind.quietNan) {
    propagateNans(m, to, y, x);
    return;
  }
  if (x.kind === kind.zero) {
    logarithmOfZero(m, to, y);
    return;
  }
  const isOne = x.exponent === EXPONENT_BIAS && x.high === LEADING && x.low === 0;
  if (x.sign !== 0 || (y.kind === kind.zero && x.kind === kind.infinity) || (y.kind === kind.infinity && isOne)) {
    invalid(m, to);
    return;
  }
  noteDenormals(m, y, x);
  const sign = y.sign ^ (x.exponent < EXPONENT_BIAS ? 1 : 0);
  if (y.kind === kind.infinity || x.kind === kind.infinity) to.setInfinity(sign);
  else if (y.kind === kind.zero || isOne) to.setZero(sign);
  else {
    normalize(y);
    normalize(x);
    finiteLogarithm(m, to, y, x);
  }
}

function logarithmOfZero(m: Arithmetic, to: Real, y: Real): void {
  if (y.kind === kind.zero) {
    invalid(m, to);
    return;
  }
  if (y.kind !== kind.infinity) m.raise(exception.zeroDivide);
  to.setInfinity(y.sign ^ 1);
}

function finiteLogarithm(m: Arithmetic, to: Real, y: Real, x: Real): void {
  const powerOfTwo = x.high === LEADING && x.low === 0;
  const whole = BigInt(x.exponent - EXPONENT_BIAS) << FIXED_BITS;
  const value = powerOfTwo ? whole : whole + binaryLogarithm(significand(x) << (FIXED_BITS - 63n));
  roundProduct(m, to, y, value, FIXED_SCALE, !powerOfTwo);
}

/** y × value × 2^scale. */
function roundProduct(m: Arithmetic, to: Real, y: Real, value: bigint, scale: number, inexact: boolean): void {
  const magnitude = value < 0n ? -value : value;
  const sign = y.sign ^ (value < 0n ? 1 : 0);
  roundBig(m, to, sign, magnitude * significand(y), y.exponent - EXPONENT_BIAS - 63 + scale, inexact);
}

/** `to` = y × log2(x + 1). The manual asks for |x| below 1 - √½; any x above -1 will do here. */
export function logarithmOfOnePlus(m: Arithmetic, to: Real, y: Real, x: Real): void {
  if (y.kind >= kind.quietNan || x.kind >= kind.quietNan) {
    propagateNans(m, to, y, x);
    return;
  }
  const belowRange = x.sign !== 0 && x.kind !== kind.zero && x.exponent >= EXPONENT_BIAS;
  const zeroTimesInfinity =
    (y.kind === kind.zero && x.kind === kind.infinity) || (y.kind === kind.infinity && x.kind === kind.zero);
  if (belowRange || zeroTimesInfinity) {
    invalid(m, to);
    return;
  }
  noteDenormals(m, y, x);
  const sign = y.sign ^ x.sign;
  if (y.kind === kind.infinity || x.kind === kind.infinity) to.setInfinity(sign);
  else if (y.kind === kind.zero || x.kind === kind.zero) to.setZero(sign);
  else {
    normalize(y);
    normalize(x);
    finiteOnePlus(m, to, y, x);
  }
}

function finiteOnePlus(m: Arithmetic, to: Real, y: Real, x: Real): void {
  if (x.exponent < TINY) {
    // ln (1 + x) = x - x²/2 + …
    const half = toFixed(x) >> 1n;
    const value = significand(x) * FIXED_LOG2E * (x.sign === 0 ? FIXED_ONE - half : FIXED_ONE + half);
    const scale = x.exponent - EXPONENT_BIAS - 63 + 2 * FIXED_SCALE;
    roundProduct(m, to, y, x.sign === 0 ? value : -value, scale, true);
    return;
  }
  // 1 + x is brought between 1 and 2 as it would be for fyl2x; beyond 2^128 the one no longer shows.
  let sum =
    x.exponent > EXPONENT_BIAS + 128
      ? significand(x) << (FIXED_BITS - 63n)
      : FIXED_ONE + (x.sign === 0 ? toFixed(x) : -toFixed(x));
  let whole = x.exponent > EXPONENT_BIAS + 128 ? x.exponent - EXPONENT_BIAS : 0;
  const excess = sum.toString(2).length - 1 - Number(FIXED_BITS);
  if (excess > 0) {
    sum >>= BigInt(excess);
    whole += excess;
  } else if (excess < -1) {
    sum <<= BigInt(-excess);
    whole += excess;
  }
  roundProduct(m, to, y, (BigInt(whole) << FIXED_BITS) + binaryLogarithm(sum), FIXED_SCALE, true);
}

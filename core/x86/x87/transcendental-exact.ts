/**
 * The transcendental functions of normalized finite reals in fixed point, on BigInts: slow, and right.  Everything is
 * asked of ./quick first; what that cannot tell comes here, and it is by these functions that it is tested.
 */

import {
  arctangent,
  binaryLogarithm,
  FIXED_BITS,
  FIXED_LN2,
  FIXED_LOG2E,
  FIXED_ONE,
  FIXED_PI,
  powerOfTwoMinusOne,
  sineCosine,
} from './approximation.ts';
import { EXPONENT_BIAS, LEADING, type Real } from './format.ts';
import { roundExact } from './remainder.ts';
import type { Arithmetic } from './rounding.ts';

/** Below 2^-60 a function is the first terms of its series. */
export const TINY = EXPONENT_BIAS - 60;

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
export function roundFixed(m: Arithmetic, to: Real, sign: number, value: bigint): void {
  if (value < 0n) roundBig(m, to, sign ^ 1, -value, FIXED_SCALE, true);
  else roundBig(m, to, sign, value, FIXED_SCALE, true);
}

/** Sine, cosine or both of an angle of at least 2^-60. */
export function exactCircular(m: Arithmetic, sine: Real | null, cosine: Real | null, angle: Real): void {
  const values = sineCosine(toFixed(angle));
  if (cosine !== null) roundFixed(m, cosine, 0, values.cosine);
  if (sine !== null) roundFixed(m, sine, angle.sign, values.sine);
}

/** Tangent of an angle of at least 2^-60. */
export function exactTangent(m: Arithmetic, to: Real, angle: Real): void {
  const { sine, cosine } = sineCosine(toFixed(angle));
  roundFixed(m, to, angle.sign, (sine << FIXED_BITS) / cosine);
}

/** The angle of the point (x, y). */
export function exactAngle(m: Arithmetic, to: Real, y: Real, x: Real): void {
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

/** 2^a - 1 for |a| below 1. */
export function exactPowerOfTwo(m: Arithmetic, to: Real, a: Real): void {
  if (a.exponent < TINY) {
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

/** y log2 x. */
export function exactLogarithm(m: Arithmetic, to: Real, y: Real, x: Real): void {
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

/** y log2 (1 + x), for x above -1. */
export function exactLogarithmOfOnePlus(m: Arithmetic, to: Real, y: Real, x: Real): void {
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

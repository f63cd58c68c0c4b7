/**
 * f2xm1, fyl2x, fyl2xp1, fpatan, fsin, fcos, fsincos, fptan (SDM 1 8.3.7): the special cases, and who is asked
 * for the others: first ./quick, then, if that cannot tell, ./transcendental-exact.  Results are correctly rounded in the mode in force, always at 64 bits;
 * silicon promises only less than one unit in the last place, so last bits may differ from any given chip's.
 */

import { noteDenormals } from './add-multiply.ts';
import { FIXED_PI } from './approximation.ts';
import { EXPONENT_BIAS, kind, LEADING, normalize, type Real } from './format.ts';
import { invalid, propagateNan, propagateNans } from './nan.ts';
import { quickAngle } from './quick/arctangent.ts';
import { quickCircular, quickTangent } from './quick/circular.ts';
import { quickLogarithm, quickLogarithmOfOnePlus } from './quick/logarithm.ts';
import { quickPowerOfTwo } from './quick/power-of-two.ts';
import { roundExact } from './remainder.ts';
import type { Arithmetic } from './rounding.ts';
import {
  exactAngle,
  exactCircular,
  exactLogarithm,
  exactLogarithmOfOnePlus,
  exactPowerOfTwo,
  exactTangent,
  roundFixed,
} from './transcendental-exact.ts';
import { exception } from './words.ts';

/** Below 2^-32 an angle and its sine, or its tangent, or its cosine and 1, are so close that no rounding turns between them. */
const SMALL_ANGLE = EXPONENT_BIAS - 32;
/** From 2^63 on an angle has no fraction left to reduce. */
const TOO_BIG = EXPONENT_BIAS + 63;

/** real × (1 + something invisible). */
function roundJustAbove(m: Arithmetic, to: Real, real: Real): void {
  m.setAccumulator(real.sign, real.exponent, real.high, real.low, 1);
  roundExact(m, to);
}

/** sign × significand × (1 - something invisible): one unit taken off far below the last place. */
function roundJustBelow(m: Arithmetic, to: Real, sign: number, exponent: number, high: number, low: number): void {
  if (high === LEADING && low === 0) m.setAccumulator(sign, exponent - 1, -1, -1, -1);
  else m.setAccumulator(sign, exponent, high - (low === 0 ? 1 : 0), (low - 1) | 0, -1);
  roundExact(m, to);
}

function startFinite(m: Arithmetic, a: Real): void {
  if (a.kind !== kind.denormal) return;
  m.raise(exception.denormal);
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
  if (a.exponent < SMALL_ANGLE) {
    if (cosine !== null) roundJustBelow(m, cosine, 0, EXPONENT_BIAS, LEADING, 0);
    if (sine !== null) roundJustBelow(m, sine, a.sign, a.exponent, a.high, a.low);
  } else if (!quickCircular(m, sine, cosine, a)) exactCircular(m, sine, cosine, a);
  return 'done';
}

/** `to` = tan a. */
export function tangent(m: Arithmetic, to: Real, a: Real): Circular {
  if (a.kind === kind.zero || a.kind >= kind.infinity) return circular(m, to, null, a);
  if (a.exponent >= TOO_BIG) return 'out of range';
  startFinite(m, a);
  if (a.exponent < SMALL_ANGLE) roundJustAbove(m, to, a);
  else if (!quickTangent(m, to, a)) exactTangent(m, to, a);
  return 'done';
}

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
    if (!quickAngle(m, to, y, x)) exactAngle(m, to, y, x);
  }
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
  } else if (!quickPowerOfTwo(m, to, a)) exactPowerOfTwo(m, to, a);
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
    if (!quickLogarithm(m, to, y, x)) exactLogarithm(m, to, y, x);
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
    if (!quickLogarithmOfOnePlus(m, to, y, x)) exactLogarithmOfOnePlus(m, to, y, x);
  }
}

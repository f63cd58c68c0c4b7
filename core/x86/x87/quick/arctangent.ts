/**
 * The angle of a point, quickly: the tangent's nearest k/256 is turned away from the point while its coordinates are
 * still whole numbers, so that one division answers for both, and a short series does the rest.
 */

import { arctangent, FIXED_ONE, FIXED_PI } from '../approximation.ts';
import { compareSignificands, type Real, TWO_32 } from '../format.ts';
import type { Arithmetic } from '../rounding.ts';
import { DoubleDouble } from './double-double.ts';
import { fromFixed, powerOfTwo, roundQuick } from './passage.ts';

/** Exponents of the coordinates further apart than this are left to the exact way. */
const FARTHEST = 60;

const STEPS = 256;
/** Arctangents of k/256; made when first asked for. */
const steps: (DoubleDouble | undefined)[] = Array(STEPS + 1).fill(undefined);

function makeStep(k: number): DoubleDouble {
  const step = fromFixed(arctangent((BigInt(k) * FIXED_ONE) / BigInt(STEPS)));
  steps[k] = step;
  return step;
}

const pi = fromFixed(FIXED_PI);
const halfPi = fromFixed(FIXED_PI >> 1n);
const angle = new DoubleDouble();

/** Fills `angle` with the arctangent of small/large × 2^-distance, which is at most 1. */
function setAngle(small: Real, large: Real, distance: number): void {
  const scale = powerOfTwo(-distance);
  const smallHigh = (small.high >>> 0) * scale;
  const smallLow = ((small.low >>> 0) * scale) / TWO_32;
  const largeHigh = large.high >>> 0;
  const largeLow = (large.low >>> 0) / TWO_32;
  const k = Math.floor((smallHigh / largeHigh) * STEPS + 0.5);
  const numerator = new DoubleDouble();
  const denominator = new DoubleDouble();
  if (k === 0) {
    numerator.setOrderedSum(smallHigh, smallLow);
    denominator.setOrderedSum(largeHigh, largeLow);
  } else {
    // Every product has 32 + 9 bits, and is aligned within 9 of its partner.
    numerator.setSum(STEPS * smallHigh - k * largeHigh, STEPS * smallLow - k * largeLow);
    denominator.setOrderedSum(STEPS * largeHigh + k * smallHigh, STEPS * largeLow + k * smallLow);
  }
  angle.divide(numerator, denominator);
  addSeries();
  if (k !== 0) angle.add(steps[k] ?? makeStep(k), angle);
}

/** `angle` = arctangent of `angle`, of at most 1/512: r - r³/3 + r⁵/5 - … */
function addSeries(): void {
  const square = new DoubleDouble();
  const term = new DoubleDouble();
  square.square(angle);
  const u = square.hi;
  term.third(angle);
  term.multiply(term, square);
  term.setOrderedSum(-term.hi, angle.hi * u * u * (1 / 5 - u * (1 / 7 - u / 9)) - term.lo);
  angle.add(angle, term);
}

/** As `exactAngle` does it; false if it could not. */
export function quickAngle(m: Arithmetic, to: Real, y: Real, x: Real): boolean {
  const distance = y.exponent - x.exponent;
  if (distance > FARTHEST || distance < -FARTHEST) return false;
  const steep = distance > 0 || (distance === 0 && compareSignificands(y.high, y.low, x.high, x.low) > 0);
  if (steep) setAngle(x, y, distance);
  else setAngle(y, x, -distance);
  const behind = x.sign !== 0;
  if (steep !== behind) angle.negate();
  if (steep) angle.add(halfPi, angle);
  else if (behind) angle.add(pi, angle);
  return roundQuick(m, to, y.sign, angle, 0);
}

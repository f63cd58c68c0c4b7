/**
 * Sine, cosine and tangent, quickly.  The angle is reduced by the 66-bit π/2 of approximation.ts, exactly; what is
 * left is taken apart into k/256, whose sine and cosine are in a table, and t of at most 1/512, for a short series.
 */

import { FIXED_ONE, HALF_PI_66, sineCosine } from '../approximation.ts';
import { EXPONENT_BIAS, type Real } from '../format.ts';
import type { Arithmetic } from '../rounding.ts';
import { DoubleDouble } from './double-double.ts';
import { fromFixed, roundQuick, setMagnitude } from './passage.ts';

/** The π/2 of 66 bits in halves of 33, so that times a quotient of 20 bits each is still a double. */
const LOWER_BITS = 224n;
const HALF_PI_UPPER = Number(HALF_PI_66 >> LOWER_BITS) * 2 ** -32;
const HALF_PI_LOWER = Number(HALF_PI_66 & ((1n << LOWER_BITS) - 1n)) * 2 ** -256;
const QUARTERS_PER_RADIAN = 1 / HALF_PI_UPPER;
/** Angles up to 2^20 have quotients that will do. */
const EXPONENT_END = EXPONENT_BIAS + 20;
/** A little less than π/4: a rest below it leaves no doubt about the quotient. */
const REST_END = 0.78539816;
/** A rest below this may have lost bits to cancellation, if the angle was more than a double. */
const CANCELLED = 2 ** -30;

const STEPS = 256;
/** The last of them is below π/4, where `sineCosine` would begin to reduce its argument. */
const STEPS_IN_USE = 202;
interface Step {
  readonly sine: DoubleDouble;
  readonly cosine: DoubleDouble;
  readonly minusSine: DoubleDouble;
}
/** Of k/256; made when first asked for. */
const steps: (Step | undefined)[] = Array(STEPS_IN_USE).fill(undefined);

function makeStep(k: number): Step {
  const { sine, cosine } = sineCosine((BigInt(k) * FIXED_ONE) / BigInt(STEPS));
  const step = { sine: fromFixed(sine), cosine: fromFixed(cosine), minusSine: fromFixed(-sine) };
  steps[k] = step;
  return step;
}

/** The angle within its quarter, then within its step. */
const rest = new DoubleDouble();
const halfSquare = new DoubleDouble();
const first = new DoubleDouble();
const second = new DoubleDouble();

/** Fills `rest` with the angle less as many quarter turns as come closest to it, and answers how many; -1 for "cannot". */
function reduce(angle: Real): number {
  if (angle.exponent >= EXPONENT_END) return -1;
  setMagnitude(rest, angle);
  const { hi, lo } = rest;
  if (hi < REST_END) return 0;
  const quarter = Math.floor(hi * QUARTERS_PER_RADIAN + 0.5);
  // The first difference is exact because its terms are so close (Sterbenz); then 2^-53 of the lower halves is lost.
  rest.setSum(hi - quarter * HALF_PI_UPPER, -quarter * HALF_PI_LOWER);
  const lower = rest.lo;
  rest.setSum(rest.hi, lo);
  rest.setOrderedSum(rest.hi, rest.lo + lower);
  if (lo !== 0 && Math.abs(rest.hi) < CANCELLED) return -1;
  return Math.abs(rest.hi) < REST_END ? quarter : -1;
}

/** Finds the step of a rest that is not negative, and leaves in `rest` the distance from it. */
function approach(): Step {
  // A half added by hand would be rounded up just below the first edge, and leave more than a double holds.
  const k = Math.round(rest.hi * STEPS);
  if (k !== 0) rest.setSum(rest.hi - k / STEPS, rest.lo);
  halfSquare.square(rest);
  halfSquare.halve();
  return steps[k] ?? makeStep(k);
}

/**
 * f (a + t) for t in `rest` and f that is its own second derivative turned over, by f (a) and f' (a):
 * with s = f' (a) t it is f (a) + s - t²/2 (f (a) + s/3) + t⁴ (f (a)/24 + s/120) - …
 */
function expand(to: DoubleDouble, value: DoubleDouble, derivative: DoubleDouble): void {
  const slope = new DoubleDouble();
  const bend = new DoubleDouble();
  slope.multiply(derivative, rest);
  bend.third(slope);
  bend.add(value, bend);
  bend.multiply(bend, halfSquare);
  const u = 2 * halfSquare.hi;
  const even = value.hi * (1 / 24 - u * (1 / 720 - u / 40320));
  const odd = slope.hi * (1 / 120 - u * (1 / 5040 - u / 362880));
  to.add(value, slope);
  to.subtract(to, bend);
  to.setOrderedSum(to.hi, to.lo + u * u * (even + odd));
}

const setSine = (to: DoubleDouble, step: Step): void => expand(to, step.sine, step.cosine);
const setCosine = (to: DoubleDouble, step: Step): void => expand(to, step.cosine, step.minusSine);

/** Turns a negative rest over; answers the sign it had. */
function takeSign(): number {
  if (rest.hi >= 0) return 0;
  rest.negate();
  return 1;
}

/** As `exactCircular` does it; false if it could not. */
export function quickCircular(m: Arithmetic, sine: Real | null, cosine: Real | null, angle: Real): boolean {
  const quarter = reduce(angle);
  if (quarter < 0) return false;
  const below = takeSign();
  const step = approach();
  const odd = (quarter & 1) !== 0;
  if (cosine !== null) {
    const sign = odd ? below ^ 1 ^ ((quarter >> 1) & 1) : (quarter >> 1) & 1;
    if (odd) setSine(first, step);
    else setCosine(first, step);
    if (!roundQuick(m, cosine, sign, first, 0)) return false;
  }
  if (sine === null) return true;
  const sign = angle.sign ^ ((quarter >> 1) & 1) ^ (odd ? 0 : below);
  if (odd) setCosine(first, step);
  else setSine(first, step);
  return roundQuick(m, sine, sign, first, 0);
}

/** As `exactTangent` does it; false if it could not. */
export function quickTangent(m: Arithmetic, to: Real, angle: Real): boolean {
  const quarter = reduce(angle);
  if (quarter < 0) return false;
  const below = takeSign();
  const step = approach();
  setSine(first, step);
  setCosine(second, step);
  const odd = (quarter & 1) !== 0;
  if (odd) first.divide(second, first);
  else first.divide(first, second);
  return roundQuick(m, to, angle.sign ^ below ^ (odd ? 1 : 0), first, 0);
}

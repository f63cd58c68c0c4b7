/**
 * Sine, cosine and tangent, quickly.  The angle is reduced by the 66-bit π/2 of approximation.ts, exactly; what is
 * left is taken apart into k/128, whose sine and cosine are in a table, and t of hardly more than 1/256, for a short series.
 */

import { FIXED_ONE, HALF_PI_66, type SineCosine, sineCosine } from '../approximation.ts';
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

const STEPS = 128;
interface Step {
  readonly sine: DoubleDouble;
  readonly cosine: DoubleDouble;
}
/** The last entry below π/4, where `sineCosine` would begin to reduce its argument. */
const LAST_STEP = 100;
/** Of k/128; made when first asked for. */
const steps: (Step | undefined)[] = Array(LAST_STEP + 1).fill(undefined);

function makeStep(k: number): Step {
  const { sine, cosine }: SineCosine = sineCosine((BigInt(k) * FIXED_ONE) / BigInt(STEPS));
  const step = { sine: fromFixed(sine), cosine: fromFixed(cosine) };
  steps[k] = step;
  return step;
}

const sixth = fromFixed(FIXED_ONE / 6n);
const rest = new DoubleDouble();
const square = new DoubleDouble();
const term = new DoubleDouble();
/** Sine of t, and cosine less one. */
const sineOfT = new DoubleDouble();
const cosineOfT = new DoubleDouble();
const first = new DoubleDouble();
const second = new DoubleDouble();

/** Fills `rest` with the angle less as many quarter turns as come closest to it, and answers how many; -1 for "cannot". */
function reduce(angle: Real): number {
  if (angle.exponent >= EXPONENT_END) return -1;
  setMagnitude(rest, angle);
  const { hi, lo } = rest;
  const quarter = Math.floor(hi * QUARTERS_PER_RADIAN + 0.5);
  if (quarter !== 0) {
    // The first difference is exact because its terms are so close (Sterbenz); then 2^-53 of the lower halves is lost.
    rest.setSum(hi - quarter * HALF_PI_UPPER, -quarter * HALF_PI_LOWER);
    const lower = rest.lo;
    rest.setSum(rest.hi, lo);
    rest.setOrderedSum(rest.hi, rest.lo + lower);
    if (lo !== 0 && Math.abs(rest.hi) < CANCELLED) return -1;
  }
  return Math.abs(rest.hi) < REST_END ? quarter : -1;
}

/** Makes ready for `setSine` and `setCosine` of the rest, which must not be negative. */
function approach(): Step | null {
  const k = Math.min(Math.floor(rest.hi * STEPS + 0.5), LAST_STEP);
  if (k !== 0) rest.setSum(rest.hi - k / STEPS, rest.lo);
  const t = rest;
  square.multiply(t, t);
  const u = square.hi;
  term.multiply(square, sixth);
  term.multiply(term, t);
  sineOfT.setOrderedSum(-term.hi, t.hi * u * u * (1 / 120 - u * (1 / 5040 - u / 362880)) - term.lo);
  sineOfT.add(t, sineOfT);
  cosineOfT.setOrderedSum(-0.5 * square.hi, u * u * (1 / 24 - u * (1 / 720 - u / 40320)) - 0.5 * square.lo);
  return k === 0 ? null : (steps[k] ?? makeStep(k));
}

/** sin (a + t) = sin a + (cos a sin t + sin a (cos t - 1)) */
function setSine(to: DoubleDouble, step: Step | null): void {
  if (step === null) {
    to.set(sineOfT.hi, sineOfT.lo);
    return;
  }
  to.multiply(step.cosine, sineOfT);
  term.multiply(step.sine, cosineOfT);
  to.add(to, term);
  to.add(step.sine, to);
}

/** cos (a + t) = cos a + (cos a (cos t - 1) - sin a sin t) */
function setCosine(to: DoubleDouble, step: Step | null): void {
  if (step === null) {
    to.addDouble(cosineOfT, 1);
    return;
  }
  to.multiply(step.cosine, cosineOfT);
  term.multiply(step.sine, sineOfT);
  term.negate();
  to.add(to, term);
  to.add(step.cosine, to);
}

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

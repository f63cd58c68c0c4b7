/**
 * y log2 x and y log2 (1 + x), quickly.  The number is 2^whole × m with m about 1; a short factor c out of a table brings
 * m to within 2^-8 of 1, so exactly that what is left, z = m c - 1, is a double-double without error; log2 c is in the
 * table, and log (1 + z) = 2 artanh (z / (2 + z)) a short series.  Around 1 the factor is 1, and nothing cancels.
 */

import { binaryLogarithm, FIXED_LOG2E, FIXED_ONE } from '../approximation.ts';
import { EXPONENT_BIAS, LEADING, type Real, TWO_32 } from '../format.ts';
import type { Arithmetic } from '../rounding.ts';
import { DoubleDouble } from './double-double.ts';
import { exponentOf, fromFixed, powerOfTwo, roundQuick, setMagnitude, upperWord } from './passage.ts';

/** Bits of m's fraction that choose the factor, and the place of the last of them in the upper word of a double. */
const STEP_BITS = 7;
const STEP_SHIFT = 20 - STEP_BITS;
const STEPS = 1 << STEP_BITS;
/** From here on m is more than √2, and is halved. */
const FIRST_HALVED = 53;
/** The last bit of a factor. */
const FACTOR_BITS = 12;

interface Step {
  readonly factor: number;
  /** -log2 factor, or null for the factor 1. */
  readonly logarithm: DoubleDouble | null;
}
/** By m's fraction, rounded; made when first asked for. */
const steps: (Step | undefined)[] = Array(STEPS + 1).fill(undefined);

function makeStep(index: number): Step {
  const middle = (1 + index / STEPS) / (index < FIRST_HALVED ? 1 : 2);
  const places = Math.round((1 << FACTOR_BITS) / middle);
  const fixed = (BigInt(places) * FIXED_ONE) >> BigInt(FACTOR_BITS);
  const factor = places / (1 << FACTOR_BITS);
  const step = { factor, logarithm: factor === 1 ? null : fromFixed(-binaryLogarithm(fixed)) };
  steps[index] = step;
  return step;
}

const twiceLog2e = fromFixed(FIXED_LOG2E * 2n);
const argument = new DoubleDouble();
const value = new DoubleDouble();

let step: Step;
let whole = 0;

/** Chooses `step` and `whole` for numbers about this one. */
function approach(number: number): void {
  const upper = upperWord(number) + (1 << (STEP_SHIFT - 1));
  // The rounding of the fraction may have carried into the exponent: then the index is 0, and all is well.
  const index = (upper >>> STEP_SHIFT) & (STEPS - 1);
  step = steps[index] ?? makeStep(index);
  whole = exponentOf(upper) + (index < FIRST_HALVED ? 0 : 1);
}

/** `value` = whole - log2 factor + log2 (1 + `argument`). */
function setLogarithm(): void {
  const divisor = new DoubleDouble();
  const square = new DoubleDouble();
  const term = new DoubleDouble();
  divisor.addTo(2, argument);
  value.divide(argument, divisor);
  square.square(value);
  const u = square.hi;
  term.third(value);
  term.multiply(term, square);
  term.setOrderedSum(term.hi, value.hi * u * u * (1 / 5 + u * (1 / 7 + u / 9)) + term.lo);
  value.add(value, term);
  value.multiply(value, twiceLog2e);
  if (step.logarithm !== null) value.add(step.logarithm, value);
  if (whole !== 0) value.addTo(whole, value);
}

/** y × `value`, y's exponent kept apart: it may be any. */
function roundTimes(m: Arithmetic, to: Real, y: Real): boolean {
  const significand = new DoubleDouble();
  significand.setOrderedSum(y.high >>> 0, (y.low >>> 0) / TWO_32);
  value.multiply(value, significand);
  return roundQuick(m, to, y.sign, value, y.exponent - EXPONENT_BIAS - 31);
}

/** As `exactLogarithm` does it; false if it could not, as for powers of two, whose logarithms are too simple. */
export function quickLogarithm(m: Arithmetic, to: Real, y: Real, x: Real): boolean {
  if (x.high === LEADING && x.low === 0) return false;
  const high = (x.high >>> 0) * 2 ** -31;
  const low = (x.low >>> 0) * 2 ** -63;
  approach(high + low);
  const factor = step.factor * powerOfTwo(-whole);
  argument.setSum(high * factor - 1, low * factor);
  whole += x.exponent - EXPONENT_BIAS;
  setLogarithm();
  return roundTimes(m, to, y);
}

/** 1 + x is left to the exact way from 2^20 up, and below 2^-20; and so is log (1 + x) where it is nothing but x. */
const RANGE_BITS = 20;
const TINY = -80;

/** As `exactLogarithmOfOnePlus` does it; false if it could not. */
export function quickLogarithmOfOnePlus(m: Arithmetic, to: Real, y: Real, x: Real): boolean {
  const exponent = x.exponent - EXPONENT_BIAS;
  if (exponent >= RANGE_BITS || exponent < TINY) return false;
  setMagnitude(argument, x);
  if (x.sign !== 0) argument.negate();
  const number = 1 + argument.hi;
  if (number < powerOfTwo(-RANGE_BITS)) return false;
  approach(number);
  if (step.logarithm !== null || whole !== 0) setArgument(x, exponent);
  setLogarithm();
  return roundTimes(m, to, y);
}

/** `argument` = (1 + x) c 2^-whole - 1, exactly, for |x| > 2^-9. */
function setArgument(x: Real, exponent: number): void {
  const factor = step.factor * powerOfTwo(-whole);
  const signed = x.sign === 0 ? factor : -factor;
  const high = (x.high >>> 0) * powerOfTwo(exponent - 31) * signed;
  const low = (x.low >>> 0) * powerOfTwo(exponent - 63) * signed;
  argument.setSum(factor - 1 + high, low);
}

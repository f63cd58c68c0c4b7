/**
 * 2^x - 1, quickly, for |x| below 1: x is k/512 + t, and 2^(k/512) - 1 is in a table.  With w = t ln 2 the rest is
 * e^w - 1 = w + w²/2 + w³/6 and so on; 2^x - 1 = (2^(k/512) - 1) + 2^(k/512) (e^w - 1).
 */

import { FIXED_LN2, FIXED_ONE, powerOfTwoMinusOne } from '../approximation.ts';
import { EXPONENT_BIAS, type Real } from '../format.ts';
import type { Arithmetic } from '../rounding.ts';
import { DoubleDouble } from './double-double.ts';
import { fromFixed, roundQuick, setMagnitude } from './passage.ts';

const STEPS = 512;
/** 2^(k/512) - 1 for k from -512 to 512; made when first asked for. */
const steps: (DoubleDouble | undefined)[] = Array(2 * STEPS + 1).fill(undefined);

function makeStep(k: number): DoubleDouble {
  const step = fromFixed(powerOfTwoMinusOne((BigInt(k) * FIXED_ONE) / BigInt(STEPS)));
  steps[k + STEPS] = step;
  return step;
}

const ln2 = fromFixed(FIXED_LN2);
const w = new DoubleDouble();
const term = new DoubleDouble();

/** `w` = e^w - 1 = w + w²/2 (1 + w/3 + w²/12 + …), for |w| below 2^-10. */
function raise(): void {
  const x = w.hi + w.lo;
  const halfSquare = new DoubleDouble();
  const term = new DoubleDouble();
  halfSquare.square(w);
  halfSquare.halve();
  term.third(w);
  term.addTo(1, term);
  const tail = x * x * (1 / 12 + x * (1 / 60 + x * (1 / 360 + x * (1 / 2520 + x / 20160))));
  term.setOrderedSum(term.hi, term.lo + tail);
  term.multiply(term, halfSquare);
  w.add(w, term);
}

/** Exponents below this are left to the exact way. */
const EXPONENT_START = EXPONENT_BIAS - 80;

/** As `exactPowerOfTwo` does it, for |x| < 1; false if it could not. */
export function quickPowerOfTwo(m: Arithmetic, to: Real, x: Real): boolean {
  if (x.exponent < EXPONENT_START) return false;
  setMagnitude(w, x);
  if (x.sign !== 0) w.negate();
  // A half added by hand would be rounded up just below the first edge, and leave more than a double holds.
  const k = Math.round(w.hi * STEPS);
  if (k !== 0) w.setSum(w.hi - k / STEPS, w.lo);
  w.multiply(w, ln2);
  raise();
  if (k !== 0) {
    const step = steps[k + STEPS] ?? makeStep(k);
    term.multiply(step, w);
    w.add(w, term);
    w.add(step, w);
  }
  return roundQuick(m, to, 0, w, 0);
}

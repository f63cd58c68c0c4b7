/**
 * The transcendental functions as instructions (SDM 1 8.3.7).  Two of them push a second result and must find room for
 * it first; three pop an operand; the circular ones say by C2 that the angle was too large to reduce.
 */

import { NEXT, type Service } from '../service.ts';
import { loadTopTwo } from './basic-arithmetic.ts';
import { EXPONENT_BIAS, kind, LEADING, type Real } from './format.ts';
import { computing } from './frame.ts';
import type { Arithmetic } from './rounding.ts';
import {
  arctangentOfPoint,
  circular,
  logarithm,
  logarithmOfOnePlus,
  tangent,
  twoToTheMinusOne,
} from './transcendental.ts';
import type { Unit } from './unit.ts';
import { BEFORE_COMPUTING, status } from './words.ts';

const f2xm1 = computing((unit) => {
  if (unit.isEmpty(0)) unit.stackUnderflow();
  else {
    unit.load(0, unit.a);
    twoToTheMinusOne(unit.math, unit.result, unit.a);
  }
  if (unit.settle(BEFORE_COMPUTING)) unit.store(0, unit.result);
  return NEXT;
});

/** ST(1) = f(ST(1), ST(0)), then pop. */
function ofTwo(operation: (m: Arithmetic, to: Real, y: Real, x: Real) => void): Service {
  return computing((unit) => {
    if (loadTopTwo(unit)) operation(unit.math, unit.result, unit.b, unit.a);
    if (!unit.settle(BEFORE_COMPUTING)) return NEXT;
    unit.store(1, unit.result);
    unit.pop();
    return NEXT;
  });
}

/** Says "angle too large": C2, and nothing else happens. */
function outOfRange(unit: Unit): void {
  unit.settle(BEFORE_COMPUTING);
  unit.setCodes(status.c1 | status.c2, status.c2);
}

function sineOrCosine(which: 'sine' | 'cosine'): Service {
  return computing((unit) => {
    const { math, result } = unit;
    if (unit.isEmpty(0)) unit.stackUnderflow();
    else {
      unit.load(0, unit.a);
      const sine = which === 'sine' ? result : null;
      if (circular(math, sine, which === 'cosine' ? result : null, unit.a) === 'out of range') {
        outOfRange(unit);
        return NEXT;
      }
    }
    unit.setCodes(status.c2, 0);
    if (!unit.settle(BEFORE_COMPUTING)) return NEXT;
    unit.store(0, result);
    return NEXT;
  });
}

/** fsincos and fptan: `compute` fills `result` for ST(0) and `second` for the register to be pushed. */
function withSecond(compute: (unit: Unit) => 'done' | 'out of range'): Service {
  return computing((unit) => {
    const { result, second } = unit;
    if (unit.isEmpty(0) || !unit.isEmpty(-1)) {
      if (unit.isEmpty(0)) unit.stackUnderflow();
      else unit.stackOverflow();
      second.copy(result);
    } else {
      unit.load(0, unit.a);
      if (compute(unit) === 'out of range') {
        outOfRange(unit);
        return NEXT;
      }
    }
    unit.setCodes(status.c2, 0);
    if (!unit.settle(BEFORE_COMPUTING)) return NEXT;
    unit.store(0, result);
    unit.push(second);
    return NEXT;
  });
}

const fsincos = withSecond(({ math, result, second, a }) => circular(math, result, second, a));

/** fptan pushes a one, for the sake of programs that divided by it on an 8087; a NaN is pushed twice. */
const fptan = withSecond(({ math, result, second, a }) => {
  const isNumber = a.kind < kind.infinity;
  const range = tangent(math, result, a);
  if (isNumber) second.set(0, EXPONENT_BIAS, LEADING, 0);
  else second.copy(result);
  return range;
});

export const transcendentalServices: Record<string, Service> = {
  f2xm1,
  fyl2x: ofTwo(logarithm),
  fyl2xp1: ofTwo(logarithmOfOnePlus),
  fpatan: ofTwo(arctangentOfPoint),
  fsin: sineOrCosine('sine'),
  fcos: sineOrCosine('cosine'),
  fsincos,
  fptan,
};

/**
 * What comes of arithmetic on NaNs (SDM 1 4.8.3.5, table 4-7).  The x87 has a rule of its own: of two NaNs the one
 * with the larger significand survives, so that x + y and y + x agree.
 */

import { compareSignificands, kind, QUIET, type Real } from './format.ts';
import type { Arithmetic } from './rounding.ts';
import { exception } from './words.ts';

/** The masked response to an operation that has no answer. */
export function invalid(m: Arithmetic, to: Real): void {
  m.raise(exception.invalid);
  to.setIndefinite();
}

/** The result of an operation on one NaN or unsupported encoding. */
export function propagateNan(m: Arithmetic, to: Real, a: Real): void {
  if (a.kind === kind.unsupported) {
    invalid(m, to);
    return;
  }
  if (a.kind === kind.signallingNan) m.raise(exception.invalid);
  to.set(a.sign, a.exponent, a.high | QUIET, a.low);
}

/** The result of an operation on two operands of which at least one is a NaN or unsupported. */
export function propagateNans(m: Arithmetic, to: Real, a: Real, b: Real): void {
  if (a.kind === kind.unsupported || b.kind === kind.unsupported) {
    invalid(m, to);
    return;
  }
  if (a.kind === kind.signallingNan || b.kind === kind.signallingNan) m.raise(exception.invalid);
  const chosen = chooseNan(a, b);
  to.set(chosen.sign, chosen.exponent, chosen.high | QUIET, chosen.low);
}

function chooseNan(a: Real, b: Real): Real {
  if (b.kind < kind.quietNan) return a;
  if (a.kind < kind.quietNan) return b;
  // A quiet NaN has a history worth more than a signalling one's.
  if (a.kind !== b.kind) return a.kind === kind.quietNan ? a : b;
  const order = compareSignificands(a.high, a.low, b.high, b.low);
  if (order !== 0) return order > 0 ? a : b;
  return a.sign === 0 ? a : b;
}

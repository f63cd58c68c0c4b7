/** What a subtraction, and a sum, do to the flags (SDM 1 appendix A): as much for those who only compare. */

import type { Arithmetic, Machine, Value } from './machine.ts';

/** As much of a machine as comparing takes. */
export type Comparer = Arithmetic & Pick<Machine, 'setFlags'>;

export const adjustOf = (m: Arithmetic, a: Value, b: Value, result: Value) => m.xor(m.xor(a, b), result);

export function flagsOfDifference(m: Comparer, a: Value, b: Value, difference: Value, borrow: Value): void {
  m.setFlags({
    result: difference,
    carry: borrow,
    overflow: m.and(m.xor(a, b), m.xor(a, difference)),
    adjust: adjustOf(m, a, b, difference),
  });
}

/** Flags of `a - b`. */
export const compare = (m: Comparer, a: Value, b: Value) => flagsOfDifference(m, a, b, m.sub(a, b), m.below(a, b));

/** Flags of `a + b`, which is `sum`. */
export function flagsOfSum(m: Comparer, a: Value, b: Value, sum: Value, carry: Value): void {
  m.setFlags({
    result: sum,
    carry,
    overflow: m.and(m.xor(sum, a), m.xor(sum, b)),
    adjust: adjustOf(m, a, b, sum),
  });
}

/** Double-doubles against whole numbers of any size: each operation errs by less than it says. */

import { describe, expect, it } from 'vitest';
import { FIXED_BITS, FIXED_ONE } from '../../../../../core/x86/x87/approximation.ts';
import { DoubleDouble } from '../../../../../core/x86/x87/quick/double-double.ts';
import { Random } from '../cases.ts';

/** A double times 2^256, for one that is a multiple of 2^-200 or so. */
function fixed(value: number): bigint {
  let [whole, places] = [value, 0n];
  for (; !Number.isInteger(whole); places++) whole *= 2;
  return BigInt(whole) << (FIXED_BITS - places);
}

const sumOf = ({ hi, lo }: DoubleDouble): bigint => fixed(hi) + fixed(lo);

/** Between ½ and 4 or so, its lower half as loose as they are allowed to be. */
function anyDouble(random: Random): number {
  const significand = 1 + (random.bits(32) * 2 ** 20 + random.bits(20)) * 2 ** -52;
  return significand * 2 ** (random.below(3) - 1) * (random.chance(0.5) ? 1 : -1);
}

function anyDoubleDouble(random: Random): DoubleDouble {
  const made = new DoubleDouble();
  const hi = anyDouble(random);
  made.set(hi, anyDouble(random) * hi * 2 ** -(50 + random.below(10)));
  return made;
}

type Operation = (to: DoubleDouble, a: DoubleDouble, b: DoubleDouble) => void;

/** Name, operation, what it should give, in terms of what its error is given, and its bound. */
const operations: readonly [string, Operation, (a: bigint, b: bigint) => bigint, 'result' | 'first', number][] = [
  ['add', (to, a, b) => to.add(a, b), (a, b) => a + b, 'first', 2 ** -99],
  ['subtract', (to, a, b) => to.subtract(a, b), (a, b) => a - b, 'first', 2 ** -99],
  ['multiply', (to, a, b) => to.multiply(a, b), (a, b) => (a * b) / FIXED_ONE, 'result', 2 ** -95],
  ['square', (to, a) => to.square(a), (a) => (a * a) / FIXED_ONE, 'result', 2 ** -95],
  ['third', (to, a) => to.third(a), (a) => a / 3n, 'result', 2 ** -99],
  ['divide', (to, a, b) => to.divide(a, b), (a, b) => (a * FIXED_ONE) / b, 'result', 2 ** -94],
];

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

describe('double-doubles', () => {
  const random = new Random(1971);

  it.each(operations)('%s', (_name, operation, exactly, measure, bound) => {
    let worst = 0;
    for (let left = 5000; left > 0; left--) {
      const [one, other] = [anyDoubleDouble(random), anyDoubleDouble(random)];
      const [a, b] = Math.abs(one.hi) >= Math.abs(other.hi) ? [one, other] : [other, one];
      const exact = exactly(sumOf(a), sumOf(b));
      const unit = measure === 'first' ? sumOf(a) : exact;
      const to = new DoubleDouble();
      operation(to, a, b);
      worst = Math.max(worst, Number(magnitude(sumOf(to) - exact)) / Number(magnitude(unit)));
    }
    expect(worst).toBeLessThan(bound);
  });

  it('sums of two doubles are exact', () => {
    for (let left = 5000; left > 0; left--) {
      const [one, other] = [anyDouble(random), anyDouble(random) * 2 ** -random.below(60)];
      const sum = new DoubleDouble();
      sum.setSum(other, one);
      expect(sumOf(sum)).toBe(fixed(one) + fixed(other));
      if (Math.abs(one) < Math.abs(other)) continue;
      sum.setOrderedSum(one, other);
      expect(sumOf(sum)).toBe(fixed(one) + fixed(other));
    }
  });
});

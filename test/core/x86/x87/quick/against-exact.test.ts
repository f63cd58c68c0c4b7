/**
 * The quick ways against the exact ones: whatever they answer must be the same to the last bit, with the same flags and
 * the same C1.  They must also answer nearly always, and with a value whose error leaves room to the one allowed for.
 */

import { describe, expect, it } from 'vitest';
import { Real } from '../../../../../core/x86/x87/format.ts';
import { quickAngle } from '../../../../../core/x86/x87/quick/arctangent.ts';
import { quickCircular, quickTangent } from '../../../../../core/x86/x87/quick/circular.ts';
import { quickLogarithm, quickLogarithmOfOnePlus } from '../../../../../core/x86/x87/quick/logarithm.ts';
import { TOLERATED_ERROR } from '../../../../../core/x86/x87/quick/passage.ts';
import { quickPowerOfTwo } from '../../../../../core/x86/x87/quick/power-of-two.ts';
import { Arithmetic } from '../../../../../core/x86/x87/rounding.ts';
import {
  exactAngle,
  exactCircular,
  exactLogarithm,
  exactLogarithmOfOnePlus,
  exactPowerOfTwo,
  exactTangent,
} from '../../../../../core/x86/x87/transcendental-exact.ts';
import { EXCEPTIONS } from '../../../../../core/x86/x87/words.ts';
import { Random } from '../cases.ts';
import { anyReal, nearEdge, nearOne, nearQuarter, ordinaryReal } from './operands.ts';

/** Remembers what it was asked to round. */
class Recorder extends Arithmetic {
  asked = 0n;
  override setAccumulator(sign: number, exponent: number, high: number, low: number, extra: number): void {
    const unsigned = (word: number) => BigInt(word >>> 0);
    this.asked = (unsigned(high) << 64n) | (unsigned(low) << 32n) | unsigned(extra);
    super.setAccumulator(sign, exponent, high, low, extra);
  }
}

type Operation = (m: Arithmetic, to: Real, y: Real, x: Real) => unknown;
type Operands = (random: Random) => readonly [y: Real, x: Real];

interface Way {
  readonly name: string;
  readonly quick: Operation;
  readonly exact: Operation;
  readonly operands: Operands;
}

const ofOne = (pick: (random: Random) => Real): Operands => {
  return (random) => {
    const x = pick(random);
    return [x, x];
  };
};

const angles = ofOne((random) => {
  if (random.chance(0.05)) return nearQuarter(random);
  return random.chance(0.2) ? nearEdge(random, 256, 1) : anyReal(random, -24, 19);
});

function point(random: Random): readonly [Real, Real] {
  if (random.chance(0.2)) return [nearEdge(random, 256, 1), anyReal(random, 0, 0)];
  const [y, x] = [anyReal(random, 0, 0), anyReal(random, -16382, 16383)];
  y.exponent = x.exponent + random.pick([0, 0, 0, 1, -1, random.below(121) - 60]);
  return [y, x];
}

function positive(real: Real): Real {
  real.sign = 0;
  return real;
}

const factor = (random: Random): Real => anyReal(random, -16383, 16383);

function numberAndFactor(random: Random): readonly [Real, Real] {
  if (random.chance(0.3)) return [factor(random), nearOne(random)];
  if (random.chance(0.2)) return [factor(random), positive(nearEdge(random, 256, 2))];
  return [factor(random), positive(anyReal(random, -16382, 16383))];
}

function lessOneAndFactor(random: Random): readonly [Real, Real] {
  const x = random.chance(0.3) ? nearEdge(random, 256, 1) : anyReal(random, -70, 18);
  if (x.exponent >= 0x3fff) x.sign = 0;
  return [factor(random), x];
}

const ways: readonly Way[] = [
  {
    name: 'sine',
    quick: (m, to, x) => quickCircular(m, to, null, x),
    exact: (m, to, x) => exactCircular(m, to, null, x),
    operands: angles,
  },
  {
    name: 'cosine',
    quick: (m, to, x) => quickCircular(m, null, to, x),
    exact: (m, to, x) => exactCircular(m, null, to, x),
    operands: angles,
  },
  { name: 'tangent', quick: quickTangent, exact: exactTangent, operands: angles },
  { name: 'angle of a point', quick: quickAngle, exact: exactAngle, operands: point },
  { name: 'logarithm', quick: quickLogarithm, exact: exactLogarithm, operands: numberAndFactor },
  {
    name: 'logarithm of one plus',
    quick: quickLogarithmOfOnePlus,
    exact: exactLogarithmOfOnePlus,
    operands: lessOneAndFactor,
  },
  {
    name: 'power of two',
    quick: quickPowerOfTwo,
    exact: exactPowerOfTwo,
    operands: ofOne((random) => (random.chance(0.3) ? nearEdge(random, 512, 1) : anyReal(random, -70, -1))),
  },
];

interface Tally {
  readonly wrong: string[];
  answered: number;
  /** Greatest relative error of what was rounded. */
  error: number;
}

const show = (m: Arithmetic, { sign, exponent, high, low }: Real) =>
  [sign, exponent, (high >>> 0).toString(16), (low >>> 0).toString(16), m.flags, m.roundedUp].join(' ');

function compare(way: Way, count: number, seed: number): Tally {
  const random = new Random(seed);
  const tally: Tally = { wrong: [], answered: 0, error: 0 };
  const [quickResult, exactResult] = [new Real(), new Real()];
  for (let left = count; left > 0; left--) {
    const [y, x] = way.operands(random);
    const [quick, exact] = [new Recorder(), new Recorder()];
    quick.rounding = exact.rounding = random.below(4);
    quick.unmasked = exact.unmasked = random.chance(0.5) ? EXCEPTIONS : 0;
    if (way.quick(quick, quickResult, y, x) !== true) continue;
    tally.answered++;
    way.exact(exact, exactResult, y, x);
    const [ours, theirs] = [show(quick, quickResult), show(exact, exactResult)];
    if (ours !== theirs) tally.wrong.push(`${show(quick, y)}, ${show(quick, x)}: ${ours}, not ${theirs}`);
    tally.error = Math.max(tally.error, Math.abs(Number(quick.asked - exact.asked)) / Number(exact.asked));
  }
  return tally;
}

describe.each(ways)('the quick $name', (way) => {
  const count = 20_000;
  const tally = compare(way, count, 1991);

  it('says what the exact way says', () => {
    expect(tally.wrong.slice(0, 5)).toEqual([]);
  });

  it('mostly knows the answer, and of ordinary numbers nearly always', () => {
    expect(tally.answered / count).toBeGreaterThan(0.9);
    const ordinary: Operands = (random) => [ordinaryReal(random), positive(ordinaryReal(random))];
    expect(compare({ ...way, operands: ordinary }, 2000, 1992).answered).toBeGreaterThan(1998);
  });

  it('errs by an eighth of what it may', () => {
    expect(tally.error).toBeLessThan(TOLERATED_ERROR / 8);
    // and the measurement is one: 96 bits are not met by chance
    expect(tally.error).toBeGreaterThan(2 ** -96);
  });
});

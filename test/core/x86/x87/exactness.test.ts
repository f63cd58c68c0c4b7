/**
 * The four operations and the root against exact rational arithmetic on BigInts: no chip's word is taken for it.  A
 * result must be the one the rounding mode picks among all numbers of the asked precision, and PE and C1 must say how.
 */

import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { Random } from './cases.ts';

const hex = (value: bigint | number, digits: number) => value.toString(16).padStart(digits, '0');
const BIAS = 16383;

/** sign × significand × 2^exponent, the significand of 64 bits. */
interface Exact {
  readonly sign: 1 | -1;
  readonly significand: bigint;
  readonly exponent: number;
}

const text = ({ sign, significand, exponent }: Exact) =>
  hex((sign < 0 ? 0x8000 : 0) | (exponent + 63 + BIAS), 4) + hex(significand, 16);

/** numerator ÷ denominator × 2^exponent, or its root; all positive. */
interface Rational {
  readonly sign: 1 | -1;
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly exponent: number;
}

interface Rounded {
  readonly text: string;
  readonly inexact: boolean;
  readonly away: boolean;
}

/** How far the whole number `floor` lies below the true value, as seen by rounding. */
type Position = 'exact' | 'below half' | 'half' | 'above half';

function roundsAway(mode: number, sign: number, position: Position, odd: boolean): boolean {
  if (position === 'exact') return false;
  if (mode === 1) return sign < 0;
  if (mode === 2) return sign > 0;
  if (mode === 3) return false;
  return position === 'above half' || (position === 'half' && odd);
}

/** Rounds floor × 2^exponent (plus what `position` says) where floor already has just `precision` bits. */
function settle(
  sign: 1 | -1,
  floor: bigint,
  position: Position,
  exponent: number,
  precision: number,
  mode: number,
): Rounded {
  const away = roundsAway(mode, sign, position, (floor & 1n) === 1n);
  let significand = floor + (away ? 1n : 0n);
  let power = exponent;
  if (significand >> BigInt(precision) !== 0n) {
    significand >>= 1n;
    power++;
  }
  const shift = 64 - precision;
  const full: Exact = { sign, significand: significand << BigInt(shift), exponent: power - shift };
  return { text: text(full), inexact: position !== 'exact', away };
}

const bitLength = (value: bigint) => value.toString(2).length;

function roundRational(value: Rational, precision: number, mode: number): Rounded {
  const { sign, numerator, denominator } = value;
  let shift = precision - (bitLength(numerator) - bitLength(denominator));
  let floor = 0n;
  let rest = 0n;
  let divisor = 1n;
  for (; ; shift--) {
    const scaled = shift >= 0 ? numerator << BigInt(shift) : numerator;
    divisor = shift >= 0 ? denominator : denominator << BigInt(-shift);
    floor = scaled / divisor;
    rest = scaled % divisor;
    if (bitLength(floor) <= precision) break;
  }
  const position =
    rest === 0n ? 'exact' : rest * 2n < divisor ? 'below half' : rest * 2n === divisor ? 'half' : 'above half';
  return settle(sign, floor, position, value.exponent - shift, precision, mode);
}

/** √(significand × 2^exponent) by bisection, which nobody can get wrong. */
function roundRoot({ significand, exponent }: Exact, precision: number, mode: number): Rounded {
  let radicand = significand << 200n;
  let power = exponent - 200;
  if (power % 2 !== 0) {
    radicand <<= 1n;
    power--;
  }
  let low = 0n;
  let high = 1n << BigInt((bitLength(radicand) >> 1) + 1);
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle * middle <= radicand) low = middle;
    else high = middle;
  }
  const drop = BigInt(bitLength(low) - precision);
  const floor = low >> drop;
  const half = (floor << drop) + (1n << (drop - 1n));
  const exact = (floor << drop) ** 2n === radicand;
  const order = half * half - radicand;
  const position = exact ? 'exact' : order > 0n ? 'below half' : order === 0n ? 'half' : 'above half';
  return settle(1, floor, position, power / 2 + Number(drop), precision, mode);
}

function someReal(random: Random): Exact {
  const patterns = [0x8000_0000_0000_0000n, 0xffff_ffff_ffff_ffffn, 0x8000_0000_0000_0001n, 0xc000_0000_0000_0000n];
  const noise = (BigInt(random.bits(32)) << 32n) | BigInt(random.bits(32));
  const significand = random.chance(0.3) ? random.pick(patterns) : noise | (1n << 63n);
  return { sign: random.chance(0.5) ? 1 : -1, significand, exponent: random.below(150) - 138 };
}

function sum(a: Exact, b: Exact): Rational {
  const exponent = Math.min(a.exponent, b.exponent);
  const whole = ({ sign, significand, exponent: own }: Exact) => BigInt(sign) * (significand << BigInt(own - exponent));
  const total = whole(a) + whole(b);
  return { sign: total < 0n ? -1 : 1, numerator: total < 0n ? -total : total, denominator: 1n, exponent };
}

const signOf = (a: Exact, b: Exact): 1 | -1 => (a.sign === b.sign ? 1 : -1);
const product = (a: Exact, b: Exact): Rational => ({
  sign: signOf(a, b),
  numerator: a.significand * b.significand,
  denominator: 1n,
  exponent: a.exponent + b.exponent,
});
const quotient = (a: Exact, b: Exact): Rational => ({
  sign: signOf(a, b),
  numerator: a.significand,
  denominator: b.significand,
  exponent: a.exponent - b.exponent,
});
const negative = (a: Exact): Exact => ({ ...a, sign: a.sign === 1 ? -1 : 1 });

const operations: [string, string, (a: Exact, b: Exact) => Rational][] = [
  ['fadd', 'd8c1', sum],
  ['fsub', 'd8e1', (a, b) => sum(a, negative(b))],
  ['fmul', 'd8c9', product],
  ['fdiv', 'd8f1', quotient],
];

describe('one rounding of the exact result', () => {
  const bench = new Bench();
  const random = new Random(754);
  const precisions = [
    [24, 0],
    [53, 2],
    [64, 3],
  ];

  /** Runs one instruction on two operands and answers ST(0) with what was said about its rounding. */
  function compute(code: string, a: Exact, b: Exact, control: number): Rounded {
    const registers = [text(a), text(b), ...Array(6).fill(text(b))];
    const output = bench.run({ code, control: 0x7f | control, status: 0, empty: 0, registers, eflags: 0, memory: '' })!;
    return {
      text: output.registers[0],
      inexact: (output.status & 0x20) !== 0,
      away: (output.status & 0x200) !== 0,
    };
  }

  /** What came out differently than it should have, as readable lines. */
  function complaint(a: Exact, b: Exact, mode: number, ours: Rounded, expected: Rounded): string[] {
    const show = (result: Rounded) => `${result.text}${result.inexact ? ' inexact' : ''}${result.away ? ' away' : ''}`;
    if (show(ours) === show(expected)) return [];
    return [`${text(a)} ${text(b)} mode ${mode}: ${show(ours)}, not ${show(expected)}`];
  }

  for (const [precision, field] of precisions) {
    it.each(operations)(`%s at ${precision} bits`, (_name, code, exactly) => {
      const wrong = Array.from({ length: 2000 }).flatMap(() => {
        const [a, b, mode] = [someReal(random), someReal(random), random.below(4)];
        const exact = exactly(a, b);
        if (exact.numerator === 0n) return [];
        const ours = compute(code, a, b, (field << 8) | (mode << 10));
        return complaint(a, b, mode, ours, roundRational(exact, precision, mode));
      });
      expect(wrong).toEqual([]);
    });

    it(`fsqrt at ${precision} bits`, () => {
      const wrong = Array.from({ length: 1000 }).flatMap(() => {
        const [a, mode]: [Exact, number] = [{ ...someReal(random), sign: 1 }, random.below(4)];
        const ours = compute('d9fa', a, a, (field << 8) | (mode << 10));
        return complaint(a, a, mode, ours, roundRoot(a, precision, mode));
      });
      expect(wrong).toEqual([]);
    });
  }
});

/**
 * The transcendental functions against values computed elsewhere to 150 digits and rounded in each mode, and against
 * one another.  Angles are reduced by the 66-bit π that silicon uses, so sin π is what an x87 says, not what it ought.
 */

import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { Random } from './cases.ts';

const ZERO = '0'.repeat(20);
const ONE = '3fff8000000000000000';
const C2 = 0x400;

/** Name, code, ST(0), ST(1), and the result rounded to nearest, down, up and toward zero. */
const values: readonly [string, string, string, string, readonly string[]][] = [
  [
    'sin 1',
    'd9fe',
    '3fff8000000000000000',
    '00000000000000000000',
    ['3ffed76aa47848677021', '3ffed76aa47848677020', '3ffed76aa47848677021', '3ffed76aa47848677020'],
  ],
  [
    'sin of pi rounded to 64 bits',
    'd9fe',
    '4000c90fdaa22168c235',
    '00000000000000000000',
    ['bfbf8000000000000000', 'bfbf8000000000000000', 'bfbeffffffffffffffff', 'bfbeffffffffffffffff'],
  ],
  [
    'sin of the largest angle allowed',
    'd9fe',
    '403dffffffffffffffff',
    '00000000000000000000',
    ['3ffee0ab9300da6d2684', '3ffee0ab9300da6d2684', '3ffee0ab9300da6d2685', '3ffee0ab9300da6d2684'],
  ],
  [
    'sin 2^-64',
    'd9fe',
    '3fbf8000000000000000',
    '00000000000000000000',
    ['3fbf8000000000000000', '3fbeffffffffffffffff', '3fbf8000000000000000', '3fbeffffffffffffffff'],
  ],
  [
    'cos 1',
    'd9ff',
    '3fff8000000000000000',
    '00000000000000000000',
    ['3ffe8a51407da8345c92', '3ffe8a51407da8345c91', '3ffe8a51407da8345c92', '3ffe8a51407da8345c91'],
  ],
  [
    'cos of half pi rounded to 64 bits',
    'd9ff',
    '3fffc90fdaa22168c235',
    '00000000000000000000',
    ['bfbe8000000000000000', 'bfbe8000000000000000', 'bfbdffffffffffffffff', 'bfbdffffffffffffffff'],
  ],
  [
    'cos 2^-33',
    'd9ff',
    '3fde8000000000000000',
    '00000000000000000000',
    ['3fff8000000000000000', '3ffeffffffffffffffff', '3fff8000000000000000', '3ffeffffffffffffffff'],
  ],
  [
    'tan 1',
    'd9f2',
    '3fff8000000000000000',
    '00000000000000000000',
    ['3fffc75922e5f71d2dc5', '3fffc75922e5f71d2dc5', '3fffc75922e5f71d2dc6', '3fffc75922e5f71d2dc5'],
  ],
  [
    'tan of half pi rounded to 64 bits',
    'd9f2',
    '3fffc90fdaa22168c235',
    '00000000000000000000',
    ['c0408000000000000000', 'c0408000000000000000', 'c03fffffffffffffffff', 'c03fffffffffffffffff'],
  ],
  [
    'atan 1',
    'd9f3',
    '3fff8000000000000000',
    '3fff8000000000000000',
    ['3ffec90fdaa22168c235', '3ffec90fdaa22168c234', '3ffec90fdaa22168c235', '3ffec90fdaa22168c234'],
  ],
  [
    'atan of (-1, 1)',
    'd9f3',
    'bfff8000000000000000',
    '3fff8000000000000000',
    ['400096cbe3f9990e91a8', '400096cbe3f9990e91a7', '400096cbe3f9990e91a8', '400096cbe3f9990e91a7'],
  ],
  [
    'atan of (3, -4)',
    'd9f3',
    '4000c000000000000000',
    'c0018000000000000000',
    ['bffeed63382b0dda7b45', 'bffeed63382b0dda7b46', 'bffeed63382b0dda7b45', 'bffeed63382b0dda7b45'],
  ],
  [
    'atan of a quotient just above a short number',
    'd9f3',
    '40218000000000000001',
    'bfe4ffffffffffffffff',
    ['bfc2fffffffffffffffd', 'bfc2fffffffffffffffd', 'bfc2fffffffffffffffc', 'bfc2fffffffffffffffc'],
  ],
  [
    'log2 10',
    'd9f1',
    '4002a000000000000000',
    '3fff8000000000000000',
    ['4000d49a784bcd1b8afe', '4000d49a784bcd1b8afe', '4000d49a784bcd1b8aff', '4000d49a784bcd1b8afe'],
  ],
  [
    '7 log2 3',
    'd9f1',
    '4000c000000000000000',
    '4001e000000000000000',
    ['4002b1840b795e2ddb56', '4002b1840b795e2ddb55', '4002b1840b795e2ddb56', '4002b1840b795e2ddb55'],
  ],
  [
    'log2 of the number after 1',
    'd9f1',
    '3fff8000000000000001',
    '3fff8000000000000000',
    ['3fc0b8aa3b295c17f0bb', '3fc0b8aa3b295c17f0bb', '3fc0b8aa3b295c17f0bc', '3fc0b8aa3b295c17f0bb'],
  ],
  [
    'log2 of the number before 1',
    'd9f1',
    '3ffeffffffffffffffff',
    '3fff8000000000000000',
    ['bfbfb8aa3b295c17f0bc', 'bfbfb8aa3b295c17f0bd', 'bfbfb8aa3b295c17f0bc', 'bfbfb8aa3b295c17f0bc'],
  ],
  [
    'log2 (1 + 2^-64)',
    'd9f9',
    '3fbf8000000000000000',
    '3fff8000000000000000',
    ['3fbfb8aa3b295c17f0bb', '3fbfb8aa3b295c17f0bb', '3fbfb8aa3b295c17f0bc', '3fbfb8aa3b295c17f0bb'],
  ],
  [
    'log2 (1 - 1/4)',
    'd9f9',
    'bffd8000000000000000',
    '3fff8000000000000000',
    ['bffdd47fcb8c0852f0c1', 'bffdd47fcb8c0852f0c1', 'bffdd47fcb8c0852f0c0', 'bffdd47fcb8c0852f0c0'],
  ],
  [
    '2^(1/2) - 1',
    'd9f0',
    '3ffe8000000000000000',
    '00000000000000000000',
    ['3ffdd413cccfe7799211', '3ffdd413cccfe7799211', '3ffdd413cccfe7799212', '3ffdd413cccfe7799211'],
  ],
  [
    '2^(-1/2) - 1',
    'd9f0',
    'bffe8000000000000000',
    '00000000000000000000',
    ['bffd95f619980c4336f7', 'bffd95f619980c4336f8', 'bffd95f619980c4336f7', 'bffd95f619980c4336f7'],
  ],
  [
    '2^(2^-64) - 1',
    'd9f0',
    '3fbf8000000000000000',
    '00000000000000000000',
    ['3fbeb17217f7d1cf79ac', '3fbeb17217f7d1cf79ac', '3fbeb17217f7d1cf79ad', '3fbeb17217f7d1cf79ac'],
  ],
];

describe('transcendental functions', () => {
  const bench = new Bench();
  const run = (code: string, st0: string, st1 = ONE, control = 0x37f) => {
    const registers = [st0, st1, ...Array(6).fill(ZERO)];
    return bench.run({ code, control, status: 0, empty: 0x80, registers, eflags: 0, memory: '' })!;
  };

  it.each(values)('%s', (_name, code, st0, st1, rounded) => {
    rounded.forEach((expected, mode) => {
      const { registers, status } = run(code, st0, st1, 0x37f | (mode << 10));
      // fptan pushes a one over its result
      expect([mode, registers[code === 'd9f2' ? 1 : 0], status & 0x3f]).toEqual([mode, expected, 0x20]);
    });
  });

  it.each(['d9fe', 'd9ff', 'd9fb', 'd9f2'])('%s leaves angles of 2^63 and more alone and sets C2', (code) => {
    for (const angle of ['403e8000000000000000', 'c03e8000000000000000', '7ffeffffffffffffffff']) {
      const { registers, status } = run(code, angle);
      expect([registers[0], registers[1], status & C2, status & 0x3f]).toEqual([angle, ONE, C2, 0]);
    }
  });

  it('fyl2x of powers of two is exact', () => {
    for (let power = -300; power <= 300; power++) {
      const { registers, status } = run('d9f1', `${(0x3fff + power).toString(16)}8000000000000000`);
      const magnitude = Math.abs(power);
      const exponent = 0x3fff + 31 - Math.clz32(magnitude) + (power < 0 ? 0x8000 : 0);
      const significand = (magnitude << Math.clz32(magnitude)) >>> 0;
      const expected = power === 0 ? ZERO : `${exponent.toString(16)}${significand.toString(16)}00000000`;
      expect([power, registers[0], status & 0x3f]).toEqual([power, expected, 0]);
    }
  });

  it('fsincos says what fsin and fcos say, and all are odd or even as they should be', () => {
    const random = new Random(90);
    const hex = (value: number, digits: number) => (value >>> 0).toString(16).padStart(digits, '0');
    for (let left = 200; left > 0; left--) {
      const rest = hex(random.bits(32) | 0x8000_0000, 8) + hex(random.bits(32), 8);
      const exponent = 0x3fff - 70 + random.below(130);
      const [angle, negative] = [hex(exponent, 4) + rest, hex(exponent | 0x8000, 4) + rest];
      const [sine, cosine] = [run('d9fe', angle).registers[0], run('d9ff', angle).registers[0]];
      const both = run('d9fb', angle).registers;
      expect([both[0], both[1]]).toEqual([cosine, sine]);
      expect(run('d9ff', negative).registers[0]).toBe(cosine);
      const opposite = hex(Number.parseInt(sine.slice(0, 4), 16) ^ 0x8000, 4) + sine.slice(4);
      expect(run('d9fe', negative).registers[0]).toBe(opposite);
    }
  });
});

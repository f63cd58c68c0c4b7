/**
 * Operands for the transcendental functions: of all exponents, long and short, and about the places where the quick
 * way changes its mind (the edges between the entries of its tables, multiples of π/2, one).
 */

import { HALF_PI_66 } from '../../../../../core/x86/x87/approximation.ts';
import { EXPONENT_BIAS, kind, Real } from '../../../../../core/x86/x87/format.ts';
import type { Random } from '../cases.ts';

/** value × 2^scale, cut to 64 bits. */
export function realOf(value: bigint, scale: number, sign = 0): Real {
  const length = value.toString(2).length;
  const significand = length > 64 ? value >> BigInt(length - 64) : value << BigInt(64 - length);
  const real = new Real();
  real.set(
    sign,
    EXPONENT_BIAS + length - 1 + scale,
    Number(significand >> 32n) | 0,
    Number(significand & 0xffff_ffffn) | 0,
  );
  real.kind = kind.normal;
  return real;
}

/** The number some units of the 64th place further. */
function nudged(real: Real, units: number): Real {
  const significand = (BigInt(real.high >>> 0) << 32n) | BigInt(real.low >>> 0);
  return realOf(significand + BigInt(units), real.exponent - EXPONENT_BIAS - 63, real.sign);
}

const sign = (random: Random): number => random.below(2);
const word = (random: Random): bigint => BigInt(random.bits(32) >>> 0);

/** Of an exponent between the two given, both included, and this many bits. */
function realOfLength(random: Random, from: number, to: number, bits: bigint): Real {
  const long = (1n << 63n) | (word(random) << 32n) | word(random);
  const significand = (long >> (64n - bits)) << (64n - bits);
  return realOf(significand, from + random.below(to - from + 1) - 63, sign(random));
}

/** As long as a register, as a double, or short. */
export const anyReal = (random: Random, from: number, to: number): Real =>
  realOfLength(random, from, to, random.pick([64n, 64n, 53n, 53n, 24n, 7n, 2n]));

/** What most programs would ask about. */
export const ordinaryReal = (random: Random): Real => realOfLength(random, -8, -1, random.pick([64n, 53n]));

/** A few of the last bits of a register or of a double, up or down. */
const nudge = (random: Random): number => (random.below(9) - 4) * random.pick([1, 2 ** 10, 2 ** 11]);

/** About a multiple of 1/(2 steps) of at most `range`, often about the first. */
export function nearEdge(random: Random, steps: number, range: number): Real {
  const at = random.chance(0.1) ? 1 : 1 + random.below(2 * steps * range - 1);
  return nudged(realOf(BigInt(at) << 64n, -64 - Math.log2(2 * steps), sign(random)), nudge(random));
}

/** About a multiple of a quarter of π, by the processor's own π. */
export function nearQuarter(random: Random): Real {
  const eighths = BigInt(1 + random.below(2 ** random.below(21)));
  return nudged(realOf(eighths * HALF_PI_66, -257, sign(random)), nudge(random));
}

/** 1 and a bit more or less, of at least 2^-63. */
export function nearOne(random: Random): Real {
  const bit = (word(random) | (1n << 31n)) << 32n;
  const below = random.chance(0.5);
  const rest = bit >> BigInt(random.below(62));
  return realOf((1n << 64n) + (below ? -rest : rest), -64);
}

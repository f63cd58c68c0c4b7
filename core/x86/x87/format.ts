/**
 * The numbers of the x87: sign, 15-bit exponent, and a 64-bit significand whose leading bit is spelled out (SDM 1 4.2.2).
 *
 *      79   78         64 63 62                                  0
 *     +----+-------------+--+-------------------------------------+
 *     |sign|  exponent   | 1|  fraction                           |
 *     +----+-------------+--+-------------------------------------+
 *                         `-- high word --'  `-- low word --'
 * Significands travel as two signed 32-bit words, because a BigInt per addition would cost more than the addition.
 * The spelled-out bit allows encodings that mean nothing; since the 387 they are refused, and `kind` says so.
 */

/** What an encoding stands for. Everything from `quietNan` up needs the NaN rules. */
export const kind = {
  zero: 0,
  normal: 1,
  /** Also pseudo-denormals (leading bit set under a zero exponent), and narrow denormals that were widened. */
  denormal: 2,
  infinity: 3,
  quietNan: 4,
  signallingNan: 5,
  /** Unnormals, pseudo-infinities, pseudo-NaNs (SDM 1 8.2.2): every arithmetic use is invalid. */
  unsupported: 6,
} as const;

export const EXPONENT_BIAS = 16383;
export const EXPONENT_SPECIAL = 0x7fff;
/** The leading significand bit, as a signed word. */
export const LEADING = -0x8000_0000;
/** The bit that makes a NaN quiet. */
export const QUIET = 0x4000_0000;
export const TWO_32 = 0x1_0000_0000;

/** One extended real, unpacked. A container: operations fill it in place, so that none of them allocates. */
export class Real {
  sign = 0;
  /** Biased; while an operand is being normalized it may fall below 1. */
  exponent = 0;
  high = 0;
  low = 0;
  /** One of `kind`; true of operands, not kept up for results. */
  kind: number = kind.zero;

  set(sign: number, exponent: number, high: number, low: number): void {
    this.sign = sign;
    this.exponent = exponent;
    this.high = high;
    this.low = low;
  }

  copy(from: Real): void {
    this.set(from.sign, from.exponent, from.high, from.low);
    this.kind = from.kind;
  }

  setZero(sign: number): void {
    this.set(sign, 0, 0, 0);
  }

  setInfinity(sign: number): void {
    this.set(sign, EXPONENT_SPECIAL, LEADING, 0);
  }

  /** The answer to a question that has none: a negative quiet NaN with an empty payload (SDM 1 4.8.3.7). */
  setIndefinite(): void {
    this.set(1, EXPONENT_SPECIAL, LEADING | QUIET, 0);
  }

  /** Reads the kind off the encoding. */
  classify(): void {
    this.kind = kindOf(this.exponent, this.high, this.low);
  }
}

/** The kind of an encoding given its exponent field and significand words. */
export function kindOf(exponent: number, high: number, low: number): number {
  if (exponent === 0) return (high | low) === 0 ? kind.zero : kind.denormal;
  if (high >= 0) return kind.unsupported;
  if (exponent !== EXPONENT_SPECIAL) return kind.normal;
  if (high === LEADING && low === 0) return kind.infinity;
  return (high & QUIET) !== 0 ? kind.quietNan : kind.signallingNan;
}

/** Unsigned comparison of two significands: negative, zero or positive. */
export function compareSignificands(highA: number, lowA: number, highB: number, lowB: number): number {
  if (highA !== highB) return highA >>> 0 < highB >>> 0 ? -1 : 1;
  if (lowA !== lowB) return lowA >>> 0 < lowB >>> 0 ? -1 : 1;
  return 0;
}

/** Leading zeros of a 64-bit significand; 64 for none set. */
export function leadingZeros(high: number, low: number): number {
  return high !== 0 ? Math.clz32(high) : 32 + Math.clz32(low);
}

/** Moves a nonzero operand's leading one to its place, letting the exponent go below 1 for it. */
export function normalize(real: Real): void {
  if (real.exponent === 0) real.exponent = 1;
  const shift = leadingZeros(real.high, real.low);
  if (shift === 0) return;
  real.exponent -= shift;
  if (shift >= 32) {
    real.high = real.low << (shift - 32);
    real.low = 0;
  } else {
    real.high = (real.high << shift) | (real.low >>> (32 - shift));
    real.low <<= shift;
  }
}

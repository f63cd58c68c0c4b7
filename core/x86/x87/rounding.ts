/**
 * Where an exact result meets 64 bits.  Every operation leaves its result in the accumulator as a significand of 96
 * bits, the last of which remembers whether anything nonzero lay beyond; from there one piece of code rounds it as the
 * control word asks, notices overflow and underflow, and says what it had to give up (SDM 1 4.8.4, 4.9.1, 8.5).
 */

import { EXPONENT_SPECIAL, LEADING, type Real, TWO_32 } from './format.ts';
import { exception } from './words.ts';

/** Values of the rounding control field. */
export const roundingMode = { nearest: 0, down: 1, up: 2, chop: 3 } as const;

/** What an unmasked overflow or underflow moves the exponent by, so that the handler can see the result. */
const EXPONENT_WRAP = 24576;

/** The accumulator and the rules in force. One per board; nothing in it outlives an instruction. */
export class Arithmetic {
  /** One of `roundingMode`. */
  rounding: number = roundingMode.nearest;
  /** Bits of significand kept: 24, 53 or 64. */
  precision = 64;
  /** Exceptions the control word does not mask. */
  unmasked = 0;
  /** Exceptions raised since `begin`. */
  flags = 0;
  /** Becomes C1: the last rounding went away from zero. */
  roundedUp = false;
  inexact = false;

  /** sign × (high : low : extra) × 2^(exponent), leading bit at the top of `high`. */
  sign = 0;
  exponent = 0;
  high = 0;
  low = 0;
  /** 32 bits below the significand; bit 0 also stands for everything beyond. */
  extra = 0;

  raise(flags: number): void {
    this.flags |= flags;
  }

  setAccumulator(sign: number, exponent: number, high: number, low: number, extra: number): void {
    this.sign = sign;
    this.exponent = exponent;
    this.high = high;
    this.low = low;
    this.extra = extra;
  }
}

/** Shifts the accumulator right; whatever falls off the end is remembered in the last bit. */
export function shiftRightSticky(m: Arithmetic, count: number): void {
  if (count === 0) return;
  if (count >= 96) {
    m.extra = (m.high | m.low | m.extra) !== 0 ? 1 : 0;
    m.high = m.low = 0;
    return;
  }
  let rest = count;
  for (; rest >= 32; rest -= 32) {
    m.extra = m.low | (m.extra !== 0 ? 1 : 0);
    m.low = m.high;
    m.high = 0;
  }
  if (rest === 0) return;
  const lost = m.extra << (32 - rest);
  m.extra = (m.extra >>> rest) | (m.low << (32 - rest)) | (lost !== 0 ? 1 : 0);
  m.low = (m.low >>> rest) | (m.high << (32 - rest));
  m.high >>>= rest;
}

/** Shifts the nonzero accumulator left until its leading bit is set. */
export function normalizeAccumulator(m: Arithmetic): void {
  while (m.high === 0) {
    m.high = m.low;
    m.low = m.extra;
    m.extra = 0;
    m.exponent -= 32;
  }
  const shift = Math.clz32(m.high);
  if (shift === 0) return;
  m.high = (m.high << shift) | (m.low >>> (32 - shift));
  m.low = (m.low << shift) | (m.extra >>> (32 - shift));
  m.extra <<= shift;
  m.exponent -= shift;
}

/** Whether a remainder of `rest` (in units of 2^-32 of the last place) makes the significand grow by one. */
export function growsBy(m: Arithmetic, rest: number, odd: boolean): boolean {
  switch (m.rounding) {
    case roundingMode.nearest:
      return rest < 0 && (odd || rest !== LEADING);
    case roundingMode.down:
      return m.sign !== 0;
    case roundingMode.up:
      return m.sign === 0;
    default:
      return false;
  }
}

// @journey ground/x87-rounding
// Every sum the x87 makes is first made exactly: 64 bits that will be kept, 32 that will not, and one of those that
// stands for all the rest.  That last, sticky bit is the whole secret of correct rounding.  To round to nearest one
// must know whether what is cut off is less than half, half, or more, and for that a single bit meaning "and then
// some" is as good as infinitely many.  The control word may also ask for fewer bits than the registers hold, a favour
// to compilers whose doubles ought to be doubles; then the cut moves up and the sticky bit swallows more.
/** Rounds the accumulator to `m.precision` bits in place. Answers true if it overflowed to the next power of two (and is now zero). */
export function roundSignificand(m: Arithmetic): boolean {
  let rest = m.extra;
  let unitHigh = 0;
  let unitLow = 1;
  if (m.precision === 53) {
    rest = (m.low << 21) | (rest !== 0 ? 1 : 0);
    m.low &= -0x800;
    unitLow = 0x800;
  } else if (m.precision === 24) {
    rest = (m.high << 24) | ((m.low | rest) !== 0 ? 1 : 0);
    m.high &= -0x100;
    m.low = 0;
    unitHigh = 0x100;
    unitLow = 0;
  }
  m.extra = 0;
  m.inexact = rest !== 0;
  m.roundedUp = m.inexact && growsBy(m, rest, ((m.low & unitLow) | (m.high & unitHigh)) !== 0);
  if (!m.roundedUp) return false;
  const low = (m.low >>> 0) + unitLow;
  const high = (m.high >>> 0) + unitHigh + (low >= TWO_32 ? 1 : 0);
  m.low = low | 0;
  m.high = high | 0;
  return high >= TWO_32;
}
// @end

/** Rounds the normalized, nonzero accumulator into `to`, raising overflow, underflow and precision as they come. */
export function roundResult(m: Arithmetic, to: Real): void {
  if (m.exponent <= 0) {
    roundTiny(m, to);
    return;
  }
  if (roundSignificand(m)) {
    m.high = LEADING;
    m.exponent++;
  }
  if (m.exponent >= EXPONENT_SPECIAL) {
    overflow(m, to);
    return;
  }
  if (m.inexact) m.flags |= exception.precision;
  to.set(m.sign, m.exponent, m.high, m.low);
}

/** Below the smallest normal number. Tiny means tiny after rounding, as if exponents had no end (SDM 1 4.9.1.5). */
function roundTiny(m: Arithmetic, to: Real): void {
  const { exponent, high, low, extra } = m;
  const carried = roundSignificand(m);
  const tiny = exponent < 0 || !carried;
  if (tiny && (m.unmasked & exception.underflow) !== 0) {
    wrappedUnderflow(m, to, carried);
    return;
  }
  m.setAccumulator(m.sign, exponent, high, low, extra);
  shiftRightSticky(m, 1 - exponent);
  roundSignificand(m);
  if (m.inexact) m.flags |= exception.precision | (tiny ? exception.underflow : 0);
  to.set(m.sign, m.high < 0 ? 1 : 0, m.high, m.low);
}

function wrappedUnderflow(m: Arithmetic, to: Real, carried: boolean): void {
  m.flags |= exception.underflow | (m.inexact ? exception.precision : 0);
  if (carried) {
    m.high = LEADING;
    m.exponent++;
  }
  const exponent = m.exponent + EXPONENT_WRAP;
  if (exponent > 0) {
    to.set(m.sign, exponent, m.high, m.low);
    return;
  }
  // Only fscale can fall further than the wrap reaches; the manual then promises a zero (SDM 1 8.5.5).
  m.flags |= exception.precision;
  m.roundedUp = false;
  to.setZero(m.sign);
}

function overflow(m: Arithmetic, to: Real): void {
  m.flags |= exception.overflow;
  if ((m.unmasked & exception.overflow) !== 0) {
    if (m.inexact) m.flags |= exception.precision;
    const exponent = m.exponent - EXPONENT_WRAP;
    if (exponent < EXPONENT_SPECIAL) to.set(m.sign, exponent, m.high, m.low);
    else {
      m.flags |= exception.precision;
      m.roundedUp = true;
      to.setInfinity(m.sign);
    }
    return;
  }
  m.flags |= exception.precision;
  m.roundedUp = overflowsToInfinity(m);
  if (m.roundedUp) to.setInfinity(m.sign);
  else if (m.precision === 24) to.set(m.sign, EXPONENT_SPECIAL - 1, -0x100, 0);
  else to.set(m.sign, EXPONENT_SPECIAL - 1, -1, m.precision === 53 ? -0x800 : -1);
}

/** Whether the masked response to overflow is infinity, or the largest number there is. */
export function overflowsToInfinity(m: Arithmetic): boolean {
  return m.rounding === roundingMode.nearest || m.rounding === (m.sign !== 0 ? roundingMode.down : roundingMode.up);
}

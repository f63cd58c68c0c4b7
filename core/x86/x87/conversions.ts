/**
 * Between extended reals and what programs keep in memory: singles, doubles, and integers of 16, 32 and 64 bits
 * (SDM 1 4.2.2, 8.2).  Loads are exact; stores round once, to the destination's own precision and range.
 */

import { EXPONENT_BIAS, EXPONENT_SPECIAL, kind, LEADING, normalize, QUIET, type Real, TWO_32 } from './format.ts';
import { type Arithmetic, growsBy, overflowsToInfinity, roundSignificand, shiftRightSticky } from './rounding.ts';
import { exception } from './words.ts';

/** Fills `to` from the bits of a single. A denormal comes out normalized but keeps its kind. */
export function fromSingle(to: Real, bits: number): void {
  const exponent = (bits >>> 23) & 0xff;
  fromNarrow(to, bits >>> 31, exponent, exponent === 0xff, EXPONENT_BIAS - 127, bits << 8, 0);
}

/** Fills `to` from the two words of a double. */
export function fromDouble(to: Real, high: number, low: number): void {
  const exponent = (high >>> 20) & 0x7ff;
  fromNarrow(
    to,
    high >>> 31,
    exponent,
    exponent === 0x7ff,
    EXPONENT_BIAS - 1023,
    (high << 11) | (low >>> 21),
    low << 11,
  );
}

/** `high`:`low` hold the fraction below the leading bit, whose own place is still to be decided. */
function fromNarrow(
  to: Real,
  sign: number,
  exponent: number,
  special: boolean,
  rebias: number,
  high: number,
  low: number,
): void {
  const fraction = high & ~LEADING;
  if (special) {
    to.set(sign, EXPONENT_SPECIAL, fraction | LEADING, low);
    to.classify();
  } else if (exponent !== 0) {
    to.set(sign, exponent + rebias, fraction | LEADING, low);
    to.kind = kind.normal;
  } else if ((fraction | low) === 0) {
    to.setZero(sign);
    to.kind = kind.zero;
  } else {
    to.set(sign, 1 + rebias, fraction, low);
    normalize(to);
    to.kind = kind.denormal;
  }
}

/** Fills `to` from a signed 64-bit integer. */
export function fromInteger(to: Real, high: number, low: number): void {
  const sign = high >>> 31;
  if ((high | low) === 0) {
    to.setZero(0);
    to.kind = kind.zero;
    return;
  }
  if (sign !== 0) to.set(1, EXPONENT_BIAS + 63, (~high + (low === 0 ? 1 : 0)) | 0, -low | 0);
  else to.set(0, EXPONENT_BIAS + 63, high, low);
  normalize(to);
  to.kind = kind.normal;
}

interface NarrowFormat {
  readonly precision: number;
  readonly bias: number;
  readonly special: number;
  readonly wrap: number;
}
const single: NarrowFormat = { precision: 24, bias: 127, special: 0xff, wrap: 192 };
const double: NarrowFormat = { precision: 53, bias: 1023, special: 0x7ff, wrap: 1536 };

/** Rounds `a` to a single; the bits are left in `m.low`. */
export function toSingle(m: Arithmetic, a: Real): void {
  toNarrow(m, a, single);
  const fraction = (m.high >>> 8) & 0x7f_ffff;
  m.low = (m.sign << 31) | (m.exponent << 23) | fraction;
}

/** Rounds `a` to a double; the bits are left in `m.high` and `m.low`. */
export function toDouble(m: Arithmetic, a: Real): void {
  toNarrow(m, a, double);
  m.low = (m.low >>> 11) | (m.high << 21);
  m.high = (m.sign << 31) | (m.exponent << 20) | ((m.high >>> 11) & 0xf_ffff);
}

/** Leaves sign, exponent field and significand of the narrow format in the accumulator. */
function toNarrow(m: Arithmetic, a: Real, format: NarrowFormat): void {
  m.setAccumulator(a.sign, 0, a.high, a.low, 0);
  switch (a.kind) {
    case kind.zero:
      return;
    case kind.unsupported:
      m.raise(exception.invalid);
      m.setAccumulator(1, format.special, LEADING | QUIET, 0, 0);
      return;
    case kind.signallingNan:
      m.raise(exception.invalid);
      m.high |= QUIET;
      m.exponent = format.special;
      return;
    case kind.quietNan:
    case kind.infinity:
      m.exponent = format.special;
      return;
    default:
      roundNarrow(m, a, format);
  }
}

function roundNarrow(m: Arithmetic, a: Real, format: NarrowFormat): void {
  normalize(a);
  const precision = m.precision;
  m.precision = format.precision;
  m.setAccumulator(a.sign, a.exponent - EXPONENT_BIAS + format.bias, a.high, a.low, 0);
  if (m.exponent <= 0) roundNarrowTiny(m);
  else {
    if (roundSignificand(m)) {
      m.high = LEADING;
      m.exponent++;
    }
    if (m.exponent >= format.special) overflowNarrow(m, format);
    else if (m.inexact) m.raise(exception.precision);
  }
  m.precision = precision;
}

/** An unmasked underflow or overflow stores nothing at all, and then nothing was rounded either (SDM 1 8.5.4, 8.5.5). */
function roundNarrowTiny(m: Arithmetic): void {
  const { exponent, high, low } = m;
  const carried = roundSignificand(m);
  const tiny = exponent < 0 || !carried;
  if (tiny && (m.unmasked & exception.underflow) !== 0) {
    m.raise(exception.underflow);
    m.roundedUp = false;
    return;
  }
  m.setAccumulator(m.sign, 0, high, low, 0);
  shiftRightSticky(m, 1 - exponent);
  roundSignificand(m);
  if (m.inexact) m.raise(exception.precision | (tiny ? exception.underflow : 0));
  if (m.high < 0) m.exponent = 1;
}

function overflowNarrow(m: Arithmetic, format: NarrowFormat): void {
  if ((m.unmasked & exception.overflow) !== 0) {
    m.raise(exception.overflow);
    m.roundedUp = false;
    return;
  }
  m.raise(exception.overflow | exception.precision);
  m.roundedUp = overflowsToInfinity(m);
  m.exponent = m.roundedUp ? format.special : format.special - 1;
  m.high = m.roundedUp ? LEADING : -1;
  m.low = m.roundedUp ? 0 : -1;
}

/** Rounds `a` to an integer of `bits` (16, 32 or 64) into `m.high`:`m.low`; chops if asked. What does not fit is invalid and becomes the integer indefinite. */
export function toInteger(m: Arithmetic, a: Real, bits: number, chop: boolean): void {
  const rounding = m.rounding;
  if (chop) m.rounding = 3;
  const fits = a.kind <= kind.denormal && roundToInteger(m, a) && withinBits(m, bits);
  m.rounding = rounding;
  if (!fits) {
    m.roundedUp = false;
    m.raise(exception.invalid);
    m.high = bits === 64 ? LEADING : 0;
    m.low = bits === 64 ? 0 : -(2 ** (bits - 1));
    return;
  }
  if (m.inexact) m.raise(exception.precision);
  if (m.sign === 0) return;
  m.high = (~m.high + (m.low === 0 ? 1 : 0)) | 0;
  m.low = -m.low | 0;
}

/** The accumulator becomes |a| rounded to an integer. Answers false if that takes more than 64 bits. */
export function roundToInteger(m: Arithmetic, a: Real): boolean {
  m.setAccumulator(a.sign, 0, a.high, a.low, 0);
  m.inexact = m.roundedUp = false;
  if (a.kind === kind.zero) return true;
  if (a.exponent > EXPONENT_BIAS + 63) return false;
  shiftRightSticky(m, EXPONENT_BIAS + 63 - a.exponent);
  if (m.extra === 0) return true;
  m.inexact = true;
  m.roundedUp = growsBy(m, m.extra, (m.low & 1) !== 0);
  m.extra = 0;
  if (!m.roundedUp) return true;
  m.low = (m.low + 1) | 0;
  if (m.low === 0) m.high = (m.high + 1) | 0;
  return m.high !== 0 || m.low !== 0;
}

/** Whether ±(high:low) is a signed integer of `bits`; the most negative one is. */
function withinBits(m: Arithmetic, bits: number): boolean {
  if (bits === 64) return m.high >= 0 || (m.sign !== 0 && m.high === LEADING && m.low === 0);
  const limit = 2 ** (bits - 1);
  const magnitude = (m.high >>> 0) * TWO_32 + (m.low >>> 0);
  return magnitude < limit || (m.sign !== 0 && magnitude === limit);
}

/**
 * fprem, fprem1, frndint, fscale, fxtract: the instructions that take numbers apart by their exponents (SDM 2A, each
 * under its name).  fprem subtracts and shifts like a child with pencil and paper, because its quotient bits and its
 * right to stop half-way are part of the contract.
 */

import { noteDenormals, prepare } from './add-multiply.ts';
import { roundToInteger } from './conversions.ts';
import { compareSignificands, EXPONENT_BIAS, kind, LEADING, normalize, type Real } from './format.ts';
import { invalid, propagateNan, propagateNans } from './nan.ts';
import { type Arithmetic, normalizeAccumulator, roundResult } from './rounding.ts';
import { exception, status } from './words.ts';

/** What `remainder` answers when there is no quotient to tell of: C0 and C3 keep what they had. */
export const NO_QUOTIENT = -1;

/** `to` = a rem b, with the quotient chopped (fprem) or rounded to nearest (fprem1). Answers the condition codes: C2 for "not finished", else C0 C3 C1 with quotient bits 2 1 0. */
export function remainder(m: Arithmetic, to: Real, a: Real, b: Real, nearest: boolean): number {
  if (a.kind >= kind.quietNan || b.kind >= kind.quietNan) {
    propagateNans(m, to, a, b);
    return NO_QUOTIENT;
  }
  if (a.kind === kind.infinity || b.kind === kind.zero) {
    invalid(m, to);
    return NO_QUOTIENT;
  }
  if (a.kind === kind.zero || b.kind === kind.infinity) {
    noteDenormals(m, a, b);
    if (a.kind === kind.zero) to.setZero(a.sign);
    else {
      normalize(a);
      roundOperand(m, to, a);
    }
    return 0;
  }
  prepare(m, a, b);
  const distance = a.exponent - b.exponent;
  if (distance < (nearest ? -1 : 0)) {
    roundOperand(m, to, a);
    return 0;
  }
  if (distance >= 64) return reduce(m, to, a, b, distance);
  return finish(m, to, a, b, distance, nearest);
}

/** A normalized operand as a result: at full precision, denormal again if it was. */
function roundOperand(m: Arithmetic, to: Real, a: Real): void {
  m.setAccumulator(a.sign, a.exponent, a.high, a.low, 0);
  roundExact(m, to);
}

/** Rounds at 64 bits whatever the precision control says. */
export function roundExact(m: Arithmetic, to: Real): void {
  const precision = m.precision;
  m.precision = 64;
  roundResult(m, to);
  m.precision = precision;
}

/** Too far apart: takes off between 32 and 63 bits of the quotient, and leaves the rest to the next fprem. */
function reduce(m: Arithmetic, to: Real, a: Real, b: Real, distance: number): number {
  const steps = (distance & 31) | 32;
  m.setAccumulator(a.sign, b.exponent + distance - steps, a.high, a.low, 0);
  subtractAndShift(m, b, steps);
  settle(m, to);
  return status.c2;
}

function finish(m: Arithmetic, to: Real, a: Real, b: Real, distance: number, nearest: boolean): number {
  let quotient = 0;
  if (distance < 0) m.setAccumulator(a.sign, a.exponent, a.high, a.low, 0);
  else {
    m.setAccumulator(a.sign, b.exponent, a.high, a.low, 0);
    quotient = subtractAndShift(m, b, distance);
  }
  if (nearest && roundQuotientUp(m, b, distance, quotient)) quotient++;
  settle(m, to);
  return (
    ((quotient & 4) !== 0 ? status.c0 : 0) |
    ((quotient & 2) !== 0 ? status.c3 : 0) |
    ((quotient & 1) !== 0 ? status.c1 : 0)
  );
}

/** The accumulator modulo b, both as if b's exponent were 0 and the accumulator's were `shifts`. Answers the low bits of the quotient. */
function subtractAndShift(m: Arithmetic, b: Real, shifts: number): number {
  let quotient = 0;
  let overflowed = false;
  for (let left = shifts; ; left--) {
    quotient <<= 1;
    if (overflowed || compareSignificands(m.high, m.low, b.high, b.low) >= 0) {
      subtract(m, b);
      quotient |= 1;
    }
    if (left === 0) return quotient;
    overflowed = m.high < 0;
    m.high = (m.high << 1) | (m.low >>> 31);
    m.low <<= 1;
  }
}

function subtract(m: Arithmetic, b: Real): void {
  const low = (m.low >>> 0) - (b.low >>> 0);
  m.low = low | 0;
  m.high = (m.high - b.high - (low < 0 ? 1 : 0)) | 0;
}

/** For fprem1: if the remainder is beyond half of b (or half, and the quotient odd), replaces it by b minus it, negative. */
function roundQuotientUp(m: Arithmetic, b: Real, distance: number, quotient: number): boolean {
  let order: number;
  if (distance < 0) order = compareSignificands(m.high, m.low, b.high, b.low);
  else if (m.high < 0) order = 1;
  else order = compareSignificands((m.high << 1) | (m.low >>> 31), m.low << 1, b.high, b.low);
  if (order < 0 || (order === 0 && (quotient & 1) === 0)) return false;
  // b - remainder; with distance -1 the remainder's own unit is half of b's, so b counts double.
  const { high, low } = m;
  if (distance < 0) doubleMinus(m, b, high, low);
  else {
    const difference = (b.low >>> 0) - (low >>> 0);
    m.low = difference | 0;
    m.high = (b.high - high - (difference < 0 ? 1 : 0)) | 0;
  }
  m.sign ^= 1;
  return true;
}

/** 2b - (high:low), in the unit of the latter; it is at most b, so 64 bits hold it. */
function doubleMinus(m: Arithmetic, b: Real, high: number, low: number): void {
  const difference = ((b.low << 1) >>> 0) - (low >>> 0);
  m.low = difference | 0;
  m.high = (((b.high << 1) | (b.low >>> 31)) - high - (difference < 0 ? 1 : 0)) | 0;
}

function settle(m: Arithmetic, to: Real): void {
  m.extra = 0;
  if ((m.high | m.low) === 0) {
    to.setZero(m.sign);
    return;
  }
  normalizeAccumulator(m);
  roundExact(m, to);
}

/** `to` = a rounded to an integer as the rounding control asks. */
export function roundInteger(m: Arithmetic, to: Real, a: Real): void {
  if (a.kind >= kind.quietNan) {
    propagateNan(m, to, a);
    return;
  }
  if (a.kind === kind.denormal) {
    m.raise(exception.denormal);
    normalize(a);
  }
  if (a.kind === kind.zero || a.exponent >= EXPONENT_BIAS + 63) {
    to.copy(a);
    return;
  }
  roundToInteger(m, a);
  if (m.inexact) m.raise(exception.precision);
  if ((m.high | m.low) === 0) {
    to.setZero(a.sign);
    return;
  }
  m.exponent = EXPONENT_BIAS + 63;
  normalizeAccumulator(m);
  to.set(m.sign, m.exponent, m.high, m.low);
}

/** `to` = a × 2^(b chopped to an integer). */
export function scale(m: Arithmetic, to: Real, a: Real, b: Real): void {
  if (a.kind >= kind.quietNan || b.kind >= kind.quietNan) {
    propagateNans(m, to, a, b);
    return;
  }
  if (b.kind === kind.infinity) {
    scaleByInfinity(m, to, a, b);
    return;
  }
  noteDenormals(m, a, b);
  if (a.kind === kind.zero) to.setZero(a.sign);
  else if (a.kind === kind.infinity) to.setInfinity(a.sign);
  else {
    normalize(a);
    m.setAccumulator(a.sign, a.exponent + scaleCount(b), a.high, a.low, 0);
    roundExact(m, to);
  }
}

function scaleByInfinity(m: Arithmetic, to: Real, a: Real, b: Real): void {
  const vanishing = b.sign !== 0;
  if (a.kind === (vanishing ? kind.infinity : kind.zero)) {
    invalid(m, to);
    return;
  }
  noteDenormals(m, a, b);
  if (vanishing) to.setZero(a.sign);
  else to.setInfinity(a.sign);
}

/** b chopped, and kept where sums with exponents stay small whole numbers: beyond ±65536 every answer is the same. */
function scaleCount(b: Real): number {
  if (b.exponent < EXPONENT_BIAS) return 0;
  const places = b.exponent - EXPONENT_BIAS;
  const count = places >= 17 ? 0x1_0000 : b.high >>> (31 - places);
  return b.sign !== 0 ? -count : count;
}

/** Splits a into exponent (an integer, to `exponent`) and significand (to `to`), so that a = significand × 2^exponent. */
export function extract(m: Arithmetic, to: Real, exponent: Real, a: Real): void {
  if (a.kind >= kind.quietNan) {
    propagateNan(m, to, a);
    exponent.copy(to);
  } else if (a.kind === kind.infinity) {
    to.setInfinity(a.sign);
    exponent.setInfinity(0);
  } else if (a.kind === kind.zero) {
    m.raise(exception.zeroDivide);
    to.setZero(a.sign);
    exponent.setInfinity(1);
  } else {
    if (a.kind === kind.denormal) m.raise(exception.denormal);
    normalize(a);
    to.set(a.sign, EXPONENT_BIAS, a.high, a.low);
    setSmallInteger(exponent, a.exponent - EXPONENT_BIAS);
  }
}

/** A whole number of magnitude below 2^31 as an extended real. */
export function setSmallInteger(to: Real, value: number): void {
  if (value === 0) {
    to.setZero(0);
    return;
  }
  to.set(value < 0 ? 1 : 0, EXPONENT_BIAS + 31, Math.abs(value), 0);
  normalize(to);
}

/** The constants fld1 … fldln2 push: exponent, significand, and the 32 bits below it, so that each rounds as asked (SDM 2A). */
export const constants = {
  fld1: [EXPONENT_BIAS, LEADING, 0, 0],
  fldl2t: [EXPONENT_BIAS + 1, 0xd49a784b, 0xcd1b8afe, 0x492bf6ff],
  fldl2e: [EXPONENT_BIAS, 0xb8aa3b29, 0x5c17f0bb, 0xbe87fed0],
  fldpi: [EXPONENT_BIAS + 1, 0xc90fdaa2, 0x2168c234, 0xc4c6628b],
  fldlg2: [EXPONENT_BIAS - 2, 0x9a209a84, 0xfbcff798, 0x8f8959ac],
  fldln2: [EXPONENT_BIAS - 1, 0xb17217f7, 0xd1cf79ab, 0xc9e3b398],
} as const;

/**
 * Quotients and square roots, digit by digit in base 2^32.  Each digit is guessed with a double, which is never off by
 * more than one or two, and then put right with the exact remainder; what remains at the end decides the rounding.
 */

import { multiplyHigh, noteDenormals, prepare } from './add-multiply.ts';
import { compareSignificands, kind, LEADING, normalize, type Real, TWO_32 } from './format.ts';
import { invalid, propagateNan, propagateNans } from './nan.ts';
import { type Arithmetic, roundResult } from './rounding.ts';
import { exception } from './words.ts';

/** `to` = a ÷ b. */
export function divide(m: Arithmetic, to: Real, a: Real, b: Real): void {
  if (a.kind !== kind.normal || b.kind !== kind.normal) {
    if (divideSpecial(m, to, a, b)) return;
    prepare(m, a, b);
  }
  m.sign = a.sign ^ b.sign;
  m.exponent = a.exponent - b.exponent + 16383;
  divideMagnitudes(m, a, b);
  roundResult(m, to);
}

function divideSpecial(m: Arithmetic, to: Real, a: Real, b: Real): boolean {
  if (a.kind >= kind.quietNan || b.kind >= kind.quietNan) {
    propagateNans(m, to, a, b);
    return true;
  }
  const special = (real: Real) => real.kind === kind.zero || real.kind === kind.infinity;
  if (!special(a) && !special(b)) return false;
  if (a.kind === b.kind) {
    invalid(m, to);
    return true;
  }
  const sign = a.sign ^ b.sign;
  if (b.kind === kind.zero && a.kind !== kind.infinity) {
    m.raise(exception.zeroDivide);
    to.setInfinity(sign);
    return true;
  }
  noteDenormals(m, a, b);
  if (a.kind === kind.infinity) to.setInfinity(sign);
  else to.setZero(sign);
  return true;
}

/** The accumulator becomes a ÷ b in magnitude, normalized. */
function divideMagnitudes(m: Arithmetic, a: Real, b: Real): void {
  let { high, low } = a;
  const whole = compareSignificands(high, low, b.high, b.low) >= 0;
  if (whole) {
    const difference = (low >>> 0) - (b.low >>> 0);
    low = difference | 0;
    high = (high - b.high - (difference < 0 ? 1 : 0)) | 0;
  }
  m.high = high;
  m.low = low;
  const first = nextDigit(m, b);
  const second = nextDigit(m, b);
  const third = nextDigit(m, b) | ((m.high | m.low) !== 0 ? 1 : 0);
  if (whole) {
    m.high = LEADING | (first >>> 1);
    m.low = (first << 31) | (second >>> 1);
    m.extra = (second << 31) | (third >>> 1) | (third & 1);
  } else {
    m.high = first;
    m.low = second;
    m.extra = third;
    m.exponent--;
  }
}

/** One digit of (high:low × 2^32) ÷ b, for high:low < b; high:low becomes the remainder. */
function nextDigit(m: Arithmetic, b: Real): number {
  const divisor = (b.high >>> 0) * TWO_32 + (b.low >>> 0);
  const dividend = (m.high >>> 0) * TWO_32 + (m.low >>> 0);
  let digit = Math.min(Math.floor((dividend / divisor) * TWO_32), TWO_32 - 1);
  // remainder = high:low:0 - digit × b, three words of which the top one is only its sign
  const productLow = Math.imul(digit, b.low) >>> 0;
  const productMiddle = (multiplyHigh(digit, b.low) >>> 0) + (Math.imul(digit, b.high) >>> 0);
  const productHigh = (multiplyHigh(digit, b.high) >>> 0) + Math.floor(productMiddle / TWO_32);
  let low = -productLow;
  let middle = (m.low >>> 0) - (productMiddle % TWO_32);
  let high = (m.high >>> 0) - productHigh;
  // Words may be negative here; carry them into place.
  if (low < 0) {
    low += TWO_32;
    middle--;
  }
  if (middle < 0) {
    middle += TWO_32;
    high--;
  }
  while (high < 0) {
    digit--;
    low += b.low >>> 0;
    middle += (b.high >>> 0) + (low >= TWO_32 ? 1 : 0);
    low %= TWO_32;
    if (middle >= TWO_32) high++;
    middle %= TWO_32;
  }
  while (high > 0 || compareSignificands(middle | 0, low | 0, b.high, b.low) >= 0) {
    digit++;
    low -= b.low >>> 0;
    middle -= (b.high >>> 0) + (low < 0 ? 1 : 0);
    if (low < 0) low += TWO_32;
    if (middle < 0) {
      middle += TWO_32;
      high--;
    }
  }
  m.high = middle | 0;
  m.low = low | 0;
  return digit | 0;
}

/** `to` = √a. */
export function squareRoot(m: Arithmetic, to: Real, a: Real): void {
  if (a.kind >= kind.quietNan) {
    propagateNan(m, to, a);
    return;
  }
  if (a.kind === kind.zero) {
    to.setZero(a.sign);
    return;
  }
  if (a.sign !== 0) {
    invalid(m, to);
    return;
  }
  if (a.kind === kind.infinity) {
    to.setInfinity(0);
    return;
  }
  if (a.kind === kind.denormal) {
    m.raise(exception.denormal);
    normalize(a);
  }
  rootMagnitude(m, a);
  roundResult(m, to);
}

/** The accumulator becomes the root of a normalized operand. The radicand is its significand × 2^63 or 2^64, so that the exponent halves. */
function rootMagnitude(m: Arithmetic, a: Real): void {
  const odd = (a.exponent & 1) !== 0;
  m.sign = 0;
  m.exponent = (a.exponent + (odd ? 16383 : 16382)) >> 1;
  let top = a.high >>> 0;
  let second = a.low >>> 0;
  let third = 0;
  if (odd) {
    third = (second & 1) * 0x8000_0000;
    second = ((second >>> 1) | (top << 31)) >>> 0;
    top >>>= 1;
  }
  let root = Math.min(Math.floor(Math.sqrt(top * TWO_32 + second)), TWO_32 - 1);
  // Both words of the difference are small whole numbers, and their sum is exact even before the guess is put right.
  let rest = (top - (multiplyHigh(root, root) >>> 0)) * TWO_32 + (second - (Math.imul(root, root) >>> 0));
  while (rest < 0) {
    root--;
    rest += 2 * root + 1;
  }
  while (rest > 2 * root) {
    rest -= 2 * root + 1;
    root++;
  }
  m.high = root | 0;
  secondRootDigit(m, root, rest, third);
}

/** Finishes √: with Q = first:digit, the remainder R = rest:third:0 - digit × (2 × first × 2^32 + digit) tells how far Q² falls short. */
function secondRootDigit(m: Arithmetic, first: number, rest: number, third: number): void {
  let digit = Math.min(Math.floor((rest * TWO_32 + third) / (2 * first)), TWO_32 - 1);
  // 2 × first × digit as two numbers below 2^33, and digit² as two words
  const doubleLow = 2 * (Math.imul(first, digit) >>> 0);
  const doubleHigh = 2 * (multiplyHigh(first, digit) >>> 0);
  let low = -(Math.imul(digit, digit) >>> 0);
  let middle = third - doubleLow - (multiplyHigh(digit, digit) >>> 0);
  let high = rest - doubleHigh;
  const carry = () => {
    const fromLow = Math.floor(low / TWO_32);
    low -= fromLow * TWO_32;
    middle += fromLow;
    const fromMiddle = Math.floor(middle / TWO_32);
    middle -= fromMiddle * TWO_32;
    high += fromMiddle;
  };
  carry();
  while (high < 0) {
    digit--;
    low += 2 * digit + 1;
    middle += 2 * first;
    carry();
  }
  m.low = digit | 0;
  // (Q + ½)² = Q² + Q + ¼: the remainder exceeds Q exactly when the root lies above the middle.
  const beyondHalf = high > 0 || middle > first || (middle === first && low > digit);
  m.extra = (beyondHalf ? LEADING : 0) | ((high | middle | low) !== 0 ? 1 : 0);
}

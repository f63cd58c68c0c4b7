/**
 * Sums and products inside a region: normal numbers that make normal numbers, rounded to nearest and to 64 bits.  What is
 * not like that branches to `slow` with nothing changed, and the routine does it (arithmetic-code.ts).
 */

import type { Scope, Value } from '../../emit/function-builder.ts';
import { EXPONENT_BIAS, EXPONENT_SPECIAL } from '../format.ts';
import { integerParts, type Parts, realParts, registerParts } from './held-operands.ts';
import type { HeldStack } from './held-stack.ts';
import type { Result } from './insight.ts';
import { NORMAL_EXPONENTS, SIGN_BIT } from './operand-code.ts';
import { highDigit, lowDigit, upperDigit } from './product-code.ts';

const SIGNIFICAND_BITS = 64;
const LAST = SIGNIFICAND_BITS - 1;
const WORD_BITS = 32;
const SIGN_SHIFT = 15;

type QuickOperation = (x: HeldStack, slow: Scope, a: Parts, b: Parts) => Result;

/** By mnemonic; the others are done by routines. */
const quickOperations: Readonly<Record<string, QuickOperation>> = {
  add: (x, slow, a, b) => quickSum(x, slow, a, b),
  sub: (x, slow, a, b) => quickSum(x, slow, a, negated(x, b)),
  subr: (x, slow, a, b) => quickSum(x, slow, b, negated(x, a)),
  mul: quickProduct,
};

const negated = (x: HeldStack, parts: Parts): Parts => ({ ...parts, head: x.xor(parts.head, x.constant(SIGN_BIT)) });

/** What comes of an operation: head and exponent before rounding, the leading one at the top, and the bits below it. */
interface Raw {
  readonly head: Value;
  readonly exponent: Value;
  readonly kept: Value;
  readonly extra: Value;
}

/** Rounded, if that leads nowhere unusual.  Branches that are never taken cost less than to gather their conditions. */
function rounded(x: HeldStack, slow: Scope, { head, exponent, kept, extra }: Raw): Result {
  const { code } = x;
  const roundedUp = x.wideAbove(x.wideOr(extra, x.wideAnd(kept, x.wideConstant(1))), x.topBit());
  const significand = x.wideAdd(kept, x.wide(roundedUp));
  code.branchIf(x.atLeast(x.sub(exponent, x.constant(1)), x.constant(NORMAL_EXPONENTS)), slow);
  // Nothing is left of a sum that came out as nothing, and of all ones that grew.
  code.branchIf(x.wideIsZero(significand), slow);
  return { significand, head, isNumber: true, inexact: x.wideNotZero(extra), roundedUp };
}

/** As sum-code.ts does it. A zero has the smaller exponent, and shifted by any number of places it stays nothing. */
function quickSum(x: HeldStack, slow: Scope, a: Parts, b: Parts): Result {
  const { code } = x;
  const distance = x.sub(a.exponent, b.exponent);
  const less = x.wideBelow(a.significand, b.significand);
  const swapped = x.select(distance, x.lessSigned(distance, x.constant(0)), less);
  const turned = x.shiftRightSigned(distance, x.constant(WORD_BITS - 1));
  const count = x.sub(x.xor(distance, turned), turned);
  const big = x.select(swapped, b.significand, a.significand);
  const small = x.select(swapped, a.significand, b.significand);
  code.if(x.below(x.constant(LAST), count), () => code.branchIf(x.wideNotZero(small), slow));
  const places = x.wide(count);
  const shifted = x.wideShiftRight(small, places);
  const lost = x.wideShiftLeft(x.wideShiftLeft(small, x.wideXor(places, x.wideConstant(LAST))), x.wideConstant(1));
  const differ = x.shiftRight(x.xor(a.head, b.head), x.constant(SIGN_SHIFT));
  const mask = x.wideNegate(x.wide(differ));
  const whole = x.wide(x.and(x.wideIsZero(lost), differ));
  const sum = x.wideAdd(x.wideAdd(big, x.wideXor(shifted, mask)), whole);
  const rest = x.wideSub(x.wideXor(lost, mask), mask);
  const carry = x.and(x.wideBelow(sum, big), x.xor(differ, x.constant(1)));
  const head = x.select(swapped, b.head, a.head);
  return rounded(x, slow, normalized(x, head, carry, ...withCarry(x, sum, rest, x.wide(carry))));
}

/** Sum and rest one place further down, with a one in front, if there was a carry; then the rest ends in a zero. */
function withCarry(x: HeldStack, sum: Value, rest: Value, carry: Value): readonly [Value, Value] {
  const last = x.wideConstant(LAST);
  const kept = x.wideOr(x.wideShiftRight(sum, carry), x.wideShiftLeft(carry, last));
  return [kept, x.wideOr(x.wideShiftRight(rest, carry), x.wideShiftLeft(x.wideAnd(sum, carry), last))];
}

function normalized(x: HeldStack, head: Value, carry: Value, sum: Value, rest: Value): Raw {
  const zeros = x.wideLeadingZeros(sum);
  const halved = x.wideShiftRight(rest, x.wideConstant(1));
  const from = x.wideShiftRight(halved, x.wideXor(zeros, x.wideConstant(LAST)));
  const rise = x.sub(carry, x.narrow(zeros));
  return {
    head: x.add(head, rise),
    exponent: x.add(x.and(head, x.constant(EXPONENT_SPECIAL)), rise),
    kept: x.wideOr(x.wideShiftLeft(sum, zeros), from),
    extra: x.wideShiftLeft(rest, zeros),
  };
}

/** A normal number added to itself. */
function quickDouble(x: HeldStack, slow: Scope, a: Parts): Result {
  const { code } = x;
  code.branchIf(x.atLeast(x.sub(a.exponent, x.constant(1)), x.constant(NORMAL_EXPONENTS - 1)), slow);
  const none = x.constant(0);
  const head = x.add(a.head, x.constant(1));
  return { significand: a.significand, head, isNumber: true, inexact: none, roundedUp: none };
}

/** As product-code.ts does it; zeros are slow. */
function quickProduct(x: HeldStack, slow: Scope, a: Parts, b: Parts): Result {
  x.code.branchIf(x.isZero(x.hasTopBit(x.wideAnd(a.significand, b.significand))), slow);
  const [lowA, highA] = [lowDigit(x, a.significand), highDigit(x, a.significand)];
  const [lowB, highB] = [lowDigit(x, b.significand), highDigit(x, b.significand)];
  const first = x.wideMul(lowA, lowB);
  const second = x.wideMul(lowA, highB);
  const middle = x.wideAdd(x.wideAdd(highDigit(x, first), lowDigit(x, second)), x.wideMul(highA, lowB));
  const low = x.wideOr(upperDigit(x, middle), lowDigit(x, first));
  const carried = x.wideAdd(highDigit(x, second), highDigit(x, middle));
  const high = x.wideAdd(x.wideMul(highA, highB), carried);
  const missing = x.wideXor(x.wideShiftRight(high, x.wideConstant(LAST)), x.wideConstant(1));
  const from = x.wideAnd(x.wideShiftRight(low, x.wideConstant(LAST)), missing);
  const exponents = x.sub(x.add(a.exponent, b.exponent), x.constant(EXPONENT_BIAS - 1));
  const exponent = x.sub(exponents, x.narrow(missing));
  const sign = x.and(x.xor(a.head, b.head), x.constant(SIGN_BIT));
  const kept = x.wideOr(x.wideShiftLeft(high, missing), from);
  return rounded(x, slow, { head: x.or(sign, exponent), exponent, kept, extra: x.wideShiftLeft(low, missing) });
}

/** ST(0) = ST(0) op memory. */
export function holdMemoryArithmetic(x: HeldStack, name: string, size: number, integer: boolean): void {
  const quick = quickOperations[name];
  const offset = x.site.offset();
  x.require([0]);
  if (!quick) {
    byRoutine(x, offset, 0, 0);
    return;
  }
  const host = x.site.host(size, false);
  const a = x.read(0);
  const result = x.either(offset, 0, (slow) => {
    const left = registerParts(x, a, slow);
    const right = integer ? integerParts(x, host, size) : realParts(x, host, size, slow);
    return quick(x, slow, left, right);
  });
  x.write(0, result);
  x.finishRounded();
  x.leaveMemoryTrace(offset);
}

/** ST(to) = ST(to) op ST(from), one of them being ST(0); then pops once if asked to. */
export function holdRegisterArithmetic(x: HeldStack, name: string, to: number, from: number, pops: number): void {
  const quick = quickOperations[name];
  x.require([to, from]);
  if (!quick) {
    byRoutine(x, null, to, pops);
    return;
  }
  const [a, b] = [x.read(to), x.read(from)];
  const result = x.either(null, to, (slow) => {
    const left = registerParts(x, a, slow);
    if (to === from && name === 'add') return quickDouble(x, slow, left);
    return quick(x, slow, left, to === from ? left : registerParts(x, b, slow));
  });
  x.isNumber(from);
  x.write(to, result);
  x.pop(pops);
  x.finishRounded();
  x.leaveTrace();
}

function byRoutine(x: HeldStack, offset: Value | null, to: number, pops: number): void {
  x.byRoutine(offset);
  x.forget(to);
  x.pop(pops);
}

/** fsqrt. */
export function holdSquareRoot(x: HeldStack): void {
  x.require([0]);
  byRoutine(x, null, 0, 0);
}

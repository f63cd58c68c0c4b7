/** Products and quotients, as code: what add-multiply.ts and divide-root.ts do in 32-bit digits, on 64-bit words. */

import type { Value, Variable } from '../../emit/function-builder.ts';
import { EXPONENT_BIAS } from '../format.ts';
import type { OperandCode } from './operand-code.ts';
import type { ResultCode } from './rounding-code.ts';
import type { SignificandWriter } from './significand-writer.ts';
import type { UnitCode } from './unit-code.ts';

const DIGIT_BITS = 32;
const DIGIT_MASK = 2 ** 32 - 1;
const SIGNIFICAND_BITS = 64;

export function lowDigit(x: SignificandWriter, a: Value): Value {
  return x.wideAnd(a, x.wideConstant(DIGIT_MASK));
}

export function highDigit(x: SignificandWriter, a: Value): Value {
  return x.wideShiftRight(a, x.wideConstant(DIGIT_BITS));
}

export function upperDigit(x: SignificandWriter, a: Value): Value {
  return x.wideShiftLeft(a, x.wideConstant(DIGIT_BITS));
}

function setNothing(x: UnitCode, { significand, exponent }: ResultCode): void {
  x.code.set(significand, x.wideConstant(0));
  x.code.set(exponent, x.constant(0));
}

/** a × b. */
export function writeProduct(x: UnitCode, result: ResultCode, a: OperandCode, b: OperandCode): void {
  const { code } = x;
  const [left, right] = [code.get(a.significand), code.get(b.significand)];
  code.set(result.sign, x.xor(a.sign, b.sign));
  code.if(
    x.hasTopBit(x.wideAnd(left, right)),
    () => {
      const exponents = x.add(code.get(a.exponent), code.get(b.exponent));
      code.set(result.exponent, x.sub(exponents, x.constant(EXPONENT_BIAS - 1)));
      multiply(x, result, left, right);
    },
    () => setNothing(x, result),
  );
}

/** All 128 bits, the leading one at the top. */
function multiply(x: UnitCode, { significand, exponent, extra }: ResultCode, a: Value, b: Value): void {
  const { code } = x;
  const [lowA, highA, lowB, highB] = [lowDigit(x, a), highDigit(x, a), lowDigit(x, b), highDigit(x, b)];
  const first = x.wideMul(lowA, lowB);
  const second = x.wideMul(lowA, highB);
  const middle = x.wideAdd(x.wideAdd(highDigit(x, first), lowDigit(x, second)), x.wideMul(highA, lowB));
  const low = x.wideOr(upperDigit(x, middle), lowDigit(x, first));
  const carried = x.wideAdd(highDigit(x, second), highDigit(x, middle));
  const high = x.wideAdd(x.wideMul(highA, highB), carried);
  // The leading one is in the last place but one as often as not; a branch would be guessed wrong.
  const missing = x.wideXor(x.wideShiftRight(high, x.wideConstant(SIGNIFICAND_BITS - 1)), x.wideConstant(1));
  const from = x.wideAnd(x.wideShiftRight(low, x.wideConstant(SIGNIFICAND_BITS - 1)), missing);
  code.set(significand, x.wideOr(x.wideShiftLeft(high, missing), from));
  code.set(extra, x.wideShiftLeft(low, missing));
  code.set(exponent, x.sub(code.get(exponent), x.narrow(missing)));
}

/** a ÷ b. Dividing by zero is the service's. */
export function writeQuotient(x: UnitCode, result: ResultCode, a: OperandCode, b: OperandCode): void {
  const { code } = x;
  const [dividend, divisor] = [code.get(a.significand), code.get(b.significand)];
  x.unableIf(x.wideIsZero(divisor));
  code.set(result.sign, x.xor(a.sign, b.sign));
  code.if(
    x.wideNotZero(dividend),
    () => {
      const smaller = x.wideBelow(dividend, divisor);
      const exponents = x.sub(code.get(a.exponent), code.get(b.exponent));
      code.set(result.exponent, x.sub(x.add(exponents, x.constant(EXPONENT_BIAS)), smaller));
      divide(x, result, dividend, divisor, smaller);
    },
    () => setNothing(x, result),
  );
}

/** The 64-bit quotient of dividend × 2^64, or × 2^63 if it is not the smaller one, with what remains as `extra`. */
function divide(x: UnitCode, result: ResultCode, dividend: Value, divisor: Value, smaller: Value): void {
  const { code } = x;
  const half = x.wideShiftRight(dividend, x.wideConstant(1));
  const lastBit = x.wideShiftLeft(x.wideAnd(dividend, x.wideConstant(1)), x.wideConstant(DIGIT_BITS - 1));
  const remainder = code.variable('i64');
  code.set(remainder, x.select(smaller, dividend, half));
  const first = nextDigit(x, remainder, x.select(smaller, x.wideConstant(0), lastBit), divisor);
  const second = nextDigit(x, remainder, x.wideConstant(0), divisor);
  code.set(result.significand, x.wideOr(upperDigit(x, first), second));
  // A quotient that long never ends in exactly half a unit: an odd number of 65 bits would have to divide the dividend.
  const left = code.get(remainder);
  const beyondHalf = x.wideBelow(left, x.wideSub(divisor, left));
  const above = x.select(beyondHalf, x.wideConstant(0), x.topBit());
  code.set(result.extra, x.wideOr(above, x.wide(x.wideNotZero(left))));
}

/** One digit of remainder:next ÷ divisor, for a remainder below the divisor, which has its top bit set; leaves what
 *  remains then. The guess comes from the divisor's upper digit alone and is at most two too large (Knuth, 4.3.1 D). */
function nextDigit(x: UnitCode, remainder: Variable, next: Value, divisor: Value): Value {
  const { code } = x;
  const [upper, lower] = [highDigit(x, divisor), lowDigit(x, divisor)];
  const from = code.get(remainder);
  const digit = code.variable('i64');
  const rest = code.variable('i64');
  const guess = x.wideDivide(from, upper);
  code.set(digit, guess);
  code.set(rest, x.wideSub(from, x.wideMul(guess, upper)));
  const isTooLarge = () => {
    const now = code.get(digit);
    const within = x.wideOr(upperDigit(x, code.get(rest)), next);
    return x.or(x.wideNotZero(highDigit(x, now)), x.wideAbove(x.wideMul(now, lower), within));
  };
  const takeOne = () => code.set(digit, x.wideSub(code.get(digit), x.wideConstant(1)));
  code.if(isTooLarge(), () => {
    takeOne();
    code.set(rest, x.wideAdd(code.get(rest), upper));
    code.if(x.wideIsZero(highDigit(x, code.get(rest))), () => code.if(isTooLarge(), takeOne));
  });
  const found = code.get(digit);
  code.set(remainder, x.wideSub(x.wideOr(upperDigit(x, from), next), x.wideMul(found, divisor)));
  return found;
}

/** The square root, as code: divide-root.ts on 64-bit words. */

import type { Value } from '../../emit/function-builder.ts';
import { EXPONENT_BIAS } from '../format.ts';
import type { OperandCode } from './operand-code.ts';
import type { ResultCode } from './rounding-code.ts';
import type { UnitCode } from './unit-code.ts';

const DIGIT_BITS = 32;
const LARGEST_DIGIT = 2 ** 32 - 1;

/** √a. Of a negative number only the zero is ours. The radicand is a's significand × 2^63 or 2^64, so that the exponent halves. */
export function writeRoot(x: UnitCode, result: ResultCode, a: OperandCode): void {
  const { code } = x;
  const significand = code.get(a.significand);
  code.set(result.sign, a.sign);
  code.if(
    x.wideIsZero(significand),
    () => {
      code.set(result.significand, x.wideConstant(0));
      code.set(result.exponent, x.constant(0));
    },
    () => {
      x.unableIf(a.sign);
      const exponent = code.get(a.exponent);
      const odd = x.and(exponent, x.constant(1));
      const doubled = x.add(x.add(exponent, x.constant(EXPONENT_BIAS - 1)), odd);
      code.set(result.exponent, x.shiftRight(doubled, x.constant(1)));
      extractRoot(
        x,
        result,
        x.wideShiftRight(significand, x.wide(odd)),
        x.wideShiftLeft(significand, x.wideConstant(63)),
        odd,
      );
    },
  );
}

/** The first digit from a double's root, put right by at most one; the second by division, which may be one too large. */
function extractRoot(x: UnitCode, result: ResultCode, high: Value, lowIfOdd: Value, odd: Value): void {
  const first = firstDigit(x, high);
  const rest = x.wideSub(high, x.wideMul(first, first));
  // Of the radicand's lower half at most the top bit is set.
  const low = x.select(odd, lowIfOdd, x.wideConstant(0));
  const dividend = x.wideOr(
    x.wideShiftLeft(rest, x.wideConstant(DIGIT_BITS - 1)),
    x.wideShiftRight(low, x.wideConstant(DIGIT_BITS + 1)),
  );
  const second = x.wideSmaller(x.wideDivide(dividend, first), x.wideConstant(LARGEST_DIGIT));
  const left = x.wideSub(dividend, x.wideMul(second, first));
  const root = x.wideOr(x.wideShiftLeft(first, x.wideConstant(DIGIT_BITS)), second);
  settleRoot(x, result, root, left, x.wideMul(second, second));
}

function firstDigit(x: UnitCode, high: Value): Value {
  const { code } = x;
  const digit = code.variable('i64');
  const guess = x.wideSmaller(x.rootEstimate(high), x.wideConstant(LARGEST_DIGIT));
  code.set(digit, guess);
  const rest = x.wideSub(high, x.wideMul(guess, guess));
  code.if(x.hasTopBit(rest), () => code.set(digit, x.wideSub(guess, x.wideConstant(1))));
  const twice = x.wideShiftLeft(guess, x.wideConstant(1));
  code.if(x.wideBelowSigned(twice, rest), () => code.set(digit, x.wideAdd(guess, x.wideConstant(1))));
  return code.get(digit);
}

/** The remainder is left × 2^33 - square, in two words. It exceeds the root exactly when the true root lies beyond half a unit. */
function settleRoot(x: UnitCode, result: ResultCode, root: Value, left: Value, square: Value): void {
  const { code } = x;
  const high = code.variable('i64');
  const low = code.variable('i64');
  const shifted = x.wideShiftLeft(left, x.wideConstant(DIGIT_BITS + 1));
  code.set(low, x.wideSub(shifted, square));
  const borrowed = x.wide(x.wideBelow(shifted, square));
  code.set(high, x.wideSub(x.wideShiftRight(left, x.wideConstant(DIGIT_BITS - 1)), borrowed));
  code.set(result.significand, root);
  code.if(x.hasTopBit(code.get(high)), () => {
    const less = x.wideSub(root, x.wideConstant(1));
    code.set(result.significand, less);
    // The remainder grows by 2 × root - 1, which is less × 2 + 1.
    const before = code.get(low);
    const twice = x.wideOr(x.wideShiftLeft(less, x.wideConstant(1)), x.wideConstant(1));
    const after = x.wideAdd(before, twice);
    code.set(low, after);
    const carries = x.wide(x.wideBelow(after, before));
    code.set(high, x.wideAdd(x.wideAdd(code.get(high), x.wideShiftRight(less, x.wideConstant(63))), carries));
  });
  const beyondHalf = x.or(x.wideNotZero(code.get(high)), x.wideAbove(code.get(low), code.get(result.significand)));
  const some = x.wideNotZero(x.wideOr(code.get(high), code.get(low)));
  code.set(result.extra, x.wideOr(x.select(beyondHalf, x.topBit(), x.wideConstant(0)), x.wide(some)));
}

/** Sums, as code: add-multiply.ts on 64-bit words, with all that is shifted out kept in 64 more. */

import type { Value, Variable } from '../../emit/function-builder.ts';
import { type OperandCode, SIGN_BIT } from './operand-code.ts';
import { type ResultCode, signOfNothing } from './rounding-code.ts';
import type { UnitCode } from './unit-code.ts';

const SIGNIFICAND_BITS = 64;

/** The larger operand's significand, and the smaller one's in the larger one's units with the rest in `extra`. */
interface Aligned {
  readonly big: Value;
  readonly small: Variable;
}

/** a + b; a - b when `negate` says so. */
export function writeSum(x: UnitCode, result: ResultCode, a: OperandCode, b: OperandCode, negate: boolean): void {
  const { code } = x;
  liftZeros(x, a, b);
  const sign = negate ? x.xor(b.sign, x.constant(SIGN_BIT)) : b.sign;
  const distance = x.sub(code.get(a.exponent), code.get(b.exponent));
  const swapped = x.lessSigned(distance, x.constant(0));
  const aligned = align(x, result, a, b, distance, swapped);
  code.set(result.sign, x.select(swapped, sign, a.sign));
  const differ = x.notEqual(a.sign, sign);
  combine(x, result, aligned, differ);
  code.if(
    x.wideNotZero(code.get(result.significand)),
    () => normalize(x, result),
    () => normalizeRest(x, result, differ),
  );
}

/** A zero takes the other operand's exponent, and then is a number like any other. */
function liftZeros(x: UnitCode, a: OperandCode, b: OperandCode): void {
  const { code } = x;
  const both = x.wideAnd(code.get(a.significand), code.get(b.significand));
  code.if(x.isZero(x.hasTopBit(both)), () => {
    code.if(
      x.wideIsZero(code.get(a.significand)),
      () => code.set(a.exponent, code.get(b.exponent)),
      () => code.set(b.exponent, code.get(a.exponent)),
    );
  });
}

function align(
  x: UnitCode,
  { exponent, extra }: ResultCode,
  a: OperandCode,
  b: OperandCode,
  distance: Value,
  swapped: Value,
): Aligned {
  const { code } = x;
  const [significandA, significandB] = [code.get(a.significand), code.get(b.significand)];
  const big = x.select(swapped, significandB, significandA);
  const small = code.variable('i64');
  const whole = x.select(swapped, significandA, significandB);
  code.set(exponent, x.select(swapped, code.get(b.exponent), code.get(a.exponent)));
  code.set(small, whole);
  code.set(extra, x.wideConstant(0));
  const count = x.select(swapped, x.sub(x.constant(0), distance), distance);
  code.if(count, () => {
    code.if(
      x.below(count, x.constant(SIGNIFICAND_BITS)),
      () => {
        code.set(extra, x.wideShiftLeft(whole, x.wide(x.sub(x.constant(SIGNIFICAND_BITS), count))));
        code.set(small, x.wideShiftRight(whole, x.wide(count)));
      },
      () => {
        code.set(extra, shiftedFar(x, whole, x.sub(count, x.constant(SIGNIFICAND_BITS))));
        code.set(small, x.wideConstant(0));
      },
    );
  });
  return { big, small };
}

/** A nonzero significand, `count` places below `extra`'s first: what falls off the end is a one in the last place. */
function shiftedFar(x: UnitCode, whole: Value, count: Value): Value {
  const kept = x.wideShiftRight(whole, x.wide(count));
  const lost = x.wideNotZero(x.wideXor(x.wideShiftLeft(kept, x.wide(count)), whole));
  const within = x.wideOr(kept, x.wide(lost));
  return x.select(x.below(count, x.constant(SIGNIFICAND_BITS)), within, x.wideConstant(1));
}

/** The sum or, where `differ` is 1, the difference of the magnitudes. Signs and carries of real programs are as good as
 *  random: a branch on them would be guessed wrong every other time, so both are computed with masks. */
function combine(x: UnitCode, result: ResultCode, { big, small }: Aligned, differ: Value): void {
  const { code } = x;
  const { significand, exponent, extra, sign } = result;
  const mask = x.wideNegate(x.wide(differ));
  const signed = (magnitude: Value) => x.wideSub(x.wideXor(magnitude, mask), mask);
  const take = code.get(small);
  const rest = code.get(extra);
  const borrow = x.wide(x.and(x.wideNotZero(rest), differ));
  const sum = x.wideSub(x.wideAdd(big, signed(take)), borrow);
  const turned = signed(rest);
  const carry = x.and(x.wideBelow(sum, big), x.isZero(differ));
  const wideCarry = x.wide(carry);
  const intoTop = x.wideShiftLeft(wideCarry, x.wideConstant(SIGNIFICAND_BITS - 1));
  const fromLast = x.wideShiftLeft(x.wideAnd(sum, wideCarry), x.wideConstant(SIGNIFICAND_BITS - 1));
  code.set(significand, x.wideOr(x.wideShiftRight(sum, wideCarry), intoTop));
  // No bit is lost: there is a carry only over less than 64 places, and then the rest ends in a zero.
  code.set(extra, x.wideOr(x.wideShiftRight(turned, wideCarry), fromLast));
  code.set(exponent, x.add(code.get(exponent), carry));
  // Only equal exponents can turn the sign: anything else was shifted out of the way, and then there is no rest.
  code.if(x.and(differ, x.wideBelow(big, take)), () => {
    code.set(significand, x.wideSub(take, big));
    code.set(sign, x.xor(code.get(sign), x.constant(SIGN_BIT)));
  });
}

/** Puts the leading one in its place, by no places at all if it is there. */
function normalize(x: UnitCode, { significand, exponent, extra }: ResultCode): void {
  const { code } = x;
  const whole = code.get(significand);
  const rest = code.get(extra);
  const zeros = x.wideLeadingZeros(whole);
  const halved = x.wideShiftRight(rest, x.wideConstant(1));
  const from = x.wideShiftRight(halved, x.wideSub(x.wideConstant(SIGNIFICAND_BITS - 1), zeros));
  code.set(significand, x.wideOr(x.wideShiftLeft(whole, zeros), from));
  code.set(extra, x.wideShiftLeft(rest, zeros));
  code.set(exponent, x.sub(code.get(exponent), x.narrow(zeros)));
}

/** Neighbours one exponent apart may leave half a unit, which is the first bit of the rest; or there is nothing at all. */
function normalizeRest(x: UnitCode, { significand, exponent, extra, sign }: ResultCode, differ: Value): void {
  const { code } = x;
  const rest = code.get(extra);
  code.set(significand, rest);
  code.set(extra, x.wideConstant(0));
  code.set(exponent, x.sub(code.get(exponent), x.constant(SIGNIFICAND_BITS)));
  code.if(x.wideIsZero(rest), () => {
    code.set(exponent, x.constant(0));
    code.set(sign, x.select(differ, signOfNothing(x), code.get(sign)));
  });
}

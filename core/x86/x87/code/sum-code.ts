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
  const swapped = x.belowSigned(distance, x.constant(0));
  const aligned = align(x, result, a, b, distance, swapped);
  code.set(result.sign, x.select(swapped, sign, a.sign));
  code.if(
    x.equal(a.sign, sign),
    () => addMagnitudes(x, result, aligned),
    () => subtractMagnitudes(x, result, aligned),
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

function addMagnitudes(x: UnitCode, { significand, exponent, extra }: ResultCode, { big, small }: Aligned): void {
  const { code } = x;
  const sum = x.wideAdd(big, code.get(small));
  code.set(significand, sum);
  code.if(x.wideBelow(sum, big), () => {
    const rest = code.get(extra);
    const last = x.wideAnd(rest, x.wideConstant(1));
    const from = x.wideShiftLeft(sum, x.wideConstant(SIGNIFICAND_BITS - 1));
    code.set(extra, x.wideOr(x.wideOr(x.wideShiftRight(rest, x.wideConstant(1)), last), from));
    code.set(significand, x.wideOr(x.wideShiftRight(sum, x.wideConstant(1)), x.topBit()));
    code.set(exponent, x.add(code.get(exponent), x.constant(1)));
  });
}

function subtractMagnitudes(x: UnitCode, result: ResultCode, { big, small }: Aligned): void {
  const { code } = x;
  const { significand, extra, sign } = result;
  const take = code.get(small);
  const rest = code.get(extra);
  code.set(significand, x.wideSub(x.wideSub(big, take), x.wide(x.wideNotZero(rest))));
  code.set(extra, x.wideNegate(rest));
  // Only equal exponents can turn the sign: anything else was shifted out of the way, and then there is no rest.
  code.if(x.wideBelow(big, take), () => {
    code.set(significand, x.wideSub(take, big));
    code.set(sign, x.xor(code.get(sign), x.constant(SIGN_BIT)));
  });
  code.if(x.isZero(x.hasTopBit(code.get(significand))), () => normalize(x, result));
}

/** Puts the leading one in its place, if there is any. */
function normalize(x: UnitCode, { significand, exponent, extra, sign }: ResultCode): void {
  const { code } = x;
  const whole = code.get(significand);
  code.if(
    x.wideNotZero(whole),
    () => {
      const zeros = x.wideLeadingZeros(whole);
      const rest = code.get(extra);
      const from = x.wideShiftRight(rest, x.wideSub(x.wideConstant(SIGNIFICAND_BITS), zeros));
      code.set(significand, x.wideOr(x.wideShiftLeft(whole, zeros), from));
      code.set(extra, x.wideShiftLeft(rest, zeros));
      code.set(exponent, x.sub(code.get(exponent), x.narrow(zeros)));
    },
    () => {
      // Neighbours one exponent apart may leave half a unit, which is the first bit of the rest; or there is nothing.
      code.set(significand, code.get(extra));
      code.set(exponent, x.sub(code.get(exponent), x.constant(SIGNIFICAND_BITS)));
      code.if(x.wideIsZero(code.get(extra)), () => {
        code.set(exponent, x.constant(0));
        code.set(sign, signOfNothing(x));
      });
      code.set(extra, x.wideConstant(0));
    },
  );
}

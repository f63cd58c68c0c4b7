/**
 * Numbers on their way into an operation, as code: sign, exponent and significand, apart.  Only normal numbers and
 * zeros get this far (a zero is the one with significand 0, and its exponent is 0, too); denormals, infinities, NaNs
 * and what means nothing at all are the service's.
 */

import type { Value, Variable } from '../../emit/function-builder.ts';
import { wasm } from '../../emit/wasm-opcodes.ts';
import { EXPONENT_BIAS, EXPONENT_SPECIAL } from '../format.ts';
import type { UnitCode } from './unit-code.ts';

export interface OperandCode {
  /** In place for a register's head: SIGN_BIT or 0. */
  readonly sign: Value;
  readonly exponent: Variable;
  readonly significand: Variable;
}

export const SIGN_BIT = 0x8000;

/** The exponents of normal numbers are 1 and this many after it. */
export const NORMAL_EXPONENTS = EXPONENT_SPECIAL - 1;

/** How a format narrower than the registers' is laid out. */
export interface NarrowFormat {
  readonly fractionBits: number;
  readonly special: number;
  readonly bias: number;
}
export const single: NarrowFormat = { fractionBits: 23, special: 0xff, bias: 127 };
export const double: NarrowFormat = { fractionBits: 52, special: 0x7ff, bias: 1023 };

const SIGNIFICAND_BITS = 64;

/** The register at a physical number. */
export function registerOperand(x: UnitCode, slot: Value): OperandCode {
  const { code } = x;
  const head = x.loadHead(slot);
  const loaded = x.loadSignificand(slot);
  const exponent = code.variable();
  const significand = code.variable('i64');
  code.set(exponent, x.and(head, x.constant(EXPONENT_SPECIAL)));
  code.set(significand, loaded);
  const unlikeNormal = x.or(
    x.isZero(x.hasTopBit(loaded)),
    x.atLeast(x.sub(code.get(exponent), x.constant(1)), x.constant(NORMAL_EXPONENTS)),
  );
  code.if(unlikeNormal, () => x.unableIf(x.or(x.wideNotZero(loaded), code.get(exponent))));
  return { sign: x.and(head, x.constant(SIGN_BIT)), exponent, significand };
}

/** A single (4 bytes) or double (8) at an address in the memory object. */
export function realOperand(x: UnitCode, host: Value, size: number): OperandCode {
  return size === 4
    ? narrowOperand(x, x.wide(x.code.load(wasm.i32Load, host, 0)), single)
    : narrowOperand(x, x.code.load(wasm.i64Load, host, 0), double);
}

function narrowOperand(x: UnitCode, bits: Value, format: NarrowFormat): OperandCode {
  const { code } = x;
  const exponent = code.variable();
  const significand = code.variable('i64');
  const upper = x.narrow(x.wideShiftRight(bits, x.wideConstant(format.fractionBits)));
  const field = x.and(upper, x.constant(format.special));
  const fraction = x.wideShiftLeft(bits, x.wideConstant(SIGNIFICAND_BITS - 1 - format.fractionBits));
  code.set(exponent, x.add(field, x.constant(EXPONENT_BIAS - format.bias)));
  code.set(significand, x.wideOr(fraction, x.topBit()));
  code.if(x.atLeast(x.sub(field, x.constant(1)), x.constant(format.special - 1)), () => {
    const doubled = x.wideShiftLeft(fraction, x.wideConstant(1));
    x.unableIf(x.or(field, x.wideNotZero(doubled)));
    code.set(exponent, x.constant(0));
    code.set(significand, x.wideConstant(0));
  });
  const signShift = Math.log2(SIGN_BIT) - Math.log2(format.special + 1);
  return { sign: x.and(x.shiftLeft(upper, x.constant(signShift)), x.constant(SIGN_BIT)), exponent, significand };
}

/** A signed integer of 2, 4 or 8 bytes. */
export function integerOperand(x: UnitCode, host: Value, size: number): OperandCode {
  const { code } = x;
  const value = loadInteger(x, host, size);
  const sign = x.wideShiftRightSigned(value, x.wideConstant(SIGNIFICAND_BITS - 1));
  const exponent = code.variable();
  const significand = code.variable('i64');
  const magnitude = x.wideSub(x.wideXor(value, sign), sign);
  const zeros = x.wideLeadingZeros(magnitude);
  const leading = EXPONENT_BIAS + SIGNIFICAND_BITS - 1;
  code.set(significand, x.wideShiftLeft(magnitude, zeros));
  code.set(exponent, x.select(x.wideIsZero(value), x.constant(0), x.sub(x.constant(leading), x.narrow(zeros))));
  return { sign: x.and(x.narrow(sign), x.constant(SIGN_BIT)), exponent, significand };
}

function loadInteger(x: UnitCode, host: Value, size: number): Value {
  if (size === 8) return x.code.load(wasm.i64Load, host, 0);
  return x.wideSigned(x.code.load(size === 2 ? wasm.i32Load16S : wasm.i32Load, host, 0));
}

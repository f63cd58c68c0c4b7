/** Numbers on their way into an operation inside a region: as operand-code.ts, but as values, and zeros are numbers too. */

import type { Scope, Value } from '../../emit/function-builder.ts';
import { wasm } from '../../emit/wasm-opcodes.ts';
import { EXPONENT_BIAS, EXPONENT_SPECIAL } from '../format.ts';
import type { HeldStack } from './held-stack.ts';
import { type Held, variablesOf } from './insight.ts';
import { double, type NarrowFormat, NORMAL_EXPONENTS, SIGN_BIT, single } from './operand-code.ts';

const SIGNIFICAND_BITS = 64;
/** Addresses of operands are one less than they are. */
const BEHIND = 1;

/** All that may be wanted of a number; what is not is not written. */
export interface Parts {
  readonly head: Value;
  /** SIGN_BIT or 0. */
  readonly sign: Value;
  readonly exponent: Value;
  readonly significand: Value;
}

export function partsOf(x: HeldStack, { significand, head }: Held): Parts {
  const sign = x.and(head, x.constant(SIGN_BIT));
  return { head, sign, exponent: x.and(head, x.constant(EXPONENT_SPECIAL)), significand };
}

/** Not a normal number, for one of two reasons.  Two branches that are never taken cost less than one on both. */
function unlikeNormal(x: HeldStack, { significand, exponent }: Parts): readonly [Value, Value] {
  return [x.isZero(x.hasTopBit(significand)), x.atLeast(x.sub(exponent, x.constant(1)), x.constant(NORMAL_EXPONENTS))];
}

/** A register's content, if it is a normal number or a zero; all others go to `slow`. */
export function registerParts(x: HeldStack, held: Held, slow: Scope): Parts {
  const { code } = x;
  const parts = partsOf(x, held);
  if (held.isNumber) return parts;
  for (const unlike of unlikeNormal(x, parts)) {
    code.if(unlike, () => code.branchIf(x.or(x.wideNotZero(parts.significand), parts.exponent), slow));
  }
  return parts;
}

interface Narrow extends Parts {
  /** The exponent as it was written, and all bits of the fraction at the top but one. */
  readonly field: Value;
  readonly fraction: Value;
  readonly format: NarrowFormat;
}

function loadNarrow(x: HeldStack, host: Value, size: number): Narrow {
  const { code } = x;
  const format = size === 4 ? single : double;
  const wide = size === 4 ? null : code.load(wasm.i64Load, host, BEHIND);
  const bits = wide ?? x.wide(code.load(wasm.i32Load, host, BEHIND));
  const upper = x.narrow(x.wideShiftRight(bits, x.wideConstant(format.fractionBits)));
  const field = x.and(upper, x.constant(format.special));
  const fraction = x.wideShiftLeft(bits, x.wideConstant(SIGNIFICAND_BITS - 1 - format.fractionBits));
  const signShift = Math.log2(SIGN_BIT) - Math.log2(format.special + 1);
  const sign = x.and(x.shiftLeft(upper, x.constant(signShift)), x.constant(SIGN_BIT));
  const exponent = x.add(field, x.constant(EXPONENT_BIAS - format.bias));
  const significand = x.wideOr(fraction, x.topBit());
  return { head: x.or(sign, exponent), sign, exponent, significand, field, fraction, format };
}

const isUnusual = (x: HeldStack, { field, format }: Narrow) =>
  x.atLeast(x.sub(field, x.constant(1)), x.constant(format.special - 1));

/** A normal single or double in memory; all others go to `slow`. */
export function realParts(x: HeldStack, host: Value, size: number, slow: Scope): Parts {
  const narrow = loadNarrow(x, host, size);
  x.code.branchIf(isUnusual(x, narrow), slow);
  return narrow;
}

/** A normal single or double in memory, or a zero, as a register holds it. */
export function realHeld(x: HeldStack, host: Value, size: number): Held {
  const { code } = x;
  const { significand, head } = variablesOf(code);
  const narrow = loadNarrow(x, host, size);
  const { sign, field, fraction } = narrow;
  code.set(significand, narrow.significand);
  code.set(head, narrow.head);
  code.if(isUnusual(x, narrow), () => {
    x.unableIf(x.or(field, x.wideNotZero(x.wideShiftLeft(fraction, x.wideConstant(1)))));
    code.set(significand, x.wideConstant(0));
    code.set(head, sign);
  });
  return { significand: code.get(significand), head: code.get(head), isNumber: true };
}

/** A signed integer of 2, 4 or 8 bytes. */
export function integerParts(x: HeldStack, host: Value, size: number): Parts {
  const { code } = x;
  const value =
    size === 8
      ? code.load(wasm.i64Load, host, BEHIND)
      : x.wideSigned(code.load(size === 2 ? wasm.i32Load16S : wasm.i32Load, host, BEHIND));
  const sign = x.wideShiftRightSigned(value, x.wideConstant(SIGNIFICAND_BITS - 1));
  const magnitude = x.wideSub(x.wideXor(value, sign), sign);
  const zeros = x.wideLeadingZeros(magnitude);
  const leading = EXPONENT_BIAS + SIGNIFICAND_BITS - 1;
  const signBit = x.and(x.narrow(sign), x.constant(SIGN_BIT));
  const exponent = x.select(x.wideIsZero(value), x.constant(0), x.sub(x.constant(leading), x.narrow(zeros)));
  return { head: x.or(signBit, exponent), sign: signBit, exponent, significand: x.wideShiftLeft(magnitude, zeros) };
}

/** Loads, stores and exchanges, as code (transfers.ts). */

import type { Value } from '../../emit/function-builder.ts';
import { wasm } from '../../emit/wasm-opcodes.ts';
import { EXPONENT_BIAS } from '../format.ts';
import {
  double,
  integerOperand,
  type NarrowFormat,
  type OperandCode,
  realOperand,
  registerOperand,
  SIGN_BIT,
  single,
} from './operand-code.ts';
import { growth, roundingOf, unableIfHeard } from './rounding-code.ts';
import type { UnitCode } from './unit-code.ts';

const SIGNIFICAND_BITS = 64;
const EXTENDED_BYTES = 10;
const HEAD_OFFSET = 8;

/** Where the next push goes. */
function newTop(x: UnitCode): Value {
  return x.slot(x.constant(-1));
}

function finishPush(x: UnitCode, slot: Value, significand: Value, head: Value): void {
  x.storeSignificand(slot, significand);
  x.storeHead(slot, head);
  x.finishPushing(x.withC1(x.status, null), slot);
}

/** fld m32, m64 and m80, fild. An extended real is taken as it is, whatever it means. */
export function writeLoad(x: UnitCode, size: number, integer: boolean): void {
  const { code } = x;
  const slot = newTop(x);
  x.requireReady([], slot);
  const offset = x.site.offset();
  const host = x.locate(offset, size, false);
  if (size === EXTENDED_BYTES) {
    const significand = code.load(wasm.i64Load, host, 0);
    finishPush(x, slot, significand, code.load(wasm.i32Load16U, host, HEAD_OFFSET));
  } else {
    const real = integer ? integerOperand(x, host, size) : realOperand(x, host, size);
    finishPush(x, slot, code.get(real.significand), x.or(real.sign, code.get(real.exponent)));
  }
  x.leaveMemoryTrace(offset);
}

/** fld st(i). */
export function writeDuplicate(x: UnitCode, from: Value): void {
  const slot = newTop(x);
  x.requireReady([from], slot);
  const significand = x.loadSignificand(from);
  finishPush(x, slot, significand, x.loadHead(from));
  x.leaveTrace();
}

/** A constant whose significand is `high` and `low` words, one unit larger where `below`, the 32 bits behind, round up. */
export function writeConstant(x: UnitCode, parts: readonly [number, number, number, number]): void {
  const [exponent, high, low, below] = parts;
  const slot = newTop(x);
  x.requireReady([], slot);
  const word = (value: number) => x.wide(x.constant(value));
  const significand = x.wideOr(x.wideShiftLeft(word(high), x.wideConstant(32)), word(low));
  const rest = x.wideShiftLeft(word(below), x.wideConstant(32));
  const odd = x.wideConstant(low & 1);
  const rounding = roundingOf(x, x.state('fpuControl'));
  const grown = x.wideAdd(significand, x.wide(growth(x, rounding, rest, odd, x.constant(0))));
  finishPush(x, slot, below === 0 ? significand : grown, x.constant(exponent));
  x.leaveTrace();
}

/** fst st(i) and fstp st(i): `to` is a physical number. */
export function writeCopy(x: UnitCode, to: Value, pops: boolean): void {
  x.requireReady([x.top]);
  const significand = x.loadSignificand(x.top);
  const head = x.loadHead(x.top);
  x.storeSignificand(to, significand);
  x.storeHead(to, head);
  const word = x.withC1(x.status, null);
  x.finishCopying(word, to, pops);
  x.leaveTrace();
}

/** fxch: both registers by physical number. */
export function writeExchange(x: UnitCode, other: Value): void {
  x.requireReady([x.top, other]);
  const [significandA, headA] = [x.loadSignificand(x.top), x.loadHead(x.top)];
  const [significandB, headB] = [x.loadSignificand(other), x.loadHead(other)];
  x.storeSignificand(x.top, significandB);
  x.storeHead(x.top, headB);
  x.storeSignificand(other, significandA);
  x.storeHead(other, headA);
  x.finishPopping(x.withC1(x.status, null), 0);
  x.leaveTrace();
}

/** What a store writes, and how it was rounded. */
interface Stored {
  /** The bits: an i64 for 8 bytes, else an i32. */
  readonly bits: Value;
  readonly inexact: Value;
  readonly roundedUp: Value;
}

/** fst and fstp m32 and m64, fist and fistp. */
export function writeStore(x: UnitCode, size: number, integer: boolean, pops: boolean): void {
  const { code } = x;
  x.requireReady([x.top]);
  const offset = x.site.offset();
  const host = x.locate(offset, size, true);
  const from = registerOperand(x, x.top);
  const controlWord = x.state('fpuControl');
  const stored = integer ? toInteger(x, from, size, controlWord) : toNarrow(x, from, size, controlWord);
  unableIfHeard(x, controlWord, stored.inexact);
  if (size === 8) code.store(wasm.i64Store, host, stored.bits, 0);
  else code.store(size === 2 ? wasm.i32Store16 : wasm.i32Store, host, x.narrow(stored.bits), 0);
  const word = x.withPrecision(x.withC1(x.status, stored.roundedUp), stored.inexact);
  x.finishPopping(word, pops ? 1 : 0);
  x.leaveMemoryTrace(offset);
}

/** fstp m80. */
export function writeStoreExtended(x: UnitCode): void {
  const { code } = x;
  x.requireReady([x.top]);
  const offset = x.site.offset();
  const host = x.locate(offset, EXTENDED_BYTES, true);
  const significand = x.loadSignificand(x.top);
  const head = x.loadHead(x.top);
  code.store(wasm.i64Store, host, significand, 0);
  code.store(wasm.i32Store16, host, head, HEAD_OFFSET);
  x.finishPopping(x.withC1(x.status, null), 1);
  x.leaveMemoryTrace(offset);
}

/** A single or double. A fraction that rounds up to the next power of two carries into the exponent, as it should. */
function toNarrow(x: UnitCode, from: OperandCode, size: number, controlWord: Value): Stored {
  const { code } = x;
  const format: NarrowFormat = size === 4 ? single : double;
  const significand = code.get(from.significand);
  const dropped = SIGNIFICAND_BITS - 1 - format.fractionBits;
  const kept = x.wideShiftRight(significand, x.wideConstant(dropped));
  const rest = x.wideShiftLeft(significand, x.wideConstant(SIGNIFICAND_BITS - dropped));
  const grows = growth(x, roundingOf(x, controlWord), rest, x.wideAnd(kept, x.wideConstant(1)), from.sign);
  const magnitude = code.variable('i64');
  code.set(magnitude, x.wideConstant(0));
  code.if(x.wideNotZero(significand), () => {
    // One less than the exponent field: the significand's leading one is added to it.
    const field = x.sub(code.get(from.exponent), x.constant(EXPONENT_BIAS - format.bias + 1));
    const shifted = x.wideShiftLeft(x.wide(field), x.wideConstant(format.fractionBits));
    const whole = x.wideAdd(x.wideAdd(shifted, kept), x.wide(grows));
    code.set(magnitude, whole);
    const limit = x.wideShiftLeft(x.wideConstant(format.special), x.wideConstant(format.fractionBits));
    const outside = x.atLeast(field, x.constant(format.special - 1));
    x.unableIf(x.or(outside, x.isZero(x.wideBelow(whole, limit))));
  });
  const sign = x.wideShiftLeft(x.wide(from.sign), x.wideConstant(size * 8 - 1 - Math.log2(SIGN_BIT)));
  return { bits: x.wideOr(code.get(magnitude), sign), inexact: x.wideNotZero(rest), roundedUp: grows };
}

/** An integer, as the rounding control says. */
function toInteger(x: UnitCode, from: OperandCode, size: number, controlWord: Value): Stored {
  const { code } = x;
  const rounding = roundingOf(x, controlWord);
  const significand = code.get(from.significand);
  const count = x.sub(x.constant(EXPONENT_BIAS + SIGNIFICAND_BITS - 1), code.get(from.exponent));
  const whole = code.variable('i64');
  const rest = code.variable('i64');
  const wide = x.wide(count);
  x.unableIf(x.lessSigned(count, x.constant(1)));
  code.set(whole, x.wideShiftRight(significand, wide));
  code.set(rest, x.wideShiftLeft(significand, x.wideSub(x.wideConstant(SIGNIFICAND_BITS), wide)));
  code.if(x.atLeast(count, x.constant(SIGNIFICAND_BITS)), () => {
    const far = x.wide(x.wideNotZero(significand));
    code.set(rest, x.select(x.equal(count, x.constant(SIGNIFICAND_BITS)), significand, far));
    code.set(whole, x.wideConstant(0));
  });
  const odd = x.wideAnd(code.get(whole), x.wideConstant(1));
  const grows = growth(x, rounding, code.get(rest), odd, from.sign);
  const magnitude = x.wideAdd(code.get(whole), x.wide(grows));
  x.unableIf(x.wideNotZero(x.wideShiftRight(magnitude, x.wideConstant(size * 8 - 1))));
  const mask = x.wideNegate(x.wideShiftRight(x.wide(from.sign), x.wideConstant(Math.log2(SIGN_BIT))));
  const bits = x.wideSub(x.wideXor(magnitude, mask), mask);
  return { bits, inexact: x.wideNotZero(code.get(rest)), roundedUp: grows };
}

/** Loads, stores, exchanges and comparisons inside a region (transfer-code.ts, comparison-code.ts). */

import type { Scope, Value } from '../../emit/function-builder.ts';
import { wasm } from '../../emit/wasm-opcodes.ts';
import { comparison } from '../compare.ts';
import { EXPONENT_BIAS } from '../format.ts';
import { CONDITION_CODES } from '../words.ts';
import { integerParts, type Parts, partsOf, realHeld, registerParts } from './held-operands.ts';
import type { HeldStack } from './held-stack.ts';
import type { Held } from './insight.ts';
import { double, SIGN_BIT, single } from './operand-code.ts';

const EXTENDED_BYTES = 10;
const HEAD_OFFSET = 8;
/** Addresses of operands are one less than they are. */
const BEHIND = 1;
const SIGN_SHIFT = 15;
const SIGNIFICAND_BITS = 64;

/** fld m32, m64 and m80, fild. An extended real is taken as it is, whatever it means. */
export function holdLoad(x: HeldStack, size: number, integer: boolean): void {
  const { site } = x;
  const offset = site.offset();
  x.require([], true);
  const host = site.host(size, false);
  x.push(heldAt(x, host, size, integer));
  x.finishPlain();
  x.leaveMemoryTrace(offset);
}

function heldAt(x: HeldStack, host: Value, size: number, integer: boolean): Held {
  const { code } = x;
  if (integer) return { ...integerParts(x, host, size), isNumber: true };
  if (size !== EXTENDED_BYTES) return realHeld(x, host, size);
  const significand = code.load(wasm.i64Load, host, BEHIND);
  return { significand, head: code.load(wasm.i32Load16U, host, BEHIND + HEAD_OFFSET), isNumber: false };
}

/** fld st(i). */
export function holdDuplicate(x: HeldStack, from: number): void {
  x.require([from], true);
  x.push(x.read(from));
  x.finishPlain();
  x.leaveTrace();
}

/** fldz and fld1, which are exact. */
export function holdConstant(x: HeldStack, exponent: number): void {
  x.require([], true);
  const significand = exponent === 0 ? x.wideConstant(0) : x.topBit();
  x.push({ significand, head: x.constant(exponent), isNumber: true });
  x.finishPlain();
  x.leaveTrace();
}

/** fst st(i) and fstp st(i). */
export function holdCopy(x: HeldStack, to: number, pops: boolean): void {
  x.require([0]);
  if (to !== 0) {
    x.write(to, x.read(0));
    x.use(to);
  }
  x.pop(pops ? 1 : 0);
  x.finishPlain();
  x.leaveTrace();
}

/** fxch. */
export function holdExchange(x: HeldStack, other: number): void {
  x.require([0, other]);
  const [a, b] = [x.read(0), x.read(other)];
  x.write(0, b);
  x.write(other, a);
  x.finishPlain();
  x.leaveTrace();
}

/** fchs and fabs, which do not care what the rest of the register holds. */
export function holdSignChange(x: HeldStack, flips: boolean): void {
  x.require([0]);
  const held = x.read(0);
  const head = flips ? x.xor(held.head, x.constant(SIGN_BIT)) : x.and(held.head, x.constant(~SIGN_BIT));
  x.write(0, { ...held, head });
  x.finishPlain();
  x.leaveTrace();
}

/** fst and fstp m32 and m64: a normal number that stays one. */
export function holdStore(x: HeldStack, size: number, pops: boolean): void {
  const { code, site } = x;
  const offset = site.offset();
  x.require([0]);
  const host = site.host(size, true);
  const held = x.read(0);
  x.either(offset, null, (slow) => {
    const { bits, ...rounding } = narrowed(x, slow, registerParts(x, held, slow), size);
    if (size === 8) code.store(wasm.i64Store, host, bits, BEHIND);
    else code.store(wasm.i32Store, host, x.narrow(bits), BEHIND);
    return { ...held, ...rounding };
  });
  x.isNumber(0);
  x.pop(pops ? 1 : 0);
  x.finishRounded();
  x.leaveMemoryTrace(offset);
}

/** A fraction that rounds up to the next power of two carries into the exponent, as it should. */
function narrowed(x: HeldStack, slow: Scope, parts: Parts, size: number) {
  const format = size === 4 ? single : double;
  // One less than the exponent field: the significand's leading one is added to it.
  const field = x.sub(parts.exponent, x.constant(EXPONENT_BIAS - format.bias + 1));
  // The largest exponent might be rounded up to infinity.
  const outside = x.atLeast(field, x.constant(format.special - 2));
  x.code.branchIf(outside, slow);
  const dropped = SIGNIFICAND_BITS - 1 - format.fractionBits;
  const kept = x.wideShiftRight(parts.significand, x.wideConstant(dropped));
  const rest = x.wideShiftLeft(parts.significand, x.wideConstant(SIGNIFICAND_BITS - dropped));
  const roundedUp = x.wideAbove(x.wideOr(rest, x.wideAnd(kept, x.wideConstant(1))), x.topBit());
  const upper = x.wideShiftLeft(x.wide(field), x.wideConstant(format.fractionBits));
  const magnitude = x.wideAdd(x.wideAdd(upper, kept), x.wide(roundedUp));
  const sign = x.wideShiftLeft(x.wide(parts.sign), x.wideConstant(size * 8 - 1 - SIGN_SHIFT));
  return { bits: x.wideOr(magnitude, sign), inexact: x.wideNotZero(rest), roundedUp };
}

/** fstp m80, which takes whatever is there. */
export function holdStoreExtended(x: HeldStack): void {
  const { code, site } = x;
  const offset = site.offset();
  x.require([0]);
  const host = site.host(EXTENDED_BYTES, true);
  const { significand, head } = x.read(0);
  code.store(wasm.i64Store, host, significand, BEHIND);
  code.store(wasm.i32Store16, host, head, BEHIND + HEAD_OFFSET);
  x.pop(1);
  x.finishPlain();
  x.leaveMemoryTrace(offset);
}

/** fist and fistp. */
export function holdStoreByRoutine(x: HeldStack, pops: boolean): void {
  const offset = x.site.offset();
  x.require([0]);
  x.byRoutine(offset);
  x.pop(pops ? 1 : 0);
}

/** Whether ST(0) is less than b, and whether it is equal; 0 or 1 each (comparison-code.ts). */
function compare(x: HeldStack, a: Parts, b: Parts): { less: Value; equal: Value } {
  const sameExponent = x.equal(a.exponent, b.exponent);
  const same = x.and(sameExponent, x.wideEqual(a.significand, b.significand));
  const smaller = x.select(sameExponent, x.wideBelow(a.significand, b.significand), x.below(a.exponent, b.exponent));
  const negative = x.shiftRight(a.sign, x.constant(SIGN_SHIFT));
  const differ = x.xor(a.sign, b.sign);
  const zeros = x.wideIsZero(x.wideOr(a.significand, b.significand));
  const larger = x.isZero(x.or(smaller, same));
  const lessAlike = x.select(negative, larger, smaller);
  return {
    equal: x.or(zeros, x.and(same, x.isZero(differ))),
    less: x.and(x.isZero(zeros), x.select(differ, negative, lessAlike)),
  };
}

function finishCompare(x: HeldStack, a: Parts, b: Parts, pops: number): void {
  const { less, equal } = compare(x, a, b);
  const codes = x.or(
    x.shiftLeft(less, x.constant(Math.log2(comparison.less))),
    x.shiftLeft(equal, x.constant(Math.log2(comparison.equal))),
  );
  x.pop(pops);
  x.finishCodes(CONDITION_CODES, codes);
}

/** fcom, fucom and their relatives with a register. */
export function holdCompare(x: HeldStack, other: number, pops: number): void {
  x.require([0, other]);
  const [a, b] = numbers(x, other);
  finishCompare(x, a, b, pops);
  x.leaveTrace();
}

/** Both of them, or the instruction is not ours. */
function numbers(x: HeldStack, other: number): readonly [Parts, Parts] {
  const [top, second] = [x.read(0), x.read(other)];
  const { unable } = x.site;
  const parts = [registerParts(x, top, unable), registerParts(x, second, unable)] as const;
  x.isNumber(0);
  x.isNumber(other);
  return parts;
}

/** fcom and ficom with memory. */
export function holdMemoryCompare(x: HeldStack, size: number, integer: boolean, pops: number): void {
  const { site } = x;
  const offset = site.offset();
  x.require([0]);
  const host = site.host(size, false);
  const a = registerParts(x, x.read(0), site.unable);
  x.isNumber(0);
  const b = integer ? integerParts(x, host, size) : partsOf(x, realHeld(x, host, size));
  finishCompare(x, a, b, pops);
  x.leaveMemoryTrace(offset);
}

/** fcomi and its relatives: ZF and CF answer, PF says that they could, the other flags are cleared (state.ts). */
export function holdCompareIntoFlags(x: HeldStack, other: number, pops: number): void {
  x.require([0, other]);
  const [a, b] = numbers(x, other);
  const { less, equal } = compare(x, a, b);
  x.pop(pops);
  x.finishPlain();
  x.leaveTrace();
  const zero = x.xor(equal, x.constant(1));
  const clear = x.constant(0);
  x.site.setFlags({ carry: less, zero, parity: x.constant(1), sign: clear, overflow: clear, adjust: clear, size: 4 });
}

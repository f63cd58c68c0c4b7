/** Comparisons, as code (compare.ts, comparisons.ts). */

import type { Value } from '../../emit/function-builder.ts';
import { comparison } from '../compare.ts';
import { CONDITION_CODES } from '../words.ts';
import { integerOperand, type OperandCode, realOperand, registerOperand } from './operand-code.ts';
import type { UnitCode } from './unit-code.ts';

const SIGN_SHIFT = 15;

/** Whether ST(0) is less than b, and whether it is equal; 0 or 1 each. Nothing here is unordered. */
interface Order {
  readonly less: Value;
  readonly equal: Value;
}

/** Magnitudes compare like exponent and significand read as one number; two zeros are equal whatever their signs. */
function compare(x: UnitCode, a: OperandCode, b: OperandCode): Order {
  const { code } = x;
  const [exponentA, exponentB] = [code.get(a.exponent), code.get(b.exponent)];
  const [significandA, significandB] = [code.get(a.significand), code.get(b.significand)];
  const sameExponent = x.equal(exponentA, exponentB);
  const same = x.and(sameExponent, x.wideEqual(significandA, significandB));
  const smaller = x.select(sameExponent, x.wideBelow(significandA, significandB), x.below(exponentA, exponentB));
  const negative = x.shiftRight(a.sign, x.constant(SIGN_SHIFT));
  const differ = x.xor(a.sign, b.sign);
  const zeros = x.wideIsZero(x.wideOr(significandA, significandB));
  const larger = x.isZero(x.or(smaller, same));
  const lessAlike = x.select(negative, larger, smaller);
  return {
    equal: x.or(zeros, x.and(same, x.isZero(differ))),
    less: x.and(x.isZero(zeros), x.select(differ, negative, lessAlike)),
  };
}

function finishCodes(x: UnitCode, { less, equal }: Order, pops: number): void {
  const bits = x.or(
    x.shiftLeft(less, x.constant(Math.log2(comparison.less))),
    x.shiftLeft(equal, x.constant(Math.log2(comparison.equal))),
  );
  x.finishPopping(x.or(x.and(x.status, x.constant(~CONDITION_CODES)), bits), pops);
}

/** fcom, fucom and their relatives with a register. */
export function writeCompare(x: UnitCode, other: Value, pops: number): void {
  x.requireReady([x.top, other]);
  finishCodes(x, compare(x, registerOperand(x, x.top), registerOperand(x, other)), pops);
  x.leaveTrace();
}

/** fcom and ficom with memory. */
export function writeMemoryCompare(x: UnitCode, size: number, integer: boolean, pops: number): void {
  x.requireReady([x.top]);
  const offset = x.site.offset();
  const host = x.locate(offset, size, false);
  const b = integer ? integerOperand(x, host, size) : realOperand(x, host, size);
  finishCodes(x, compare(x, registerOperand(x, x.top), b), pops);
  x.leaveMemoryTrace(offset);
}

/** fcomi and its relatives: ZF and CF answer, PF says that they could, the other flags are cleared (state.ts). */
export function writeCompareIntoFlags(x: UnitCode, other: Value, pops: number): void {
  x.requireReady([x.top, other]);
  const { less, equal } = compare(x, registerOperand(x, x.top), registerOperand(x, other));
  x.finishPopping(x.withC1(x.status, null), pops);
  x.leaveTrace();
  const zero = x.xor(equal, x.constant(1));
  const clear = x.constant(0);
  x.site.setFlags({ carry: less, zero, parity: x.constant(1), sign: clear, overflow: clear, adjust: clear, size: 4 });
}

/** ftst: ST(0) with zero. */
export function writeTest(x: UnitCode): void {
  const { code } = x;
  x.requireReady([x.top]);
  const { sign, significand } = registerOperand(x, x.top);
  const equal = x.wideIsZero(code.get(significand));
  const negative = x.shiftRight(sign, x.constant(SIGN_SHIFT));
  finishCodes(x, { equal, less: x.and(x.isZero(equal), negative) }, 0);
  x.leaveTrace();
}

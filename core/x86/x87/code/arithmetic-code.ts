/** The four operations, the root and the sign changes as instructions, as code (basic-arithmetic.ts). */

import type { Value } from '../../emit/function-builder.ts';
import { integerOperand, type OperandCode, realOperand, registerOperand, SIGN_BIT } from './operand-code.ts';
import { writeProduct, writeQuotient } from './product-code.ts';
import { writeRoot } from './root-code.ts';
import { headOf, type ResultCode, resultCode, roundResult } from './rounding-code.ts';
import { writeSum } from './sum-code.ts';
import type { UnitCode } from './unit-code.ts';

export type Operation = (x: UnitCode, result: ResultCode, a: OperandCode, b: OperandCode) => void;

/** By mnemonic, without what says where the second operand is and whether it goes. */
export const operations: Readonly<Record<string, Operation>> = {
  add: (x, result, a, b) => writeSum(x, result, a, b, false),
  sub: (x, result, a, b) => writeSum(x, result, a, b, true),
  subr: (x, result, a, b) => writeSum(x, result, b, a, true),
  mul: writeProduct,
  div: writeQuotient,
  divr: (x, result, a, b) => writeQuotient(x, result, b, a),
};

/** ST(0) = ST(0) op memory. */
export function writeMemoryArithmetic(x: UnitCode, operation: Operation, size: number, integer: boolean): void {
  x.requireReady([x.top]);
  const offset = x.site.offset();
  const host = x.locate(offset, size, false);
  const b = integer ? integerOperand(x, host, size) : realOperand(x, host, size);
  const result = resultCode(x);
  operation(x, result, registerOperand(x, x.top), b);
  roundResult(x, result);
  storeResult(x, result, x.top, 0);
  x.leaveMemoryTrace(offset);
}

/** destination = destination op source, both physical numbers; then pops once if asked to. */
export function writeRegisterArithmetic(
  x: UnitCode,
  operation: Operation,
  destination: Value,
  source: Value,
  pops: boolean,
): void {
  x.requireReady([destination, source]);
  const result = resultCode(x);
  operation(x, result, registerOperand(x, destination), registerOperand(x, source));
  roundResult(x, result);
  storeResult(x, result, destination, pops ? 1 : 0);
  x.leaveTrace();
}

function storeResult(x: UnitCode, result: ResultCode, slot: Value, pops: number): void {
  const { code } = x;
  x.storeSignificand(slot, code.get(result.significand));
  x.storeHead(slot, headOf(x, result));
  const word = x.withC1(x.status, code.get(result.roundedUp));
  x.finishPopping(x.withPrecision(word, code.get(result.inexact)), pops);
}

export function writeSquareRoot(x: UnitCode): void {
  x.requireReady([x.top]);
  const result = resultCode(x);
  writeRoot(x, result, registerOperand(x, x.top));
  roundResult(x, result);
  storeResult(x, result, x.top, 0);
  x.leaveTrace();
}

/** fchs and fabs, which do not care what the rest of the register holds. */
export function writeSignChange(x: UnitCode, flips: boolean): void {
  x.requireReady([x.top]);
  const head = x.loadHead(x.top);
  x.storeHead(x.top, flips ? x.xor(head, x.constant(SIGN_BIT)) : x.and(head, x.constant(~SIGN_BIT)));
  x.finishPopping(x.withC1(x.status, null), 0);
  x.leaveTrace();
}

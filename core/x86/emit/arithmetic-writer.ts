/** The arithmetic half of a Machine, written as WebAssembly. Constants meet each other here and never reach the code. */

import type { Arithmetic } from '../meaning/machine.ts';
import type { FunctionBuilder, Value } from './function-builder.ts';
import { wasm } from './wasm-opcodes.ts';

const isConstant = (value: Value) => value.opcode === wasm.i32Const;
const isZero = (value: Value) => isConstant(value) && value.immediate === 0;

export class ArithmeticWriter implements Arithmetic {
  protected readonly code: FunctionBuilder;

  constructor(code: FunctionBuilder) {
    this.code = code;
  }

  private binary(opcode: number, a: Value, b: Value): Value {
    return this.code.value('i32', opcode, [a, b]);
  }

  private wideBinary(opcode: number, a: Value, b: Value): Value {
    return this.code.value('i64', opcode, [a, b]);
  }

  constant(value: number): Value {
    return this.code.constant(value);
  }

  add(a: Value, b: Value): Value {
    if (isZero(a)) return b;
    return isZero(b) ? a : this.binary(wasm.i32Add, a, b);
  }

  sub(a: Value, b: Value): Value {
    return isZero(b) ? a : this.binary(wasm.i32Sub, a, b);
  }

  mul(a: Value, b: Value): Value {
    return this.binary(wasm.i32Mul, a, b);
  }

  and(a: Value, b: Value): Value {
    return this.binary(wasm.i32And, a, b);
  }

  or(a: Value, b: Value): Value {
    return this.binary(wasm.i32Or, a, b);
  }

  xor(a: Value, b: Value): Value {
    return this.binary(wasm.i32Xor, a, b);
  }

  not(a: Value): Value {
    return this.binary(wasm.i32Xor, a, this.constant(-1));
  }

  shiftLeft(a: Value, count: Value): Value {
    return isZero(count) ? a : this.binary(wasm.i32Shl, a, count);
  }

  shiftRight(a: Value, count: Value): Value {
    return isZero(count) ? a : this.binary(wasm.i32ShrU, a, count);
  }

  shiftRightSigned(a: Value, count: Value): Value {
    return isZero(count) ? a : this.binary(wasm.i32ShrS, a, count);
  }

  rotateLeft(a: Value, count: Value): Value {
    return this.binary(wasm.i32Rotl, a, count);
  }

  equal(a: Value, b: Value): Value {
    return this.binary(wasm.i32Eq, a, b);
  }

  notEqual(a: Value, b: Value): Value {
    return this.binary(wasm.i32Ne, a, b);
  }

  isZero(a: Value): Value {
    return this.code.value('i32', wasm.i32Eqz, [a]);
  }

  below(a: Value, b: Value): Value {
    return this.binary(wasm.i32LtU, a, b);
  }

  atMost(a: Value, b: Value): Value {
    return this.binary(wasm.i32LeU, a, b);
  }

  lessSigned(a: Value, b: Value): Value {
    return this.binary(wasm.i32LtS, a, b);
  }

  atMostSigned(a: Value, b: Value): Value {
    return this.binary(wasm.i32LeS, a, b);
  }

  select(condition: Value, then: Value, otherwise: Value): Value {
    return this.code.value(then.type, wasm.select, [then, otherwise, condition]);
  }

  trailingZeros(a: Value): Value {
    return this.code.value('i32', wasm.i32Ctz, [a]);
  }

  leadingZeros(a: Value): Value {
    return this.code.value('i32', wasm.i32Clz, [a]);
  }

  signExtend(a: Value, size: number): Value {
    if (size === 4) return a;
    return this.code.value('i32', size === 1 ? wasm.i32Extend8S : wasm.i32Extend16S, [a]);
  }

  zeroExtend(a: Value, size: number): Value {
    return size === 4 ? a : this.and(a, this.constant(size === 1 ? 0xff : 0xffff));
  }

  wide(a: Value): Value {
    return this.code.value('i64', wasm.i64ExtendI32U, [a]);
  }

  wideSigned(a: Value): Value {
    return this.code.value('i64', wasm.i64ExtendI32S, [a]);
  }

  narrow(a: Value): Value {
    return this.code.value('i32', wasm.i32WrapI64, [a]);
  }

  wideConstant(value: number): Value {
    return this.code.wideConstant(value);
  }

  wideMul(a: Value, b: Value): Value {
    return this.wideBinary(wasm.i64Mul, a, b);
  }

  wideOr(a: Value, b: Value): Value {
    return this.wideBinary(wasm.i64Or, a, b);
  }

  wideShiftLeft(a: Value, count: Value): Value {
    return this.wideBinary(wasm.i64Shl, a, count);
  }

  wideShiftRight(a: Value, count: Value): Value {
    return this.wideBinary(wasm.i64ShrU, a, count);
  }

  wideShiftRightSigned(a: Value, count: Value): Value {
    return this.wideBinary(wasm.i64ShrS, a, count);
  }

  wideDivide(a: Value, b: Value): Value {
    return this.wideBinary(wasm.i64DivU, a, b);
  }

  wideRemainder(a: Value, b: Value): Value {
    return this.wideBinary(wasm.i64RemU, a, b);
  }

  wideDivideSigned(a: Value, b: Value): Value {
    return this.wideBinary(wasm.i64DivS, a, b);
  }

  wideRemainderSigned(a: Value, b: Value): Value {
    return this.wideBinary(wasm.i64RemS, a, b);
  }

  wideAbove(a: Value, b: Value): Value {
    return this.code.value('i32', wasm.i64GtU, [a, b]);
  }

  wideEqual(a: Value, b: Value): Value {
    return this.code.value('i32', wasm.i64Eq, [a, b]);
  }
}

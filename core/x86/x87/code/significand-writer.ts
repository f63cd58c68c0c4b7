/** What arithmetic on 64-bit significands needs beyond the common half of a Machine, written as WebAssembly. */

import { ArithmeticWriter } from '../../emit/arithmetic-writer.ts';
import type { FunctionBuilder, Value } from '../../emit/function-builder.ts';
import { wasm } from '../../emit/wasm-opcodes.ts';

/** The leading bit of a significand, and half a unit in the last place of one whose rest is 64 bits. */
const TOP_BIT = -(2 ** 63);

export class SignificandWriter extends ArithmeticWriter {
  /** For everyone who writes with this, not only for its kin. */
  declare readonly code: FunctionBuilder;

  private wideValue(opcode: number, ...inputs: Value[]): Value {
    return this.code.value('i64', opcode, inputs);
  }

  private truth(opcode: number, ...inputs: Value[]): Value {
    return this.code.value('i32', opcode, inputs);
  }

  topBit(): Value {
    return this.wideConstant(TOP_BIT);
  }

  wideAdd(a: Value, b: Value): Value {
    return this.wideValue(wasm.i64Add, a, b);
  }

  wideSub(a: Value, b: Value): Value {
    return this.wideValue(wasm.i64Sub, a, b);
  }

  wideAnd(a: Value, b: Value): Value {
    return this.wideValue(wasm.i64And, a, b);
  }

  wideXor(a: Value, b: Value): Value {
    return this.wideValue(wasm.i64Xor, a, b);
  }

  wideNegate(a: Value): Value {
    return this.wideSub(this.wideConstant(0), a);
  }

  wideLeadingZeros(a: Value): Value {
    return this.wideValue(wasm.i64Clz, a);
  }

  wideIsZero(a: Value): Value {
    return this.truth(wasm.i64Eqz, a);
  }

  wideNotZero(a: Value): Value {
    return this.truth(wasm.i64Ne, a, this.wideConstant(0));
  }

  wideBelow(a: Value, b: Value): Value {
    return this.truth(wasm.i64LtU, a, b);
  }

  wideBelowSigned(a: Value, b: Value): Value {
    return this.truth(wasm.i64LtS, a, b);
  }

  /** The smaller one, unsigned. */
  wideSmaller(a: Value, b: Value): Value {
    return this.select(this.wideBelow(a, b), a, b);
  }

  /** The bit at the top is set. */
  hasTopBit(a: Value): Value {
    return this.wideBelowSigned(a, this.wideConstant(0));
  }

  /** √a, which must be below 2^64, rounded as a double and chopped. */
  rootEstimate(a: Value): Value {
    const root = this.code.value('f64', wasm.f64Sqrt, [this.code.value('f64', wasm.f64ConvertI64U, [a])]);
    return this.wideValue(wasm.i64TruncF64U, root);
  }

  atLeast(a: Value, b: Value): Value {
    return this.truth(wasm.i32GeU, a, b);
  }

  aboveSigned(a: Value, b: Value): Value {
    return this.truth(wasm.i32GtS, a, b);
  }
}

/** Arithmetic that computes with constants at once: in a region, unlike in a handler, most operands are known. */

import { ArithmeticWriter } from '../emit/arithmetic-writer.ts';
import type { Value } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';

export const isConstant = (value: Value) => value.opcode === wasm.i32Const;
export const isConstantOf = (value: Value, number: number) => isConstant(value) && value.immediate === (number | 0);

export class FoldingArithmetic extends ArithmeticWriter {
  private folded(a: Value, b: Value, compute: (a: number, b: number) => number): Value | null {
    return isConstant(a) && isConstant(b) ? this.constant(compute(a.immediate, b.immediate)) : null;
  }

  override add(a: Value, b: Value): Value {
    const known = this.folded(a, b, (x, y) => x + y);
    if (known) return known;
    // (x + c) + d, as in addresses.
    if (isConstant(b) && a.opcode === wasm.i32Add && isConstant(a.inputs[1]) && !a.pinned) {
      return this.add(a.inputs[0], this.constant(a.inputs[1].immediate + b.immediate));
    }
    return super.add(a, b);
  }

  override sub(a: Value, b: Value): Value {
    if (a === b) return this.constant(0);
    return this.folded(a, b, (x, y) => x - y) ?? super.sub(a, b);
  }

  override mul(a: Value, b: Value): Value {
    return this.folded(a, b, Math.imul) ?? super.mul(a, b);
  }

  override and(a: Value, b: Value): Value {
    if (a === b || isConstantOf(b, -1)) return a;
    if (isConstantOf(a, 0) || isConstantOf(b, 0)) return this.constant(0);
    return this.folded(a, b, (x, y) => x & y) ?? super.and(a, b);
  }

  override or(a: Value, b: Value): Value {
    if (a === b || isConstantOf(b, 0)) return a;
    if (isConstantOf(a, 0)) return b;
    return this.folded(a, b, (x, y) => x | y) ?? super.or(a, b);
  }

  override xor(a: Value, b: Value): Value {
    if (a === b) return this.constant(0);
    if (isConstantOf(b, 0)) return a;
    if (isConstantOf(a, 0)) return b;
    return this.folded(a, b, (x, y) => x ^ y) ?? super.xor(a, b);
  }

  override shiftLeft(a: Value, count: Value): Value {
    return this.folded(a, count, (x, n) => x << n) ?? super.shiftLeft(a, count);
  }

  override shiftRight(a: Value, count: Value): Value {
    return this.folded(a, count, (x, n) => x >>> n) ?? super.shiftRight(a, count);
  }

  override shiftRightSigned(a: Value, count: Value): Value {
    return this.folded(a, count, (x, n) => x >> n) ?? super.shiftRightSigned(a, count);
  }

  override equal(a: Value, b: Value): Value {
    return this.folded(a, b, (x, y) => (x === y ? 1 : 0)) ?? super.equal(a, b);
  }

  override notEqual(a: Value, b: Value): Value {
    return this.folded(a, b, (x, y) => (x !== y ? 1 : 0)) ?? super.notEqual(a, b);
  }

  override isZero(a: Value): Value {
    if (isConstant(a)) return this.constant(a.immediate === 0 ? 1 : 0);
    return super.isZero(a);
  }

  override below(a: Value, b: Value): Value {
    if (isConstantOf(b, 0)) return this.constant(0);
    return this.folded(a, b, (x, y) => (x >>> 0 < y >>> 0 ? 1 : 0)) ?? super.below(a, b);
  }

  override select(condition: Value, then: Value, otherwise: Value): Value {
    if (isConstant(condition)) return condition.immediate === 0 ? otherwise : then;
    return then === otherwise ? then : super.select(condition, then, otherwise);
  }

  override signExtend(a: Value, size: number): Value {
    if (size === 4 || !isConstant(a)) return super.signExtend(a, size);
    const shift = 32 - 8 * size;
    return this.constant((a.immediate << shift) >> shift);
  }
}

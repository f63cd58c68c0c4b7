/**
 * Flags made by a call.  Where a region is left, all flags have to be made of what they wait in, and for most
 * instructions that is one of three things: a difference, a sum, or a result that can neither carry nor overflow.  Each
 * module of regions has a routine for each, so that a way out costs the region a call instead of forty instructions.
 */

import type { FunctionBuilder, Value } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { Control } from '../interpreter/control.ts';
import { type Difference, FlagsCode } from '../interpreter/flags-code.ts';
import { compare, flagsOfSum } from '../meaning/comparison.ts';
import type { FlagEffect } from '../meaning/machine.ts';
import { isConstantOf } from './folding-arithmetic.ts';

/** In the order of `routines`. */
const DIFFERENCE: Readonly<Record<number, number>> = { 1: 0, 2: 1, 4: 2 };
const SUM = 3;
const PLAIN = 4;

/** How to get all flags of an instruction from two values. */
export interface FlagOrigin {
  readonly routine: number;
  readonly left: Value;
  readonly right: Value;
  /** The carry that belongs to them. */
  readonly carry: Value;
  readonly difference: Difference | null;
}

class FlagsWriter extends FlagsCode {
  private readonly size: number;

  constructor(code: FunctionBuilder, size: number) {
    super(code, new Control(code));
    this.size = size;
  }

  setFlags(effect: FlagEffect): void {
    this.write(effect, this.size);
  }
}

const difference = (size: number) => (code: FunctionBuilder) =>
  compare(new FlagsWriter(code, size), code.parameter(0), code.parameter(1));

function sum(code: FunctionBuilder): void {
  const m = new FlagsWriter(code, 4);
  const [a, b] = [code.parameter(0), code.parameter(1)];
  const whole = m.add(a, b);
  flagsOfSum(m, a, b, whole, m.below(whole, a));
}

/** A result, zero-extended, and how far up its sign bit is to be shifted. */
function plain(code: FunctionBuilder): void {
  const m = new FlagsWriter(code, 4);
  const [result, shift] = [code.parameter(0), code.parameter(1)];
  const zero = m.constant(0);
  m.setFlags({ result, sign: m.shiftLeft(result, shift), carry: zero, overflow: zero, adjust: zero });
}

/** Bodies of the routines: (left, right) → 0. */
export const routines: readonly ((code: FunctionBuilder) => void)[] = [
  difference(1),
  difference(2),
  difference(4),
  sum,
  plain,
].map((write) => (code: FunctionBuilder) => {
  write(code);
  code.return(code.constant(0));
});

const isOf = (value: Value | undefined, opcode: number, left: Value, right: Value) =>
  value?.opcode === opcode && value.inputs[0] === left && value.inputs[1] === right;

/** The routine for an effect on operands of `size` bytes; null if none fits. */
export function originOf(m: FlagsMaker, effect: FlagEffect, size: number): FlagOrigin | null {
  const { result, carry, overflow, adjust } = effect;
  if (!result || !carry || !overflow || !adjust || effect.zero || effect.sign || effect.parity) return null;
  if (isConstantOf(carry, 0) && isConstantOf(overflow, 0) && isConstantOf(adjust, 0)) {
    return {
      routine: PLAIN,
      left: m.zeroExtend(result, size),
      right: m.constant(32 - 8 * size),
      carry,
      difference: null,
    };
  }
  const [left, right] = result.inputs;
  if (result.opcode === wasm.i32Sub && isOf(carry, wasm.i32LtU, left, right)) {
    // Of numbers that are known sbb leaves the same difference and borrow, of what they come to and the borrow before.
    if (!isOf(overflow.inputs[1], wasm.i32Xor, left, result)) return null;
    return { routine: DIFFERENCE[size], left, right, carry, difference: { left, right, size } };
  }
  const added = adjust.inputs[0];
  if (size === 4 && isOf(result, wasm.i32Add, left, right) && isOf(carry, wasm.i32LtU, result, left)) {
    if (isOf(added, wasm.i32Xor, left, right) && adjust.inputs[1] === result) {
      return { routine: SUM, left, right, carry, difference: null };
    }
  }
  return null;
}

type FlagsMaker = Pick<FlagsCode, 'zeroExtend' | 'constant'>;

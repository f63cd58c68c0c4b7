/**
 * Memory operands of system instructions: 32-bit addresses only, through their segment, and in one piece.
 */

import type { Value } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import type { MemoryOperand, Operand } from '../instruction.ts';
import { words } from '../memory/words.ts';
import { segmentLayout } from '../state.ts';
import type { SystemWriter } from './system-writer.ts';

const { READ_TABLE } = words;

/** The operand, if handlers can find its address. */
export const plainMemory = (operand: Operand | undefined): MemoryOperand | null =>
  operand?.kind === 'memory' && operand.addressSize === 4 ? operand : null;

export function offsetOf(w: SystemWriter): Value {
  const { control } = w;
  const scaled = w.shiftLeft(w.load(control.field('index')), control.field('shift'));
  return w.add(w.add(w.load(control.field('base')), control.field('displacement')), scaled);
}

/** Linear address, as invlpg takes it: without a look at the segment's bounds. */
export function linearOf(w: SystemWriter, offset: Value): Value {
  return w.add(offset, w.load(w.control.field('segment'), segmentLayout.at.base));
}

/** Where `bytes` bytes of the instruction's memory operand can be read; gives up if not in one piece. */
export function openOperand(w: SystemWriter, bytes: number, offset = offsetOf(w)): Value {
  const segment = w.control.field('segment');
  const last = w.add(offset, w.constant(bytes - 1));
  const below = w.below(offset, w.load(segment, segmentLayout.at.readLow));
  const beyond = w.above(last, w.load(segment, segmentLayout.at.readHigh));
  w.giveUpIf(w.or(w.or(below, beyond), w.below(last, offset)));
  return w.open(READ_TABLE, linearOf(w, offset), bytes);
}

export function loadWord16(w: SystemWriter, address: Value): Value {
  return w.builder.load(wasm.i32Load16U, address, 0);
}

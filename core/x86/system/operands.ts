/**
 * General operands of services: a register, a piece of memory or an immediate, read and written by value.
 */

import type { MemoryOperand, Operand } from '../instruction.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { NEXT, type Outcome } from '../service.ts';
import type { State } from '../state.ts';

const { EAX, GENERAL } = words;

const HIGH_BYTES = 4;

export function readRegister(state: State, number: number, size: number): number {
  if (size === 4) return state.u32[GENERAL + number];
  if (size === 2) return state.u32[GENERAL + number] & 0xffff;
  return number < HIGH_BYTES
    ? state.u32[GENERAL + number] & 0xff
    : (state.u32[GENERAL + number - HIGH_BYTES] >>> 8) & 0xff;
}

export function writeRegister(state: State, number: number, size: number, value: number): void {
  const { u32 } = state;
  const at = GENERAL + number;
  if (size === 4) u32[at] = value;
  else if (size === 2) u32[at] = (u32[at] & 0xffff0000) | (value & 0xffff);
  else if (number < HIGH_BYTES) u32[at] = (u32[at] & 0xffffff00) | (value & 0xff);
  else u32[at - HIGH_BYTES] = (u32[at - HIGH_BYTES] & 0xffff00ff) | ((value & 0xff) << 8);
}

/** al, ax or eax. */
export const readAccumulator = (state: State, size: number) => readRegister(state, EAX - GENERAL, size);
export const writeAccumulator = (state: State, size: number, value: number) =>
  writeRegister(state, EAX - GENERAL, size, value);

/** Unsigned value of the low `size` bytes, or -1 with a fault in the state. */
export function readOperand(processor: Processor, operand: Operand, size: number): number {
  switch (operand.kind) {
    case 'register':
      return readRegister(processor.state, operand.number, size);
    case 'memory':
      return processor.access.read(operand.segment, processor.access.effectiveOffset(operand), size);
    case 'immediate':
      return size === 4 ? operand.value >>> 0 : operand.value & (size === 2 ? 0xffff : 0xff);
    default:
      throw new Error(`assert: no value to read in a ${operand.kind}`);
  }
}

export function writeOperand(processor: Processor, operand: Operand, size: number, value: number): Outcome {
  if (operand.kind === 'memory') {
    return processor.access.write(operand.segment, processor.access.effectiveOffset(operand), size, value);
  }
  if (operand.kind !== 'register') throw new Error(`assert: nowhere to write in a ${operand.kind}`);
  writeRegister(processor.state, operand.number, size, value);
  return NEXT;
}

/** Reads `size` bytes `distance` bytes into a memory operand (the second half of a far pointer, of a bound pair). */
export function readWithin(processor: Processor, operand: MemoryOperand, distance: number, size: number): number {
  const offset = processor.access.effectiveOffset(operand) + distance;
  const wrapped = operand.addressSize === 4 ? offset >>> 0 : offset & 0xffff;
  return processor.access.read(operand.segment, wrapped, size);
}

export function writeWithin(
  processor: Processor,
  operand: MemoryOperand,
  distance: number,
  size: number,
  value: number,
): Outcome {
  const offset = processor.access.effectiveOffset(operand) + distance;
  const wrapped = operand.addressSize === 4 ? offset >>> 0 : offset & 0xffff;
  return processor.access.write(operand.segment, wrapped, size, value);
}

/** The instruction's memory operand where its form allows nothing else. */
export function memoryOperand(operand: Operand): MemoryOperand {
  if (operand.kind !== 'memory') throw new Error(`assert: a ${operand.kind} where only memory can be`);
  return operand;
}

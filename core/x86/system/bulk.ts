/**
 * A chunk of a forward rep movs or rep stos at once, where nothing could tell the difference from doing it element by
 * element: all of it within its segments, both pages open in the translation tables, no page watched.
 */

import { PAGE_BYTES } from '../../agreement/addresses.ts';
import type { Instruction } from '../instruction.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import type { State } from '../state.ts';
import { isBackward, sourceLinear, sourceOffset, targetLinear, targetOffset } from './string-registers.ts';

const { ES, READ_HIGH, READ_LOW, READ_TABLE, SEGMENTS, SEGMENT_WORDS, WRITE_HIGH, WRITE_LOW, WRITE_TABLE } = words;

const OFFSET = PAGE_BYTES - 1;
const ABSENT = -1;
/** Below this many elements the ordinary way costs no more. */
const WORTHWHILE = 4;

/** Address in the memory object of `length` bytes of one page, or ABSENT if the table has no entry. */
function open(state: State, tableWord: number, linear: number, length: number): number {
  const entry = state.i32[(state.u32[tableWord] >>> 2) + (linear >>> 12)];
  return entry === 0 || (linear & OFFSET) + length > PAGE_BYTES ? ABSENT : (linear + entry + 1) >>> 0;
}

function targetOf(state: State, instruction: Instruction, length: number): number {
  const { u32 } = state;
  const offset = targetOffset(state, instruction);
  if (offset < u32[ES + WRITE_LOW] || offset + length - 1 > u32[ES + WRITE_HIGH]) return ABSENT;
  return open(state, WRITE_TABLE, targetLinear(state, instruction), length);
}

function sourceOf(state: State, instruction: Instruction, length: number): number {
  const { u32 } = state;
  const at = SEGMENTS + instruction.segment * SEGMENT_WORDS;
  const offset = sourceOffset(state, instruction);
  if (offset < u32[at + READ_LOW] || offset + length - 1 > u32[at + READ_HIGH]) return ABSENT;
  return open(state, READ_TABLE, sourceLinear(state, instruction), length);
}

/** True if the chunk was copied; the registers are the caller's. */
export function bulkCopy(processor: Processor, instruction: Instruction, elements: number): boolean {
  const { state } = processor;
  if (elements < WORTHWHILE || isBackward(state)) return false;
  const length = elements * instruction.operandSize;
  const from = sourceOf(state, instruction, length);
  const to = targetOf(state, instruction, length);
  if (from < 0 || to < 0) return false;
  // A target a little ahead of the source is fed with its own output: that is how programs fill memory with a pattern.
  if (to > from && to < from + length) copyForward(state, from, to, length, instruction.operandSize);
  else state.u8.copyWithin(to, from, from + length);
  return true;
}

function copyForward(state: State, from: number, to: number, length: number, size: number): void {
  const { u8 } = state;
  if (to - from >= size) {
    for (let at = 0; at < length; at++) u8[to + at] = u8[from + at];
    return;
  }
  // Elements overlap within themselves: each is read whole before it is written.
  for (let at = 0; at < length; at += size) u8.copyWithin(to + at, from + at, from + at + size);
}

export function bulkFill(processor: Processor, instruction: Instruction, elements: number, value: number): boolean {
  const { state } = processor;
  if (elements < WORTHWHILE || isBackward(state)) return false;
  const size = instruction.operandSize;
  const length = elements * size;
  const to = targetOf(state, instruction, length);
  if (to < 0) return false;
  if (size === 1) state.u8.fill(value, to, to + length);
  else if ((to & (size - 1)) !== 0) return false;
  else if (size === 2) state.u16.fill(value, to >>> 1, (to + length) >>> 1);
  else state.u32.fill(value, to >>> 2, (to + length) >>> 2);
  return true;
}

/**
 * A chunk of a rep movs or rep stos at once, where nothing could tell the difference from doing it element by element:
 * all of it within its segments and both pages open in the translation tables.  The target's may be watched for the
 * sake of decoded code, if an element was written there just now: then whoever keeps the code hears of the rest at once.
 */

import { PAGE_BYTES } from '../../agreement/addresses.ts';
import type { Instruction } from '../instruction.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { pageFlag, type State } from '../state.ts';
import { isBackward, sourceLinear, sourceOffset, targetLinear, targetOffset } from './string-registers.ts';

const { ES, PAGE_FLAGS, RAM, READ_HIGH, READ_LOW, READ_TABLE, SEGMENTS, SEGMENT_WORDS } = words;
const { WRITE_HIGH, WRITE_LOW, WRITE_TABLE } = words;

const OFFSET = PAGE_BYTES - 1;
const ABSENT = -1;
const { code: CODE } = pageFlag;
/** Below this many elements the ordinary way costs no more. */
const WORTHWHILE = 4;

/** Address in the memory object of `length` bytes of one page, or ABSENT if the table has no entry. */
function open(state: State, tableWord: number, linear: number, length: number): number {
  const entry = state.i32[(state.u32[tableWord] >>> 2) + (linear >>> 12)];
  return entry === 0 || (linear & OFFSET) + length > PAGE_BYTES ? ABSENT : (linear + entry + 1) >>> 0;
}

/** From an element to the lowest byte of the chunk that begins with it: downwards the other elements lie below. */
const below = (state: State, length: number, size: number) => (isBackward(state) ? length - size : 0);

const flagsAt = ({ u8 }: State, host: number) => (host < RAM ? 0 : u8[PAGE_FLAGS + ((host - RAM) >>> 12)]);

function targetOf(state: State, instruction: Instruction, length: number, mayWrite: boolean): number {
  const { u32 } = state;
  const distance = below(state, length, instruction.operandSize);
  const offset = targetOffset(state, instruction) - distance;
  if (offset < u32[ES + WRITE_LOW] || offset + length - 1 > u32[ES + WRITE_HIGH]) return ABSENT;
  const linear = (targetLinear(state, instruction) - distance) >>> 0;
  const known = open(state, WRITE_TABLE, linear, length);
  if (known >= 0 || !mayWrite) return known;
  const readable = open(state, READ_TABLE, linear, length);
  return readable >= RAM && (flagsAt(state, readable) & ~CODE) === 0 ? readable : ABSENT;
}

function notice({ state, spaces }: Processor, host: number, length: number): void {
  if (flagsAt(state, host) !== 0) spaces.written(host - RAM, length);
}

function sourceOf(state: State, instruction: Instruction, length: number): number {
  const { u32 } = state;
  const at = SEGMENTS + instruction.segment * SEGMENT_WORDS;
  const distance = below(state, length, instruction.operandSize);
  const offset = sourceOffset(state, instruction) - distance;
  if (offset < u32[at + READ_LOW] || offset + length - 1 > u32[at + READ_HIGH]) return ABSENT;
  return open(state, READ_TABLE, (sourceLinear(state, instruction) - distance) >>> 0, length);
}

/** True if the chunk was copied; the registers are the caller's. `mayWrite`: the element before it was written. */
export function bulkCopy(processor: Processor, instruction: Instruction, elements: number, mayWrite: boolean): boolean {
  const { state } = processor;
  if (elements < WORTHWHILE) return false;
  const length = elements * instruction.operandSize;
  const from = sourceOf(state, instruction, length);
  const to = targetOf(state, instruction, length, mayWrite);
  if (from < 0 || to < 0) return false;
  // A target a little ahead of the source is fed with its own output: that is how programs fill memory with a pattern.
  const feedsItself = isBackward(state) ? to < from && from < to + length : to > from && to < from + length;
  if (!feedsItself) state.u8.copyWithin(to, from, from + length);
  else if (isBackward(state)) return false;
  else copyForward(state, from, to, length, instruction.operandSize);
  notice(processor, to, length);
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

export function bulkFill(
  processor: Processor,
  instruction: Instruction,
  elements: number,
  value: number,
  mayWrite: boolean,
): boolean {
  const { state } = processor;
  if (elements < WORTHWHILE) return false;
  const size = instruction.operandSize;
  const length = elements * size;
  const to = targetOf(state, instruction, length, mayWrite);
  if (to < 0) return false;
  if (size === 1) state.u8.fill(value, to, to + length);
  else if ((to & (size - 1)) !== 0) return false;
  else if (size === 2) state.u16.fill(value, to >>> 1, (to + length) >>> 1);
  else state.u32.fill(value, to >>> 2, (to + length) >>> 2);
  notice(processor, to, length);
  return true;
}

/**
 * The registers string instructions run on: esi, edi and the count, as wide as the address size says, and how many
 * elements can be done before a page, the count or the segment's address range ends.
 */

import { PAGE_BYTES } from '../../agreement/addresses.ts';
import type { Instruction } from '../instruction.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { NEXT, type Outcome, TRANSFER } from '../service.ts';
import { eflag, type State } from '../state.ts';
import { afterFlags } from './rights.ts';

const { BASE, ECX, EDI, ES, ESI, FLAGS_REST, SEGMENTS, SEGMENT_WORDS } = words;

const OFFSET = PAGE_BYTES - 1;

const addressMask = (instruction: Instruction) => (instruction.addressSize === 4 ? 0xffffffff : 0xffff);

export const sourceOffset = (state: State, instruction: Instruction) =>
  (state.u32[ESI] & addressMask(instruction)) >>> 0;
export const targetOffset = (state: State, instruction: Instruction) =>
  (state.u32[EDI] & addressMask(instruction)) >>> 0;
export const isBackward = (state: State) => (state.u32[FLAGS_REST] & eflag.direction) !== 0;

/** Elements still to do: one without a repeat prefix. */
export function elementsLeft(state: State, instruction: Instruction): number {
  return instruction.repeat === 'none' ? 1 : (state.u32[ECX] & addressMask(instruction)) >>> 0;
}

function step(state: State, word: number, mask: number, distance: number): void {
  state.u32[word] = (state.u32[word] & ~mask) | ((state.u32[word] + distance) & mask);
}

/** `elements` are done: moves what the instruction moves. */
export function advance(
  state: State,
  instruction: Instruction,
  elements: number,
  source: boolean,
  target: boolean,
): void {
  const mask = addressMask(instruction);
  const bytes = elements * instruction.operandSize * (isBackward(state) ? -1 : 1);
  if (source) step(state, ESI, mask, bytes);
  if (target) step(state, EDI, mask, bytes);
  if (instruction.repeat !== 'none') step(state, ECX, mask, -elements);
}

/** Whole elements from `offset` to the end (or, backward, the beginning) of its page; at least one. */
function elementsInPage(linear: number, offset: number, mask: number, size: number, backward: boolean): number {
  const here = linear & OFFSET;
  const inPage = backward ? Math.floor((here + size) / size) : Math.floor((PAGE_BYTES - here) / size);
  // Behind the last offset of the address size comes the first again, not the next linear page.
  const inAddress = backward ? Math.floor(offset / size) + 1 : Math.floor((mask - offset + 1) / size);
  return Math.max(1, Math.min(inPage, inAddress));
}

export function sourceLinear(state: State, instruction: Instruction): number {
  const base = state.u32[SEGMENTS + instruction.segment * SEGMENT_WORDS + BASE];
  return (base + sourceOffset(state, instruction)) >>> 0;
}

export function targetLinear(state: State, instruction: Instruction): number {
  return (state.u32[ES + BASE] + targetOffset(state, instruction)) >>> 0;
}

/** How many elements one service call may do: to the end of either page, and one at a time under single step. */
export function chunk(state: State, instruction: Instruction, source: boolean, target: boolean): number {
  let elements = elementsLeft(state, instruction);
  if (elements > 1 && (state.u32[FLAGS_REST] & eflag.trap) !== 0) return 1;
  const size = instruction.operandSize;
  const mask = addressMask(instruction);
  const backward = isBackward(state);
  if (source && elements > 1) {
    const offset = sourceOffset(state, instruction);
    elements = Math.min(elements, elementsInPage(sourceLinear(state, instruction), offset, mask, size, backward));
  }
  if (target && elements > 1) {
    const offset = targetOffset(state, instruction);
    elements = Math.min(elements, elementsInPage(targetLinear(state, instruction), offset, mask, size, backward));
  }
  return elements;
}

/** Done, or to be resumed: eip still points at the instruction, so coming back to it goes on with the next chunk. */
export function resumeOrNext(processor: Processor, instruction: Instruction): Outcome {
  const { state } = processor;
  if (instruction.repeat === 'none' || elementsLeft(state, instruction) === 0) return NEXT;
  return (state.u32[FLAGS_REST] & eflag.trap) !== 0 ? afterFlags(processor) : TRANSFER;
}

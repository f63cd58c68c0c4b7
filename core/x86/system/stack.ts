/**
 * The stack as instructions use it: sp or esp by the stack segment's size, one item at a time or a whole frame.
 * A frame is gathered in the scratch page first, so that pushing one needs no list in TypeScript's own memory.
 */

import { segmentNumber } from '../instruction.ts';
import { ESP, RIGHTS, SS } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome } from '../service.ts';
import { memoryMap, type State } from '../state.ts';
import { descriptorBit } from './descriptors.ts';

/** Index in the 32-bit views where a frame is gathered, in the order it is pushed. Behind the window for accesses. */
export const FRAME = (memoryMap.scratch + 0x100) >>> 2;

/** Mask of the stack pointer's width under a stack segment with these rights. */
export const stackMask = (rights: number) => (rights & descriptorBit.big ? 0xffffffff : 0xffff);

export function stackPointer(state: State): number {
  return (state.u32[ESP] & stackMask(state.u32[SS + RIGHTS])) >>> 0;
}

/** Moves the stack pointer; under a 16-bit stack the high half of esp stays. */
export function setStackPointer(state: State, value: number): void {
  const mask = stackMask(state.u32[SS + RIGHTS]);
  state.u32[ESP] = (state.u32[ESP] & ~mask) | (value & mask);
}

/** Offset of the place `distance` bytes above (or below) the top of the stack, wrapped to its width. */
export function stackOffset(state: State, distance: number): number {
  return ((state.u32[ESP] + distance) & stackMask(state.u32[SS + RIGHTS])) >>> 0;
}

/** Reads the item `distance` bytes above the top, without popping. Answers -1 on a fault. */
export function peek(processor: Processor, distance: number, size: number): number {
  return processor.access.read(segmentNumber.ss, stackOffset(processor.state, distance), size);
}

/** Writes `distance` bytes from the top without moving it, so that a later fault leaves esp as it was. */
export function poke(processor: Processor, distance: number, size: number, value: number): Outcome {
  return processor.access.write(segmentNumber.ss, stackOffset(processor.state, distance), size, value);
}

export function push(processor: Processor, size: number, value: number): Outcome {
  if (poke(processor, -size, size, value) === FAULT) return FAULT;
  moveStack(processor.state, -size);
  return NEXT;
}

export function moveStack(state: State, distance: number): void {
  setStackPointer(state, stackOffset(state, distance));
}

/** Whether `count` items fit below `pointer` in a stack with these bounds. */
export function frameFits(
  low: number,
  high: number,
  mask: number,
  pointer: number,
  size: number,
  count: number,
): boolean {
  for (let item = 1; item <= count; item++) {
    const offset = ((pointer - item * size) & mask) >>> 0;
    if (offset < low || offset + size - 1 > high) return false;
  }
  return true;
}

/** Pushes `count` words from `first` on at a checked place; the caller moves the stack pointer once nothing can fault. */
export function pushFrame(
  processor: Processor,
  first: number,
  base: number,
  mask: number,
  pointer: number,
  size: number,
  count: number,
  supervisor: boolean,
): Outcome {
  const { state, access } = processor;
  for (let item = 1; item <= count; item++) {
    const linear = (base + (((pointer - item * size) & mask) >>> 0)) >>> 0;
    if (access.writeLinear(linear, size, state.u32[first + item - 1], supervisor) === FAULT) return FAULT;
  }
  return NEXT;
}

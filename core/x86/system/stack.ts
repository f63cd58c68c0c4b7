/**
 * The stack as instructions use it: sp or esp by the stack segment's size, one item at a time or a whole frame.
 * A frame is gathered in the scratch page first, so that pushing one needs no list in TypeScript's own memory.
 */

import { segmentNumber } from '../instruction.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome } from '../service.ts';
import type { State } from '../state.ts';
import { descriptorBit } from './descriptors.ts';
import { openDwords } from './windows.ts';

const { BASE, ESP, FRAME, READ_HIGH, READ_LOW, READ_TABLE, RIGHTS, SS, SUPERVISOR_WRITE_TABLE, WRITE_TABLE } = words;

const BIG = descriptorBit.big;

/** Mask of the stack pointer's width under a stack segment with these rights, signed. */
export const stackMask = (rights: number) => (rights & BIG ? -1 : 0xffff);

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
  if (poke(processor, -size, size, value) < 0) return FAULT;
  moveStack(processor.state, -size);
  return NEXT;
}

export function moveStack(state: State, distance: number): void {
  setStackPointer(state, stackOffset(state, distance));
}

/** Index in the 32-bit views of `count` dwords from `distance` bytes above the top, or -1 if they cannot be had in place. */
export function openStack(state: State, distance: number, count: number): number {
  const { u32 } = state;
  const offset = stackOffset(state, distance);
  const last = offset + 4 * count - 1;
  const wraps = last > stackMask(u32[SS + RIGHTS]) >>> 0;
  if (wraps || offset < u32[SS + READ_LOW] || last > u32[SS + READ_HIGH]) return -1;
  return openDwords(state, READ_TABLE, (u32[SS + BASE] + offset) >>> 0, 4 * count);
}

/** Copies `count` items, from `distance` bytes above the top upwards, to FRAME and on, without popping them. */
export function peekFrame(processor: Processor, distance: number, size: number, count: number): Outcome {
  const { state } = processor;
  const { u32 } = state;
  const at = size === 4 ? openStack(state, distance, count) : -1;
  if (at >= 0) {
    for (let item = 0; item < count; item++) u32[FRAME + item] = u32[at + item];
    return NEXT;
  }
  for (let item = 0; item < count; item++) {
    const value = peek(processor, distance + item * size, size);
    if (value < 0) return FAULT;
    u32[FRAME + item] = value;
  }
  return NEXT;
}

/** Whether `count` items fit below `pointer` in a stack with these (signed) bounds. */
export function frameFits(
  low: number,
  high: number,
  mask: number,
  pointer: number,
  size: number,
  count: number,
): boolean {
  const lowest = low >>> 0;
  const highest = high >>> 0;
  // Nearly always the frame is one piece.
  const bytes = size * count;
  if (pointer >= bytes && pointer - bytes >= lowest && pointer - 1 <= highest) return true;
  for (let item = 1; item <= count; item++) {
    const offset = ((pointer - item * size) & mask) >>> 0;
    if (offset < lowest || offset + size - 1 > highest) return false;
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
  const bytes = size * count;
  if (size === 4 && pointer >= bytes) {
    const table = supervisor ? SUPERVISOR_WRITE_TABLE : WRITE_TABLE;
    const at = openDwords(state, table, (base + pointer - bytes) >>> 0, bytes);
    if (at >= 0) {
      for (let item = 0; item < count; item++) state.u32[at + count - 1 - item] = state.u32[first + item];
      return NEXT;
    }
  }
  for (let item = 1; item <= count; item++) {
    const linear = (base + (((pointer - item * size) & mask) >>> 0)) >>> 0;
    if (access.writeLinear(linear, size, state.u32[first + item - 1], supervisor) < 0) return FAULT;
  }
  return NEXT;
}

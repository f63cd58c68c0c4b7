/**
 * The stack a more privileged ring brings along: where the TSS names it, and what it must be (SDM 3A 5.8.5, 7.2.1).
 * Interrupts and call gates share this; they differ in the EXT bit of their error codes.  First the frame is pushed,
 * with nothing changed but memory nobody owns; once nothing else can fault, the processor moves.
 */

import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, type Outcome } from '../service.ts';
import {
  baseOf,
  descriptorAddress,
  highestOffset,
  isNull,
  isPresent,
  isStack,
  limitOf,
  lowestOffset,
  privilegeOf,
  selectorError,
  typeOf,
  WIDE_TYPE,
} from './descriptors.ts';
import { loadChecked, markAccessed } from './segments.ts';
import { frameFits, pushFrame, setStackPointer, stackMask } from './stack.ts';
import { openDescriptor } from './windows.ts';

const { BASE, CHOSEN_STACK, ESP, FRAME, LIMIT, RIGHTS, SELECTOR, SS, STACK_SLOT, TR } = words;

/** Bytes of a stack pointer in the TSS, and offset of ring 0's. */
const WIDE = WIDE_TYPE;
const WIDE_POINTER = 4;
const NARROW_POINTER = 2;
const SELECTOR_BYTES = 2;
const RPL = 3;

/** Index in the 32-bit views where the chosen stack waits: its pointer, selector and descriptor. */
const CHOSEN_POINTER = CHOSEN_STACK;
const CHOSEN_SELECTOR = CHOSEN_STACK + 1;
const CHOSEN_LOW = CHOSEN_STACK + 2;
const CHOSEN_HIGH = CHOSEN_STACK + 3;

const pointerSize = (processor: Processor) =>
  typeOf(processor.state.u32[TR + RIGHTS]) & WIDE ? WIDE_POINTER : NARROW_POINTER;

/** Linear address of the ring's stack pointer in the TSS (its selector follows), or -1 with #TS. */
export function innerStackSlot(processor: Processor, ring: number, external: number): number {
  const { state } = processor;
  const size = pointerSize(processor);
  const offset = size + ring * 2 * size;
  if (offset + size + SELECTOR_BYTES - 1 > state.u32[TR + LIMIT]) {
    return raise(state, exception.invalidTss, selectorError(state.u32[TR + SELECTOR]) | external);
  }
  return (state.u32[TR + BASE] + offset) >>> 0;
}

export function innerStackPointer(processor: Processor, slot: number): number {
  return processor.access.readLinear(slot, pointerSize(processor), true);
}

export function innerStackSelector(processor: Processor, slot: number): number {
  return processor.access.readLinear((slot + pointerSize(processor)) >>> 0, SELECTOR_BYTES, true);
}

/** Index of the new stack segment's descriptor in the 32-bit views, or -1 with the fault its state calls for. */
function checkInnerStack(processor: Processor, selector: number, ring: number, external: number): number {
  const { state } = processor;
  if (isNull(selector)) return raise(state, exception.invalidTss, external);
  const error = selectorError(selector) | external;
  const address = descriptorAddress(state, selector);
  if (address < 0) return raise(state, exception.invalidTss, error);
  const descriptor = openDescriptor(processor, address, STACK_SLOT);
  if (descriptor < 0) return FAULT;
  const high = state.u32[descriptor + 1];
  if ((selector & RPL) !== ring || !isStack(high) || privilegeOf(high) !== ring) {
    return raise(state, exception.invalidTss, error);
  }
  if (!isPresent(high)) return raise(state, exception.stackFault, error);
  return descriptor;
}

/** Pushes the `count` words gathered at FRAME on that stack, without moving to it. */
export function pushInner(
  processor: Processor,
  selector: number,
  pointer: number,
  ring: number,
  size: number,
  count: number,
  external: number,
): Outcome {
  const { state } = processor;
  const { u32 } = state;
  const descriptor = checkInnerStack(processor, selector, ring, external);
  if (descriptor < 0) return FAULT;
  const low = u32[descriptor];
  const high = u32[descriptor + 1];
  const limit = limitOf(low, high);
  const mask = stackMask(high);
  if (!frameFits(lowestOffset(high, limit), highestOffset(high, limit), mask, pointer, size, count)) {
    return raise(state, exception.stackFault, selectorError(selector) | external);
  }
  if (markAccessed(processor, selector, high) < 0) return FAULT;
  u32[CHOSEN_POINTER] = pointer;
  u32[CHOSEN_SELECTOR] = selector;
  u32[CHOSEN_LOW] = low;
  u32[CHOSEN_HIGH] = high;
  return pushFrame(processor, FRAME, baseOf(low, high), mask, pointer, size, count, true);
}

/** Onto the stack pushInner chose; the ring and the mode are the caller's. */
export function moveToInnerStack(processor: Processor, ring: number, size: number, count: number): void {
  const { state } = processor;
  const { u32 } = state;
  const pointer = u32[CHOSEN_POINTER];
  loadChecked(state, SS, (u32[CHOSEN_SELECTOR] & ~RPL) | ring, u32[CHOSEN_LOW], u32[CHOSEN_HIGH]);
  u32[ESP] = pointer;
  setStackPointer(state, pointer - count * size);
}

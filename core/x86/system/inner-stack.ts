/**
 * The stack a more privileged ring brings along: where the TSS names it, and what it must be (SDM 3A 5.8.5, 7.2.1).
 * Interrupts and call gates share this; they differ in the EXT bit of their error codes.
 */

import { exception, raise } from '../memory/faults.ts';
import { BASE, LIMIT, RIGHTS, SELECTOR, TR } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT } from '../service.ts';
import {
  descriptorAddress,
  isNull,
  isPresent,
  isStack,
  privilegeOf,
  selectorError,
  typeOf,
  WIDE_TYPE,
} from './descriptors.ts';

/** Bytes of a stack pointer slot's half, and offset of ring 0's slot. */
const WIDE = { half: 4, first: 4 };
const NARROW = { half: 2, first: 2 };
const SELECTOR_BYTES = 2;
const RPL = 3;

/** 4 in a 32-bit TSS, 2 in a 16-bit one: the size of its pointers. */
export function taskPointerSize(processor: Processor): number {
  return typeOf(processor.state.u32[TR + RIGHTS]) & WIDE_TYPE ? WIDE.half : NARROW.half;
}

/** Linear address of the ring's stack pointer in the TSS (its selector follows), or -1 with #TS. */
export function innerStackSlot(processor: Processor, ring: number, external: number): number {
  const { state } = processor;
  const { half, first } = taskPointerSize(processor) === WIDE.half ? WIDE : NARROW;
  const offset = first + ring * 2 * half;
  if (offset + half + SELECTOR_BYTES - 1 > state.u32[TR + LIMIT]) {
    return raise(state, exception.invalidTss, selectorError(state.u32[TR + SELECTOR]) | external);
  }
  return (state.u32[TR + BASE] + offset) >>> 0;
}

/** Address of the new stack segment's descriptor, or -1 with the fault its state calls for. */
export function checkInnerStack(processor: Processor, selector: number, ring: number, external: number): number {
  const { state, access } = processor;
  if (isNull(selector)) return raise(state, exception.invalidTss, external);
  const error = selectorError(selector) | external;
  const address = descriptorAddress(state, selector);
  if (address < 0) return raise(state, exception.invalidTss, error);
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  if (high < 0) return FAULT;
  if ((selector & RPL) !== ring || !isStack(high) || privilegeOf(high) !== ring) {
    return raise(state, exception.invalidTss, error);
  }
  if (!isPresent(high)) return raise(state, exception.stackFault, error);
  return address;
}

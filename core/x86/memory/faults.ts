/**
 * Exceptions by vector, and the one way to raise one.  A fault is a value: whoever finds it writes it into the state
 * and answers FAULT, everybody in between hands the answer on, and the run loop delivers it.
 */

import { FAULT } from '../service.ts';
import type { State } from '../state.ts';
import { words } from './words.ts';

const { FAULT_ADDRESS, FAULT_ERROR, FAULT_VECTOR } = words;

/** Vectors of SDM 3A table 6-1. */
export const exception = {
  divideError: 0,
  debug: 1,
  nmi: 2,
  breakpoint: 3,
  overflow: 4,
  boundRange: 5,
  invalidOpcode: 6,
  deviceNotAvailable: 7,
  doubleFault: 8,
  invalidTss: 10,
  segmentNotPresent: 11,
  stackFault: 12,
  generalProtection: 13,
  pageFault: 14,
  floatingPoint: 16,
  alignmentCheck: 17,
} as const;

/** Bits of a page fault's error code (SDM 3A 4.7). */
export const pageFaultError = { present: 1, write: 2, user: 4, reserved: 8 } as const;

/** Puts a fault in the state. `error` is -1 for the vectors that push none. */
export function raise(state: State, vector: number, error = -1): typeof FAULT {
  state.i32[FAULT_VECTOR] = vector;
  state.i32[FAULT_ERROR] = error;
  return FAULT;
}

/** #PF; cr2 itself changes when the fault is delivered. */
export function raisePageFault(state: State, linear: number, error: number): typeof FAULT {
  state.u32[FAULT_ADDRESS] = linear;
  return raise(state, exception.pageFault, error);
}

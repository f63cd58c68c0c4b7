/**
 * A decoded instruction as the interpreter's handlers want it: sixteen words in the memory object, one cache line,
 * with every register already an address and every constant already in place.
 */

import { layout, u32 } from '../../agreement/layout.ts';

export const operationLayout = layout('OPERATION', {
  /** Slot of the handler in the shared table. */
  handler: u32,
  /** Instructions from here to the end of the block, this one included; 0 for what is not an instruction. */
  remaining: u32,
  eip: u32,
  nextEip: u32,
  /** State addresses of register operands, by operand position. */
  register0: u32,
  register1: u32,
  register2: u32,
  /** State addresses of the base and index registers of the memory operand (`zero` where there is none). */
  base: u32,
  index: u32,
  shift: u32,
  displacement: u32,
  /** State address of the segment the memory operand goes through. */
  segment: u32,
  /** For services instead: index into the code cache's list of instructions. */
  immediate: u32,
  /** Where a direct jump goes: the offset, and the operation itself once it is known to stay valid as long as this one.
   *  Where an indirect one went that has left its region too often. */
  targetEip: u32,
  target: u32,
  /** Counts up each time a block is entered here; at zero the engine is told that this code is hot. */
  heat: u32,
});

export const OPERATION_BYTES = operationLayout.bytes;

/** What a handler answers when it does not pass control on. The operation and the unused budget are in the state. */
export const engineExit = {
  /** The next block is longer than the budget; eip is at its start. */
  budget: 0,
  /** A fault is in the state; eip is the faulting instruction's. */
  fault: 1,
  /** A service wants the run loop to look around. */
  leave: 2,
  /** No decoded code at eip. */
  lookUp: 3,
  /** The block at eip was entered for the n-th time. */
  hot: 4,
  /** A region was left at a place, which `operation` names, more often than is good. */
  worn: 5,
} as const;

/** Slots of the shared table that are not of one instruction. */
export const slot = {
  service: 0,
  continue: 1,
  stop: 2,
  guard: 3,
  deliverFault: 4,
  leaveWithFault: 5,
  /** No decoded code at the eip in the state: goes on there, or leaves (unmet-code.ts). */
  lookUp: 6,
  /** Bytes were written beside decoded code or over it (unmet-code.ts). */
  codeWrite: 7,
} as const;

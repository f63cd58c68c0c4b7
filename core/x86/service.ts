/**
 * Most instructions have a meaning that engines compile.  The rare and the intricate have a service instead: a
 * TypeScript function over the processor's state, called by every engine.  Only string instructions have both: once, they
 * are a meaning; repeated, a service.  A generated handler may stand in front of a frequent service and do the common case
 * in its place, exactly as it would have.
 *
 * A service sees `eip` at its own instruction and `nextEip` behind it.  It must change nothing visible before it is
 * sure not to fault (SDM 3A 6.5: faults are restartable); the exceptions to that are the manual's own (string
 * instructions stop between elements).
 */

import type { Instruction } from './instruction.ts';
import type { Processor } from './processor.ts';

/** Go on with the next instruction. */
export const NEXT = 0;
/** eip was set, or something decoded code depends on (mode, mapping) changed: find the code at eip again.
 *  Services that do not jump set eip to nextEip before saying this. */
export const TRANSFER = 1;
/** As TRANSFER, but first let the run loop look at interrupts, traps and exits. */
export const LEAVE = 2;
/** A fault is in state.faultVector/faultError/faultAddress; eip is the instruction's. */
export const FAULT = -1;
export type Outcome = typeof NEXT | typeof TRANSFER | typeof LEAVE | typeof FAULT;

export type Service = (processor: Processor, instruction: Instruction) => Outcome;

/**
 * What the current ring may do, and the sentence for what this processor does not.
 */

import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { LEAVE, type Outcome, TRANSFER } from '../service.ts';
import { eflag, type State } from '../state.ts';

const { CPL, EIP, FLAGS_REST, NEXT_EIP } = words;

const PRIVILEGE_SHIFT = 12;
const { privilege: PRIVILEGE, trap: TRAP } = eflag;

/** Flags that popf and iret may change: in any ring, with 32-bit operands also, and with those in ring 0. IF and IOPL
 *  depend on CPL and IOPL. RF only shields from instruction breakpoints, which we do not have. */
export const restorable = {
  always:
    eflag.carry |
    eflag.parity |
    eflag.adjust |
    eflag.zero |
    eflag.sign |
    eflag.trap |
    eflag.direction |
    eflag.overflow |
    eflag.nested,
  wide: eflag.alignment | eflag.identification,
  virtual: eflag.virtualInterrupt | eflag.virtualPending,
} as const;

const CLEARED = eflag.trap | eflag.nested | eflag.resume | eflag.virtual8086;
const CLEARED_AND_MASKED = CLEARED | eflag.interrupt;

/** Mask of the flags that survive a gate of this type: an interrupt gate also masks interrupts (SDM 3A 6.12.1.3). */
export const flagsKeptBy = (gateType: number) => ~(gateType & 1 ? CLEARED : CLEARED_AND_MASKED);

export function ioPrivilege(state: State): number {
  return (state.u32[FLAGS_REST] & PRIVILEGE) >>> PRIVILEGE_SHIFT;
}

/** False outside ring 0, with #GP(0) in the state. */
export function inRing0(processor: Processor): boolean {
  if (processor.state.u32[CPL] === 0) return true;
  raise(processor.state, exception.generalProtection, 0);
  return false;
}

/** Stops the run with a sentence; eip stays at the instruction. */
export function notSupported(processor: Processor, what: string): typeof LEAVE {
  processor.unsupported = what;
  return LEAVE;
}

/** The instruction is done and the next one must be found anew. */
export function transferNext(state: State): typeof TRANSFER {
  state.u32[EIP] = state.u32[NEXT_EIP];
  return TRANSFER;
}

/** The instruction is done and the run loop must look up before the next one. */
export function leaveNext(state: State): typeof LEAVE {
  state.u32[EIP] = state.u32[NEXT_EIP];
  return LEAVE;
}

/** After a transfer whose flags may have opened a window: look for interrupts and single steps only if there are any. */
export function afterFlags(processor: Processor): Outcome {
  const stepping = (processor.state.u32[FLAGS_REST] & TRAP) !== 0;
  return stepping || processor.eventWaiting() ? LEAVE : TRANSFER;
}

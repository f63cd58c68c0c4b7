/**
 * Call gates (SDM 3A 5.8.3): the caller names only the gate, the gate names the code, and a more privileged ring gets
 * its own stack with the caller's parameters copied over.
 */

import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, type Outcome, TRANSFER } from '../service.ts';
import { enterCode, targetDescriptor, withinCode } from './code-targets.ts';
import { isCode, isConforming, isPresent, privilegeOf, selectorError, typeOf, WIDE_TYPE } from './descriptors.ts';
import { innerStackPointer, innerStackSelector, innerStackSlot, moveToInnerStack, pushInner } from './inner-stack.ts';
import { refreshMode } from './segments.ts';
import { moveStack, peekFrame, poke } from './stack.ts';
import { openDescriptor } from './windows.ts';

const { CODE_SLOT, CPL, CS, ESP, FRAME, NEXT_EIP, SELECTOR, SS } = words;

const PARAMETER_COUNT = 31;
/** ss, esp, cs and eip around the parameters. */
const FIXED_ITEMS = 4;

const gateSize = (gateHigh: number) => (typeOf(gateHigh) & WIDE_TYPE ? 4 : 2);
const gateOffset = (gateHigh: number, gateLow: number) =>
  (gateSize(gateHigh) === 4 ? (gateHigh & 0xffff0000) | (gateLow & 0xffff) : gateLow & 0xffff) >>> 0;

/** Index of the code descriptor a gate leads to, or -1. `jump` may not change rings. */
function gateTarget(processor: Processor, selector: number, jump: boolean): number {
  const { state } = processor;
  const address = targetDescriptor(processor, selector);
  if (address < 0) return FAULT;
  const descriptor = openDescriptor(processor, address, CODE_SLOT);
  if (descriptor < 0) return FAULT;
  const high = state.u32[descriptor + 1];
  const dpl = privilegeOf(high);
  const inward = jump && !isConforming(high) ? dpl === state.u32[CPL] : dpl <= state.u32[CPL];
  if (!isCode(high) || !inward) return raise(state, exception.generalProtection, selectorError(selector));
  if (!isPresent(high)) return raise(state, exception.segmentNotPresent, selectorError(selector));
  return descriptor;
}

/** Through a present call gate the caller may use. `call` pushes a return address, and only a call may go inward. */
export function throughGate(processor: Processor, gateHigh: number, gateLow: number, call: boolean): Outcome {
  const { state } = processor;
  const { u32 } = state;
  const selector = gateLow >>> 16;
  const descriptor = gateTarget(processor, selector, !call);
  if (descriptor < 0) return FAULT;
  const low = u32[descriptor];
  const high = u32[descriptor + 1];
  const size = gateSize(gateHigh);
  const offset = gateOffset(gateHigh, gateLow);
  const ring = isConforming(high) ? u32[CPL] : privilegeOf(high);
  const inward = ring < u32[CPL];
  if (inward && pushInward(processor, ring, size, gateHigh & PARAMETER_COUNT) < 0) return FAULT;
  if (call && !inward) {
    if (poke(processor, -size, size, u32[CS + SELECTOR]) < 0) return FAULT;
    if (poke(processor, -2 * size, size, u32[NEXT_EIP]) < 0) return FAULT;
  }
  if (!withinCode(processor, low, high, offset)) return FAULT;
  if (enterCode(processor, selector, high, low, offset, ring) < 0) return FAULT;
  if (inward) moveToInnerStack(processor, ring, size, FIXED_ITEMS + (gateHigh & PARAMETER_COUNT));
  else if (call) moveStack(state, -2 * size);
  refreshMode(processor);
  return TRANSFER;
}

/** Writes ss esp parameters cs eip to the ring's stack, in this order of pushing: the last parameter first. */
function pushInward(processor: Processor, ring: number, size: number, parameters: number): Outcome {
  const { u32 } = processor.state;
  const slot = innerStackSlot(processor, ring, 0);
  if (slot < 0) return FAULT;
  const pointer = innerStackPointer(processor, slot);
  const selector = innerStackSelector(processor, slot);
  if (pointer < 0 || selector < 0) return FAULT;
  if (peekFrame(processor, 0, size, parameters) < 0) return FAULT;
  // They were read bottom up and are pushed top down, two places further on.
  u32.subarray(FRAME, FRAME + parameters).reverse();
  u32.copyWithin(FRAME + 2, FRAME, FRAME + parameters);
  u32[FRAME] = u32[SS + SELECTOR];
  u32[FRAME + 1] = u32[ESP];
  u32[FRAME + 2 + parameters] = u32[CS + SELECTOR];
  u32[FRAME + 3 + parameters] = u32[NEXT_EIP];
  return pushInner(processor, selector, pointer, ring, size, FIXED_ITEMS + parameters, 0);
}

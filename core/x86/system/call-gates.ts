/**
 * Call gates (SDM 3A 5.8.3): the caller names only the gate, the gate names the code, and a more privileged ring gets
 * its own stack with the caller's parameters copied over.
 */

import { segmentNumber } from '../instruction.ts';
import { exception, raise } from '../memory/faults.ts';
import { CPL, CS, ESP, NEXT_EIP, SELECTOR, SS } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome } from '../service.ts';
import { enterCode, targetDescriptor, withinCode } from './code-targets.ts';
import {
  baseOf,
  highestOffset,
  isCode,
  isConforming,
  isPresent,
  limitOf,
  lowestOffset,
  privilegeOf,
  selectorError,
  typeOf,
  WIDE_TYPE,
} from './descriptors.ts';
import { checkInnerStack, innerStackSlot, taskPointerSize } from './inner-stack.ts';
import { loadChecked, markAccessed, refreshMode } from './segments.ts';
import { FRAME, frameFits, moveStack, poke, pushFrame, setStackPointer, stackMask, stackOffset } from './stack.ts';

const PARAMETER_COUNT = 31;
/** ss, esp, cs and eip around the parameters. */
const FIXED_ITEMS = 4;

const gateSize = (gateHigh: number) => (typeOf(gateHigh) & WIDE_TYPE ? 4 : 2);
const gateOffset = (gateHigh: number, gateLow: number) =>
  (gateSize(gateHigh) === 4 ? (gateHigh & 0xffff0000) | (gateLow & 0xffff) : gateLow & 0xffff) >>> 0;

/** Address of the code descriptor a gate leads to, or -1. `jump` may not change rings. */
function gateTarget(processor: Processor, selector: number, jump: boolean): number {
  const { state, access } = processor;
  const address = targetDescriptor(processor, selector);
  if (address < 0) return FAULT;
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  if (high < 0) return FAULT;
  const dpl = privilegeOf(high);
  const inward = jump && !isConforming(high) ? dpl === state.u32[CPL] : dpl <= state.u32[CPL];
  if (!isCode(high) || !inward) return raise(state, exception.generalProtection, selectorError(selector));
  if (!isPresent(high)) return raise(state, exception.segmentNotPresent, selectorError(selector));
  return address;
}

export function jumpThroughGate(processor: Processor, gateHigh: number, gateLow: number): Outcome {
  const { access, state } = processor;
  const selector = gateLow >>> 16;
  const address = gateTarget(processor, selector, true);
  if (address < 0) return FAULT;
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  const low = access.readLinear(address, 4, true);
  if (high < 0 || low < 0) return FAULT;
  const offset = gateOffset(gateHigh, gateLow);
  if (!withinCode(processor, low, high, offset)) return FAULT;
  return enterCode(processor, selector, address, high, low, offset, state.u32[CPL]);
}

export function callThroughGate(processor: Processor, gateHigh: number, gateLow: number): Outcome {
  const { access, state } = processor;
  const { u32 } = state;
  const selector = gateLow >>> 16;
  const address = gateTarget(processor, selector, false);
  if (address < 0) return FAULT;
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  const low = access.readLinear(address, 4, true);
  if (high < 0 || low < 0) return FAULT;
  const size = gateSize(gateHigh);
  const offset = gateOffset(gateHigh, gateLow);
  const ring = isConforming(high) ? u32[CPL] : privilegeOf(high);
  if (ring < u32[CPL]) return callInward(processor, selector, address, offset, ring, size, gateHigh & PARAMETER_COUNT);
  if (poke(processor, -size, size, u32[CS + SELECTOR]) === FAULT) return FAULT;
  if (poke(processor, -2 * size, size, u32[NEXT_EIP]) === FAULT) return FAULT;
  if (!withinCode(processor, low, high, offset)) return FAULT;
  const entered = enterCode(processor, selector, address, high, low, offset, ring);
  if (entered !== FAULT) moveStack(state, -2 * size);
  return entered;
}

/** ss esp parameters cs eip, in the order of pushing: the last parameter first. */
function gatherCall(processor: Processor, size: number, parameters: number): Outcome {
  const { state, access } = processor;
  const { u32 } = state;
  u32[FRAME] = u32[SS + SELECTOR];
  u32[FRAME + 1] = u32[ESP];
  for (let item = 0; item < parameters; item++) {
    const value = access.read(segmentNumber.ss, stackOffset(state, (parameters - 1 - item) * size), size);
    if (value < 0) return FAULT;
    u32[FRAME + 2 + item] = value;
  }
  u32[FRAME + 2 + parameters] = u32[CS + SELECTOR];
  u32[FRAME + 3 + parameters] = u32[NEXT_EIP];
  return NEXT;
}

function callInward(
  processor: Processor,
  selector: number,
  address: number,
  offset: number,
  ring: number,
  size: number,
  parameters: number,
): Outcome {
  const { state, access } = processor;
  const slot = innerStackSlot(processor, ring, 0);
  if (slot < 0) return FAULT;
  const half = taskPointerSize(processor);
  const pointer = access.readLinear(slot, half, true);
  const stack = access.readLinear((slot + half) >>> 0, 2, true);
  if (pointer < 0 || stack < 0) return FAULT;
  const descriptor = checkInnerStack(processor, stack, ring, 0);
  if (descriptor < 0) return FAULT;
  const stackHigh = access.readLinear((descriptor + 4) >>> 0, 4, true);
  const stackLow = access.readLinear(descriptor, 4, true);
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  const low = access.readLinear(address, 4, true);
  if (stackHigh < 0 || stackLow < 0 || high < 0 || low < 0) return FAULT;
  const limit = limitOf(stackLow, stackHigh);
  const mask = stackMask(stackHigh);
  const count = FIXED_ITEMS + parameters;
  if (!frameFits(lowestOffset(stackHigh, limit), highestOffset(stackHigh, limit), mask, pointer, size, count)) {
    return raise(state, exception.stackFault, selectorError(stack));
  }
  if (!withinCode(processor, low, high, offset)) return FAULT;
  if (gatherCall(processor, size, parameters) === FAULT) return FAULT;
  if (markAccessed(processor, descriptor, stackHigh) === FAULT) return FAULT;
  const base = baseOf(stackLow, stackHigh);
  if (pushFrame(processor, FRAME, base, mask, pointer, size, count, true) === FAULT) return FAULT;
  const entered = enterCode(processor, selector, address, high, low, offset, ring);
  if (entered === FAULT) return FAULT;
  loadChecked(state, SS, (stack & ~3) | ring, stackLow, stackHigh);
  state.u32[ESP] = pointer;
  setStackPointer(state, pointer - count * size);
  refreshMode(processor);
  return entered;
}

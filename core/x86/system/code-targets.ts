/**
 * Code segments as targets: the checks of far jumps, calls and returns (SDM 3A 5.8), and the step into one.
 */

import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, type Outcome, TRANSFER } from '../service.ts';
import {
  descriptorAddress,
  isCode,
  isConforming,
  isNull,
  isPresent,
  limitOf,
  privilegeOf,
  selectorError,
} from './descriptors.ts';
import { loadChecked, markAccessed, setPrivilege } from './segments.ts';
import { openDescriptor } from './windows.ts';

const { CODE_SLOT, CPL, CS, EIP } = words;

const RPL = 3;

/** Descriptor of a jmp, call or ret target, of whatever kind; -1 with #GP if null or outside its table. */
export function targetDescriptor(processor: Processor, selector: number): number {
  const { state } = processor;
  if (isNull(selector)) return raise(state, exception.generalProtection, 0);
  const address = descriptorAddress(state, selector);
  return address < 0 ? raise(state, exception.generalProtection, selectorError(selector)) : address;
}

/** A far jmp or call straight to a code segment: -1 with a fault, else 0. `high` is its descriptor's high dword. */
export function checkDirectTarget(processor: Processor, selector: number, high: number): number {
  const { state } = processor;
  const cpl = state.u32[CPL];
  const dpl = privilegeOf(high);
  const allowed = isConforming(high) ? dpl <= cpl : (selector & RPL) <= cpl && dpl === cpl;
  if (!isCode(high) || !allowed) return raise(state, exception.generalProtection, selectorError(selector));
  if (!isPresent(high)) return raise(state, exception.segmentNotPresent, selectorError(selector));
  return 0;
}

/** A ret or iret target: index of its descriptor in the 32-bit views, or -1 with the fault. */
export function checkReturnTarget(processor: Processor, selector: number): number {
  const { state } = processor;
  const address = targetDescriptor(processor, selector);
  if (address < 0) return FAULT;
  const descriptor = openDescriptor(processor, address, CODE_SLOT);
  if (descriptor < 0) return FAULT;
  const high = state.u32[descriptor + 1];
  const rpl = selector & RPL;
  const dpl = privilegeOf(high);
  const allowed = rpl >= state.u32[CPL] && (isConforming(high) ? dpl <= rpl : dpl === rpl);
  if (!isCode(high) || !allowed) return raise(state, exception.generalProtection, selectorError(selector));
  if (!isPresent(high)) return raise(state, exception.segmentNotPresent, selectorError(selector));
  return descriptor;
}

/** False with #GP(0) if the target lies beyond its segment. */
export function withinCode(processor: Processor, low: number, high: number, offset: number): boolean {
  if (offset <= limitOf(low, high) >>> 0) return true;
  raise(processor.state, exception.generalProtection, 0);
  return false;
}

/** Into checked code in ring `ring`. The stack, if it changes, is the caller's; so is refreshing the mode. */
export function enterCode(
  processor: Processor,
  selector: number,
  high: number,
  low: number,
  offset: number,
  ring: number,
): Outcome {
  const { state } = processor;
  if (markAccessed(processor, selector, high) < 0) return FAULT;
  setPrivilege(processor, ring);
  loadChecked(state, CS, (selector & ~RPL) | ring, low, high);
  state.u32[EIP] = offset;
  return TRANSFER;
}

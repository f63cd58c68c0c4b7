/**
 * Code segments as targets: the checks of far jumps, calls and returns (SDM 3A 5.8), and the step into one.
 */

import { exception, raise } from '../memory/faults.ts';
import { CPL, CS, EIP } from '../memory/words.ts';
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
import { loadChecked, markAccessed, refreshMode, setPrivilege } from './segments.ts';

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

/** A ret or iret target: its descriptor's address, or -1 with the fault. */
export function checkReturnTarget(processor: Processor, selector: number): number {
  const { state, access } = processor;
  const address = targetDescriptor(processor, selector);
  if (address < 0) return FAULT;
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  if (high < 0) return FAULT;
  const rpl = selector & RPL;
  const dpl = privilegeOf(high);
  const allowed = rpl >= state.u32[CPL] && (isConforming(high) ? dpl <= rpl : dpl === rpl);
  if (!isCode(high) || !allowed) return raise(state, exception.generalProtection, selectorError(selector));
  if (!isPresent(high)) return raise(state, exception.segmentNotPresent, selectorError(selector));
  return address;
}

/** False with #GP(0) if the target lies beyond its segment. */
export function withinCode(processor: Processor, low: number, high: number, offset: number): boolean {
  if (offset <= limitOf(low, high)) return true;
  raise(processor.state, exception.generalProtection, 0);
  return false;
}

/** Into checked code in ring `ring`. The stack, if it changes, has been or will be changed by the caller. */
export function enterCode(
  processor: Processor,
  selector: number,
  address: number,
  high: number,
  low: number,
  offset: number,
  ring: number,
): Outcome {
  const { state } = processor;
  if (markAccessed(processor, address, high) === FAULT) return FAULT;
  setPrivilege(processor, ring);
  loadChecked(state, CS, (selector & ~RPL) | ring, low, high);
  state.u32[EIP] = offset;
  refreshMode(processor);
  return TRANSFER;
}

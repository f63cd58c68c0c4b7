/**
 * retf and iret: back to the same ring or out to a less privileged one (SDM 3A 5.8.6, 6.12.1; SDM 2A, RET and IRET).
 * Going out, the stack comes from the frame, and data segments the outer ring could not have loaded are taken away.
 */

import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, type Outcome, type Service, TRANSFER } from '../service.ts';
import { eflag } from '../state.ts';
import { checkReturnTarget, enterCode, withinCode } from './code-targets.ts';
import {
  descriptorAddress,
  isNull,
  isPresent,
  isStack,
  isSystem,
  privilegeOf,
  selectorError,
  TSS_BUSY,
  typeOf,
} from './descriptors.ts';
import { rememberCode, rememberReturn } from './known-rings.ts';
import { afterFlags, ioPrivilege, notSupported, restorable } from './rights.ts';
import { loadChecked, markAccessed, nullInnerSegments, refreshMode } from './segments.ts';
import { moveStack, peekFrame, setStackPointer } from './stack.ts';
import { openDescriptor } from './windows.ts';

const { BASE, CPL, FLAGS_REST, FRAME, LIMIT, SS, STACK_SLOT, TR } = words;

const RPL = 3;
const TABLE_INDICATOR = 4;
/** RF would be gone after one instruction; iret drops it at once. */
const { always: COMMON, wide: WIDE, virtual: VIRTUAL } = restorable;
const { alignment: ALIGNMENT, interrupt: INTERRUPT, nested: NESTED, privilege: PRIVILEGE, virtual8086: VM } = eflag;

const retf: Service = (processor, instruction) => {
  const size = instruction.operandSize;
  const [released] = instruction.operands;
  const parameters = released?.kind === 'immediate' ? released.value & 0xffff : 0;
  if (peekFrame(processor, 0, size, 2) < 0) return FAULT;
  const outcome = returnFar(processor, size, 2 * size, parameters);
  if (outcome !== FAULT) processor.events.farTransfers++;
  return outcome;
};

const iret: Service = (processor, instruction) => {
  const { state, events } = processor;
  const size = instruction.operandSize;
  if (state.u32[FLAGS_REST] & NESTED) return returnFromTask(processor);
  if (peekFrame(processor, 0, size, 3) < 0) return FAULT;
  const image = state.u32[FRAME + 2];
  const cpl = state.u32[CPL];
  if (size === 4 && (image & VM) !== 0 && cpl === 0) {
    return notSupported(processor, 'virtual-8086 mode');
  }
  let mask: number = size === 4 ? COMMON | WIDE : COMMON;
  if (cpl <= ioPrivilege(state)) mask |= INTERRUPT;
  if (cpl === 0) mask |= size === 4 ? PRIVILEGE | VIRTUAL : PRIVILEGE;
  if (returnFar(processor, size, 3 * size, 0) < 0) return FAULT;
  const before = state.eflags;
  state.eflags = (before & ~mask) | (image & mask);
  // AC decides whether ring 3 may use its translation tables; the change of ring has selected them by the old flags.
  if (((before ^ image) & mask & ALIGNMENT) !== 0) processor.spaces.select();
  events.iretInstructions++;
  processor.nmiBlocked = false;
  return afterFlags(processor);
};

/** The common part: eip and cs wait at FRAME; ss and esp lie behind `frameBytes` and the parameters. */
function returnFar(processor: Processor, size: number, frameBytes: number, parameters: number): Outcome {
  const { state } = processor;
  const { u32 } = state;
  const eip = u32[FRAME];
  const selector = u32[FRAME + 1] & 0xffff;
  const descriptor = checkReturnTarget(processor, selector);
  if (descriptor < 0) return FAULT;
  const low = u32[descriptor];
  const high = u32[descriptor + 1];
  const ring = selector & RPL;
  if (ring > u32[CPL]) {
    return returnOutward(processor, size, frameBytes + parameters, parameters, selector, high, low, eip);
  }
  if (!withinCode(processor, low, high, eip)) return FAULT;
  if (enterCode(processor, selector, high, low, eip, ring) < 0) return FAULT;
  refreshMode(processor);
  moveStack(state, frameBytes + parameters);
  if (size === 4) rememberCode(processor);
  return TRANSFER;
}

function returnOutward(
  processor: Processor,
  size: number,
  distance: number,
  parameters: number,
  selector: number,
  high: number,
  low: number,
  eip: number,
): Outcome {
  const { state } = processor;
  const { u32 } = state;
  const ring = selector & RPL;
  const from = u32[CPL];
  if (peekFrame(processor, distance, size, 2) < 0) return FAULT;
  const esp = u32[FRAME];
  const stack = u32[FRAME + 1] & 0xffff;
  const descriptor = checkOuterStack(processor, stack, ring);
  if (descriptor < 0) return FAULT;
  const stackLow = u32[descriptor];
  const stackHigh = u32[descriptor + 1];
  if (!withinCode(processor, low, high, eip)) return FAULT;
  if (markAccessed(processor, stack, stackHigh) < 0) return FAULT;
  if (enterCode(processor, selector, high, low, eip, ring) < 0) return FAULT;
  loadChecked(state, SS, stack, stackLow, stackHigh);
  // Under a 16-bit outer stack the high half of the inner esp stays, and leaks: so the hardware, and so do we.
  setStackPointer(state, esp + parameters);
  nullInnerSegments(state);
  refreshMode(processor);
  if (size === 4) rememberReturn(processor, from);
  return TRANSFER;
}

/** Index of the outer stack's descriptor in the 32-bit views, or -1 with the fault. */
function checkOuterStack(processor: Processor, selector: number, ring: number): number {
  const { state } = processor;
  if (isNull(selector)) return raise(state, exception.generalProtection, 0);
  const address = descriptorAddress(state, selector);
  if (address < 0) return raise(state, exception.generalProtection, selectorError(selector));
  const descriptor = openDescriptor(processor, address, STACK_SLOT);
  if (descriptor < 0) return FAULT;
  const high = state.u32[descriptor + 1];
  if ((selector & RPL) !== ring || !isStack(high) || privilegeOf(high) !== ring) {
    return raise(state, exception.generalProtection, selectorError(selector));
  }
  if (!isPresent(high)) return raise(state, exception.stackFault, selectorError(selector));
  return descriptor;
}

/** iret with NT set goes back to the task named in the TSS (SDM 3A 7.4): its checks are made, the switch is not. */
function returnFromTask(processor: Processor): Outcome {
  const { state, access } = processor;
  if (state.u32[TR + LIMIT] < 1) return raise(state, exception.invalidTss, 0);
  const link = access.readLinear(state.u32[TR + BASE], 2, true);
  if (link < 0) return FAULT;
  const address = (link & TABLE_INDICATOR) !== 0 || isNull(link) ? -1 : descriptorAddress(state, link);
  if (address < 0) return raise(state, exception.invalidTss, selectorError(link));
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  if (high < 0) return FAULT;
  const busyTask = isSystem(high) && (typeOf(high) & 7) === (1 | TSS_BUSY);
  if (!busyTask) return raise(state, exception.invalidTss, selectorError(link));
  return notSupported(processor, 'hardware task switch by iret with NT set');
}

export const farReturnServices: Record<string, Service> = { retf, iret };

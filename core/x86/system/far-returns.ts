/**
 * retf and iret: back to the same ring or out to a less privileged one (SDM 3A 5.8.6, 6.12.1; SDM 2A, RET and IRET).
 * Going out, the stack comes from the frame, and data segments the outer ring could not have loaded are taken away.
 */

import { exception, raise } from '../memory/faults.ts';
import { BASE, CPL, FLAGS_REST, LIMIT, SS, TR } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, type Outcome, type Service, TRANSFER } from '../service.ts';
import { eflag } from '../state.ts';
import { checkReturnTarget, enterCode, withinCode } from './code-targets.ts';
import {
  descriptorAddress,
  descriptorBit,
  isNull,
  isPresent,
  isStack,
  isSystem,
  privilegeOf,
  selectorError,
  TSS_BUSY,
  typeOf,
} from './descriptors.ts';
import { afterFlags, ioPrivilege, notSupported } from './rights.ts';
import { loadChecked, markAccessed, nullInnerSegments, refreshMode } from './segments.ts';
import { moveStack, peek, setStackPointer } from './stack.ts';

const RPL = 3;
const TABLE_INDICATOR = 4;
/** What any ring may restore with iret: CF PF AF ZF SF TF DF OF NT; with 32 bits also AC ID. RF only shields
 *  from instruction breakpoints, which we do not have, and would be gone after one instruction: it is dropped here. */
const COMMON =
  eflag.carry |
  eflag.parity |
  eflag.adjust |
  eflag.zero |
  eflag.sign |
  eflag.trap |
  eflag.direction |
  eflag.overflow |
  eflag.nested;
const WIDE = eflag.alignment | eflag.identification;
const VIRTUAL = eflag.virtualInterrupt | eflag.virtualPending;

const retf: Service = (processor, instruction) => {
  const size = instruction.operandSize;
  const [released] = instruction.operands;
  const parameters = released?.kind === 'immediate' ? released.value & 0xffff : 0;
  const outcome = returnFar(processor, size, 2 * size, parameters);
  if (outcome !== FAULT) processor.events.farTransfers++;
  return outcome;
};

const iret: Service = (processor, instruction) => {
  const { state, events } = processor;
  const size = instruction.operandSize;
  if (state.u32[FLAGS_REST] & eflag.nested) return returnFromTask(processor);
  const image = peek(processor, 2 * size, size);
  if (image < 0) return FAULT;
  const cpl = state.u32[CPL];
  if (size === 4 && (image & eflag.virtual8086) !== 0 && cpl === 0) {
    return notSupported(processor, 'virtual-8086 mode');
  }
  let mask: number = size === 4 ? COMMON | WIDE : COMMON;
  if (cpl <= ioPrivilege(state)) mask |= eflag.interrupt;
  if (cpl === 0) mask |= size === 4 ? eflag.privilege | VIRTUAL : eflag.privilege;
  if (returnFar(processor, size, 3 * size, 0) === FAULT) return FAULT;
  const before = state.eflags;
  state.eflags = (before & ~mask) | (image & mask);
  // AC decides whether ring 3 may use its translation tables; the change of ring has selected them by the old flags.
  if (((before ^ image) & mask & eflag.alignment) !== 0) processor.spaces.select();
  events.iretInstructions++;
  processor.nmiBlocked = false;
  return afterFlags(processor);
};

/** The common part: cs and eip from a frame of `frameBytes`, then ss and esp behind it and the parameters. */
function returnFar(processor: Processor, size: number, frameBytes: number, parameters: number): Outcome {
  const { state, access } = processor;
  const { u32 } = state;
  const eip = peek(processor, 0, size);
  if (eip < 0) return FAULT;
  const selector = peek(processor, size, size);
  if (selector < 0) return FAULT;
  const address = checkReturnTarget(processor, selector & 0xffff);
  if (address < 0) return FAULT;
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  const low = access.readLinear(address, 4, true);
  if (high < 0 || low < 0) return FAULT;
  const ring = selector & RPL;
  if (ring > u32[CPL]) {
    return returnOutward(processor, size, frameBytes, parameters, selector & 0xffff, address, eip);
  }
  if (!withinCode(processor, low, high, eip)) return FAULT;
  if (enterCode(processor, selector & 0xffff, address, high, low, eip, ring) === FAULT) return FAULT;
  moveStack(state, frameBytes + parameters);
  return TRANSFER;
}

function returnOutward(
  processor: Processor,
  size: number,
  frameBytes: number,
  parameters: number,
  selector: number,
  address: number,
  eip: number,
): Outcome {
  const { state, access } = processor;
  const ring = selector & RPL;
  const esp = peek(processor, frameBytes + parameters, size);
  if (esp < 0) return FAULT;
  const popped = peek(processor, frameBytes + parameters + size, size);
  if (popped < 0) return FAULT;
  const stack = popped & 0xffff;
  const descriptor = checkOuterStack(processor, stack, ring);
  if (descriptor < 0) return FAULT;
  const stackHigh = access.readLinear((descriptor + 4) >>> 0, 4, true);
  const stackLow = access.readLinear(descriptor, 4, true);
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  const low = access.readLinear(address, 4, true);
  if (stackHigh < 0 || stackLow < 0 || high < 0 || low < 0) return FAULT;
  if (!withinCode(processor, low, high, eip)) return FAULT;
  if (markAccessed(processor, descriptor, stackHigh) === FAULT) return FAULT;
  if (markAccessed(processor, address, high) === FAULT) return FAULT;
  // The stack before the code, so that one refresh of the mode sees both.
  loadChecked(state, SS, stack, stackLow, stackHigh);
  // Under a 16-bit outer stack the high half of the inner esp stays, and leaks: so the hardware, and so do we.
  setStackPointer(state, esp + parameters);
  const entered = enterCode(processor, selector, address, high | descriptorBit.accessed, low, eip, ring);
  nullInnerSegments(state);
  refreshMode(processor);
  return entered;
}

/** Address of the outer stack's descriptor, or -1 with the fault. */
function checkOuterStack(processor: Processor, selector: number, ring: number): number {
  const { state, access } = processor;
  if (isNull(selector)) return raise(state, exception.generalProtection, 0);
  const address = descriptorAddress(state, selector);
  if (address < 0) return raise(state, exception.generalProtection, selectorError(selector));
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  if (high < 0) return FAULT;
  if ((selector & RPL) !== ring || !isStack(high) || privilegeOf(high) !== ring) {
    return raise(state, exception.generalProtection, selectorError(selector));
  }
  if (!isPresent(high)) return raise(state, exception.stackFault, selectorError(selector));
  return address;
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

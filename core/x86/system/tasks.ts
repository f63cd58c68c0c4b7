/**
 * The task register and the local descriptor table (SDM 2A/2B LTR, STR, LLDT, SLDT).  The TSS serves for ring stacks and
 * the I/O bitmap; nobody switches tasks with it.
 */

import type { Instruction, Operand } from '../instruction.ts';
import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome, type Service } from '../service.ts';
import {
  baseOf,
  descriptorAddress,
  isNull,
  isPresent,
  isSystem,
  limitOf,
  selectorError,
  systemType,
  TSS_BUSY,
  typeOf,
} from './descriptors.ts';
import { descriptorKey, rememberDescriptor } from './known-descriptors.ts';
import { readOperand, writeOperand } from './operands.ts';
import { inRing0 } from './rights.ts';
import { nullSegment, storeSegment } from './segments.ts';

const { LDTR, SELECTOR, TR } = words;

const TABLE_INDICATOR = 4;
const TYPE_SHIFT = 8;

/** Address of the system descriptor a ring-0 load names, or -1. It must lie in the GDT. */
function systemDescriptor(processor: Processor, selector: number): number {
  const { state } = processor;
  const address = selector & TABLE_INDICATOR ? -1 : descriptorAddress(state, selector);
  return address < 0 ? raise(state, exception.generalProtection, selectorError(selector)) : address;
}

const ltr: Service = (processor, { operands }) => {
  const { state, access, events } = processor;
  if (!inRing0(processor)) return FAULT;
  const selector = readOperand(processor, operands[0], 2);
  if (selector < 0) return FAULT;
  if (isNull(selector)) return raise(state, exception.generalProtection, 0);
  const address = systemDescriptor(processor, selector);
  if (address < 0) return FAULT;
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  const low = high < 0 ? high : access.readLinear(address, 4, true);
  if (low < 0) return FAULT;
  const available = typeOf(high) === systemType.tss16 || typeOf(high) === systemType.tss32;
  if (!isSystem(high) || !available) return raise(state, exception.generalProtection, selectorError(selector));
  if (!isPresent(high)) return raise(state, exception.segmentNotPresent, selectorError(selector));
  const busy = high | (TSS_BUSY << TYPE_SHIFT);
  if (access.writeLinear((address + 4) >>> 0, 4, busy, true) === FAULT) return FAULT;
  storeSegment(state, TR, selector, baseOf(low, high), limitOf(low, high), busy);
  rememberDescriptor(processor, descriptorKey.task, TR, selector, low, high);
  events.tableLoads++;
  return NEXT;
};

const lldt: Service = (processor, { operands }) => {
  const { state, access, events } = processor;
  if (!inRing0(processor)) return FAULT;
  const selector = readOperand(processor, operands[0], 2);
  if (selector < 0) return FAULT;
  if (isNull(selector)) {
    nullSegment(state, LDTR, selector);
    events.tableLoads++;
    return NEXT;
  }
  const address = systemDescriptor(processor, selector);
  if (address < 0) return FAULT;
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  const low = high < 0 ? high : access.readLinear(address, 4, true);
  if (low < 0) return FAULT;
  if (!isSystem(high) || typeOf(high) !== systemType.ldt) {
    return raise(state, exception.generalProtection, selectorError(selector));
  }
  if (!isPresent(high)) return raise(state, exception.segmentNotPresent, selectorError(selector));
  storeSegment(state, LDTR, selector, baseOf(low, high), limitOf(low, high), high);
  events.tableLoads++;
  return NEXT;
};

/** A system word goes to memory as 16 bits and to a 32-bit register zero-extended. */
export function storeWord(processor: Processor, operand: Operand, instruction: Instruction, value: number): Outcome {
  return writeOperand(processor, operand, operand.kind === 'memory' ? 2 : instruction.operandSize, value);
}

const str: Service = (processor, instruction) =>
  storeWord(processor, instruction.operands[0], instruction, processor.state.u32[TR + SELECTOR]);
const sldt: Service = (processor, instruction) =>
  storeWord(processor, instruction.operands[0], instruction, processor.state.u32[LDTR + SELECTOR]);

export const taskServices: Record<string, Service> = { ltr, lldt, str, sldt };

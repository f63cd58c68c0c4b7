/**
 * Far jumps and calls: straight to a code segment, or through a call gate (SDM 3A 5.8, SDM 2A JMP and CALL).
 * Hardware task switches are named, checked for, and not done.
 */

import type { Instruction } from '../instruction.ts';
import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome, type Service, TRANSFER } from '../service.ts';
import { throughGate } from './call-gates.ts';
import { checkDirectTarget, enterCode, targetDescriptor, withinCode } from './code-targets.ts';
import { isPresent, isSystem, privilegeOf, selectorError, systemType, typeOf } from './descriptors.ts';
import { rememberCode } from './known-rings.ts';
import { memoryOperand, readOperand, readWithin } from './operands.ts';
import { notSupported } from './rights.ts';
import { refreshMode } from './segments.ts';
import { moveStack, poke } from './stack.ts';
import { openDescriptor } from './windows.ts';

const { CPL, CS, GATE_SLOT, NEXT_EIP, SELECTOR } = words;

const RPL = 3;

const jmpf: Service = (processor, instruction) => farTransfer(processor, instruction, false);
const callf: Service = (processor, instruction) => farTransfer(processor, instruction, true);

function farTransfer(processor: Processor, instruction: Instruction, call: boolean): Outcome {
  const size = instruction.operandSize;
  const [target] = instruction.operands;
  let selector: number;
  let offset: number;
  if (target.kind === 'far pointer') {
    selector = target.selector;
    offset = target.offset >>> 0;
  } else {
    const pointer = memoryOperand(target);
    offset = readOperand(processor, pointer, size);
    if (offset < 0) return FAULT;
    selector = readWithin(processor, pointer, size, 2);
    if (selector < 0) return FAULT;
  }
  const address = targetDescriptor(processor, selector);
  if (address < 0) return FAULT;
  const descriptor = openDescriptor(processor, address, GATE_SLOT);
  if (descriptor < 0) return FAULT;
  const low = processor.state.u32[descriptor];
  const high = processor.state.u32[descriptor + 1];
  const outcome = isSystem(high)
    ? systemTarget(processor, selector, high, low, call)
    : directTarget(processor, selector, high, low, size === 2 ? offset & 0xffff : offset, call ? size : 0);
  if (outcome !== FAULT) processor.events.farTransfers++;
  return outcome;
}

/** `callSize` is the size of what a call pushes, 0 for a jump. */
function directTarget(
  processor: Processor,
  selector: number,
  high: number,
  low: number,
  offset: number,
  callSize: number,
): Outcome {
  const { u32 } = processor.state;
  if (checkDirectTarget(processor, selector, high) < 0) return FAULT;
  if (callSize !== 0 && pushReturn(processor, callSize) < 0) return FAULT;
  if (!withinCode(processor, low, high, offset)) return FAULT;
  if (enterCode(processor, selector, high, low, offset, u32[CPL]) < 0) return FAULT;
  refreshMode(processor);
  if (callSize !== 0) moveStack(processor.state, -2 * callSize);
  if ((selector & RPL) === u32[CPL]) rememberCode(processor);
  return TRANSFER;
}

/** Writes cs and the next eip below the stack without moving it. */
export function pushReturn(processor: Processor, size: number): Outcome {
  const { u32 } = processor.state;
  if (poke(processor, -size, size, u32[CS + SELECTOR]) < 0) return FAULT;
  return poke(processor, -2 * size, size, u32[NEXT_EIP]) < 0 ? FAULT : NEXT;
}

function systemTarget(processor: Processor, selector: number, high: number, low: number, call: boolean): Outcome {
  const { state } = processor;
  const type = typeOf(high);
  const isCallGate = type === systemType.callGate16 || type === systemType.callGate32;
  const isTask = type === systemType.taskGate || type === systemType.tss16 || type === systemType.tss32;
  const dpl = privilegeOf(high);
  if ((!isCallGate && !isTask) || dpl < state.u32[CPL] || dpl < (selector & RPL)) {
    return raise(state, exception.generalProtection, selectorError(selector));
  }
  if (!isPresent(high)) return raise(state, exception.segmentNotPresent, selectorError(selector));
  if (isTask) {
    return notSupported(processor, `hardware task switch through selector 0x${selector.toString(16)}`);
  }
  return throughGate(processor, high, low, call);
}

export const transferServices: Record<string, Service> = { jmpf, callf };

/**
 * What every x87 instruction does before and after its own business: find out whether there is a unit to talk to,
 * whether an old exception waits to be taken (SDM 1 8.6, 8.7), and remember where it stood (SDM 1 8.1.8).
 */

import type { Instruction, MemoryOperand } from '../instruction.ts';
import { segmentNumber } from '../instruction.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome, type Service } from '../service.ts';
import { memoryMap, type State, segmentLayout, stateLayout } from '../state.ts';
import {
  LAST_INSTRUCTION,
  LAST_INSTRUCTION_SELECTOR,
  LAST_OPCODE,
  LAST_OPERAND,
  LAST_OPERAND_SELECTOR,
} from './last-instruction.ts';
import { type Unit, unitOf } from './unit.ts';
import { status } from './words.ts';

const at = stateLayout.at;
const EIP = at.eip;
const CR0 = at.cr0;
const SEGMENT_BYTES = segmentLayout.bytes;
const SELECTORS = at.segments + segmentLayout.at.selector;
const CODE_SELECTOR = SELECTORS + segmentNumber.cs * SEGMENT_BYTES;
const CODE_BASE = at.segments + segmentNumber.cs * SEGMENT_BYTES + segmentLayout.at.base;

const cr0 = { monitor: 1 << 1, emulation: 1 << 2, taskSwitched: 1 << 3 } as const;
const vector = { generalProtection: 13, deviceNotAvailable: 7, mathFault: 16 } as const;
const NO_ERROR_CODE = -1;

/** The body of an instruction once it may run. Only NEXT and FAULT make sense here. */
export type Body = (unit: Unit, processor: Processor, instruction: Instruction) => Outcome;

export function raise(state: State, faultVector: number, errorCode: number): Outcome {
  state.set(at.faultVector, faultVector);
  state.set(at.faultError, errorCode);
  return FAULT;
}

/** #GP(0). */
export const generalProtection = (state: State): Outcome => raise(state, vector.generalProtection, 0);

function isUnavailable(state: State): boolean {
  return (state.get(CR0) & (cr0.emulation | cr0.taskSwitched)) !== 0;
}

/** Wraps an instruction that does not look at pending exceptions (the fn… ones, fxsave, fxrstor). */
export function withoutWaiting(body: Body): Service {
  return (processor, instruction) => {
    const { state } = processor;
    if (isUnavailable(state)) return raise(state, vector.deviceNotAvailable, NO_ERROR_CODE);
    return body(unitOf(state), processor, instruction);
  };
}

/** Wraps a control instruction that first lets a pending exception out. CR0.NE is taken as set: there is no FERR# line. */
export function waiting(body: Body): Service {
  return (processor, instruction) => {
    const { state } = processor;
    if (isUnavailable(state)) return raise(state, vector.deviceNotAvailable, NO_ERROR_CODE);
    const unit = unitOf(state);
    if ((unit.status & status.summary) !== 0) return raise(state, vector.mathFault, NO_ERROR_CODE);
    return body(unit, processor, instruction);
  };
}

/** Wraps every other instruction: waiting, and then leaving its address behind for an exception handler. */
export function computing(body: Body): Service {
  return waiting((unit, processor, instruction) => {
    unit.begin();
    const outcome = body(unit, processor, instruction);
    if (outcome === NEXT) leaveTrace(unit, processor, instruction);
    return outcome;
  });
}

/** fwait: the only one that cares about cr0.MP. */
export const wait: Service = ({ state }) => {
  const both = cr0.monitor | cr0.taskSwitched;
  if ((state.get(CR0) & both) === both) return raise(state, vector.deviceNotAvailable, NO_ERROR_CODE);
  if ((unitOf(state).status & status.summary) !== 0) return raise(state, vector.mathFault, NO_ERROR_CODE);
  return NEXT;
};

/** Visible selector of a segment register. */
export function selectorOf(state: State, segment: number): number {
  return state.get(SELECTORS + segment * SEGMENT_BYTES);
}

function leaveTrace(unit: Unit, processor: Processor, instruction: Instruction): void {
  const { state } = processor;
  state.set(LAST_INSTRUCTION, state.get(EIP));
  state.set(LAST_INSTRUCTION_SELECTOR, state.get(CODE_SELECTOR));
  const operand = memoryOperand(instruction);
  if (operand !== null) {
    state.set(LAST_OPERAND, unit.operandOffset);
    state.set(LAST_OPERAND_SELECTOR, selectorOf(state, operand.segment));
  }
  if (unit.reported) recordOpcode(processor, instruction);
}

/** Since the Pentium 4 the opcode is kept for unmasked exceptions only (SDM 1 8.1.9), which spares us looking at code bytes. */
function recordOpcode(processor: Processor, instruction: Instruction): void {
  const { state } = processor;
  const base = state.get(CODE_BASE);
  const byteAt = (distance: number): number => {
    const physical = processor.access.translateFetch((base + state.get(EIP) + distance) >>> 0);
    return physical < 0 || physical >= state.ramBytes ? 0 : state.u8[memoryMap.ram + physical];
  };
  for (let distance = 0; distance < instruction.length; distance++) {
    const opcode = byteAt(distance);
    if ((opcode & 0xf8) !== 0xd8) continue;
    state.set(LAST_OPCODE, ((opcode & 7) << 8) | byteAt(distance + 1));
    return;
  }
}

/** The memory operand, or null for register forms. */
export function memoryOperand(instruction: Instruction): MemoryOperand | null {
  const first = instruction.operands[0];
  return first?.kind === 'memory' ? first : null;
}

/** The memory operand of an instruction that has no other form. */
export function requireMemory(instruction: Instruction): MemoryOperand {
  const operand = memoryOperand(instruction);
  if (operand === null) throw new Error(`${instruction.mnemonic} was decoded without its memory operand`);
  return operand;
}

/** Number of the stack register an instruction names last (its source, or its only one); ST(1) if it names none. */
export function namedRegister(instruction: Instruction): number {
  const operand = instruction.operands[instruction.operands.length - 1];
  return operand?.kind === 'x87 register' ? operand.number : 1;
}

/**
 * The unit looked at from outside: control and status words, the environment a handler needs to see what went wrong,
 * and the whole state for a task switch (SDM 1 8.1.10).  Protected-mode formats only, like everything here.
 *
 *      32-bit, at    16-bit, at      bits 31–16 of the 32-bit form
 *      0  control      0             ones
 *      4  status       2             ones
 *      8  tags         4             ones
 *     12  eip          6
 *     16  cs           8             opcode
 *     20  operand     10
 *     24  selector    12             ones
 *     28  ST(0) …     14             ten bytes each (fnsave)
 */

import { type Instruction, registerNumber } from '../instruction.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome, type Service } from '../service.ts';
import { computing, memoryOperand, namedRegister, requireMemory, wait, waiting, withoutWaiting } from './frame.ts';
import { LAST_OPCODE, restorePointers, savePointers } from './last-instruction.ts';
import { initialize, type Unit } from './unit.ts';
import { EXCEPTIONS, exception, status } from './words.ts';

const ONES = 0xffff_0000;
const REGISTERS = 8;
const REGISTER_BYTES = 10;
/** Words before the registers, of two or four bytes each. */
const ENVIRONMENT_WORDS = 7;

/** Tags of all eight physical registers, two bits each. */
export function tagWord(unit: Unit): number {
  let tags = 0;
  for (let slot = 0; slot < REGISTERS; slot++) {
    tags |= ((unit.empty >>> slot) & 1 ? 3 : unit.tagOf(slot)) << (slot * 2);
  }
  return tags;
}

/** Of a tag word only "empty" is believed; the rest is in the registers anyway. */
function setTagWord(unit: Unit, tags: number): void {
  let empty = 0;
  for (let slot = 0; slot < REGISTERS; slot++) if (((tags >>> (slot * 2)) & 3) === 3) empty |= 1 << slot;
  unit.empty = empty;
}

/** Puts the seven words of an environment into the unit's area. */
function saveEnvironment(unit: Unit, wide: boolean): void {
  const { state, area } = unit;
  const to = wide ? area.words : area.halves;
  to[0] = unit.control | ONES;
  to[1] = unit.status | ONES;
  to[2] = tagWord(unit) | ONES;
  savePointers(state, to, 3);
  to[4] |= state.get(LAST_OPCODE) << 16;
  to[6] |= ONES;
}

function restoreEnvironment(unit: Unit, wide: boolean): void {
  const { state, area } = unit;
  const from = wide ? area.words : area.halves;
  unit.control = from[0];
  unit.status = from[1];
  setTagWord(unit, from[2]);
  restorePointers(state, from, 3);
  if (wide) state.set(LAST_OPCODE, (from[4] >>> 16) & 0x7ff);
}

/** Behind the environment, ten bytes each, by halves. */
function saveRegisters(unit: Unit, wide: boolean): void {
  const { halves } = unit.area;
  let to = wide ? ENVIRONMENT_WORDS * 2 : ENVIRONMENT_WORDS;
  for (let i = 0; i < REGISTERS; i++, to += REGISTER_BYTES / 2) unit.saveRegister(i, halves, to);
}

function restoreRegisters(unit: Unit, wide: boolean): void {
  const { halves } = unit.area;
  let from = wide ? ENVIRONMENT_WORDS * 2 : ENVIRONMENT_WORDS;
  for (let i = 0; i < REGISTERS; i++, from += REGISTER_BYTES / 2) unit.restoreRegister(i, halves, from);
}

/** Writes the first `bytes` of the unit's area, once all of them are known to be writable.  The area's words want to be
 *  aligned as such, the registers behind them do not care. */
function writeArea({ area }: Unit, processor: Processor, instruction: Instruction, bytes: number): Outcome {
  const { access } = processor;
  const operand = requireMemory(instruction);
  const offset = access.effectiveOffset(operand);
  if (access.admit(operand.segment, offset, bytes, instruction.operandSize, true) === FAULT) return FAULT;
  if (access.probeWrite(operand.segment, offset, bytes) === FAULT) return FAULT;
  area.write(processor, operand.segment, offset, bytes);
  return NEXT;
}

/** Fills the unit's area with `bytes`, or nothing happens but a fault. */
function readArea({ area }: Unit, processor: Processor, instruction: Instruction, bytes: number): Outcome {
  const { access } = processor;
  const operand = requireMemory(instruction);
  const offset = access.effectiveOffset(operand);
  if (access.admit(operand.segment, offset, bytes, instruction.operandSize, false) === FAULT) return FAULT;
  return area.read(processor, operand.segment, offset, bytes);
}

const environmentBytes = (instruction: Instruction) => ENVIRONMENT_WORDS * instruction.operandSize;
const stateBytes = (instruction: Instruction) => environmentBytes(instruction) + REGISTERS * REGISTER_BYTES;

const fnstenv = withoutWaiting((unit, processor, instruction) => {
  saveEnvironment(unit, instruction.operandSize === 4);
  if (writeArea(unit, processor, instruction, environmentBytes(instruction)) === FAULT) return FAULT;
  unit.control |= EXCEPTIONS;
  return NEXT;
});

const fldenv = waiting((unit, processor, instruction) => {
  if (readArea(unit, processor, instruction, environmentBytes(instruction)) === FAULT) return FAULT;
  restoreEnvironment(unit, instruction.operandSize === 4);
  return NEXT;
});

const fnsave = withoutWaiting((unit, processor, instruction) => {
  const wide = instruction.operandSize === 4;
  saveEnvironment(unit, wide);
  saveRegisters(unit, wide);
  if (writeArea(unit, processor, instruction, stateBytes(instruction)) === FAULT) return FAULT;
  initialize(unit);
  return NEXT;
});

const frstor = waiting((unit, processor, instruction) => {
  const wide = instruction.operandSize === 4;
  if (readArea(unit, processor, instruction, stateBytes(instruction)) === FAULT) return FAULT;
  restoreEnvironment(unit, wide);
  restoreRegisters(unit, wide);
  return NEXT;
});

const fldcw = waiting((unit, processor, instruction) => {
  const operand = requireMemory(instruction);
  const value = processor.access.read(operand.segment, processor.access.effectiveOffset(operand), 2);
  if (value < 0) return FAULT;
  unit.control = value;
  return NEXT;
});

function storeWord(read: (unit: Unit) => number): Service {
  return withoutWaiting((unit, processor, instruction) => {
    const operand = memoryOperand(instruction);
    if (operand !== null) {
      const offset = processor.access.effectiveOffset(operand);
      return processor.access.write(operand.segment, offset, 2, read(unit));
    }
    const { state } = processor;
    const eax = state.register(registerNumber.eax);
    state.setRegister(registerNumber.eax, ((eax & ONES) | read(unit)) >>> 0);
    return NEXT;
  });
}

const fninit = withoutWaiting((unit) => {
  initialize(unit);
  return NEXT;
});

const fnclex = withoutWaiting((unit) => {
  unit.status &= ~(EXCEPTIONS | exception.stackFault);
  return NEXT;
});

/** fincstp and fdecstp turn the stack and leave the tags alone. */
function turn(by: number): Service {
  return computing((unit) => {
    unit.rotate(by);
    unit.setCodes(status.c1, 0);
    return NEXT;
  });
}

function free(pops: boolean): Service {
  return computing((unit, _processor, instruction) => {
    unit.setEmpty(namedRegister(instruction));
    unit.setCodes(status.c1, 0);
    if (pops) unit.pop();
    return NEXT;
  });
}

export const environmentServices: Record<string, Service> = {
  fninit,
  fnclex,
  fldcw,
  fnstcw: storeWord((unit) => unit.control),
  fnstsw: storeWord((unit) => unit.status),
  fnstenv,
  fldenv,
  fnsave,
  frstor,
  fincstp: turn(1),
  fdecstp: turn(-1),
  ffree: free(false),
  ffreep: free(true),
  fnop: computing(() => NEXT),
  wait,
};

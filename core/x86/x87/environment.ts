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
import { stateLayout } from '../state.ts';
import { tagOf } from './compare.ts';
import { computing, memoryOperand, namedRegister, requireMemory, wait, waiting, withoutWaiting } from './frame.ts';
import { initialize, type Unit } from './unit.ts';
import { EXCEPTIONS, exception, status } from './words.ts';

const at = stateLayout.at;
const ONES = 0xffff_0000;
const REGISTERS = 8;
const REGISTER_BYTES = 10;
/** Words before the registers, of two or four bytes each. */
const ENVIRONMENT_WORDS = 7;

/** Tags of all eight physical registers, two bits each. */
export function tagWord(unit: Unit): number {
  let tags = 0;
  for (let slot = 0; slot < REGISTERS; slot++) {
    unit.loadPhysical(slot, unit.a);
    const tag = (unit.empty >>> slot) & 1 ? 3 : tagOf(unit.a.exponent, unit.a.high, unit.a.low);
    tags |= tag << (slot * 2);
  }
  return tags;
}

/** Of a tag word only "empty" is believed; the rest is in the registers anyway. */
function setTagWord(unit: Unit, tags: number): void {
  let empty = 0;
  for (let slot = 0; slot < REGISTERS; slot++) if (((tags >>> (slot * 2)) & 3) === 3) empty |= 1 << slot;
  unit.empty = empty;
}

/** The seven words of an environment, as 32-bit ones. */
function environmentWords(unit: Unit): number[] {
  const { state } = unit;
  const opcode = state.get(at.fpuOpcode) << 16;
  return [
    unit.control | ONES,
    unit.status | ONES,
    tagWord(unit) | ONES,
    state.get(at.fpuInstruction),
    state.get(at.fpuInstructionSelector) | opcode,
    state.get(at.fpuOperand),
    state.get(at.fpuOperandSelector) | ONES,
  ];
}

function loadEnvironmentWords(unit: Unit, words: readonly number[], wide: boolean): void {
  const { state } = unit;
  const offsetMask = wide ? 0xffff_ffff : 0xffff;
  unit.control = words[0];
  unit.status = words[1];
  setTagWord(unit, words[2]);
  state.set(at.fpuInstruction, (words[3] & offsetMask) >>> 0);
  state.set(at.fpuInstructionSelector, words[4] & 0xffff);
  if (wide) state.set(at.fpuOpcode, (words[4] >>> 16) & 0x7ff);
  state.set(at.fpuOperand, (words[5] & offsetMask) >>> 0);
  state.set(at.fpuOperandSelector, words[6] & 0xffff);
}

/** Judges the whole area of `bytes`; its words want to be aligned as such, the registers behind them do not care. */
function admitArea(processor: Processor, instruction: Instruction, bytes: number, write: boolean): Outcome {
  const operand = requireMemory(instruction);
  const offset = processor.access.effectiveOffset(operand);
  return processor.access.admit(operand.segment, offset, bytes, instruction.operandSize, write);
}

/** Writes the environment, once all `bytes` of its area are known to be writable. */
function writeEnvironment(unit: Unit, processor: Processor, instruction: Instruction, bytes: number): Outcome {
  const { segment } = requireMemory(instruction);
  const size = instruction.operandSize;
  const offset = processor.access.effectiveOffset(requireMemory(instruction));
  if (admitArea(processor, instruction, bytes, true) === FAULT) return FAULT;
  if (processor.access.probeWrite(segment, offset, bytes) === FAULT) return FAULT;
  const mask = size === 4 ? 0xffff_ffff : 0xffff;
  environmentWords(unit).forEach((word, index) => {
    processor.access.write(segment, (offset + index * size) >>> 0, size, (word & mask) >>> 0);
  });
  return NEXT;
}

/** Reads `count` numbers of `size` bytes, or null on a fault. */
function readWords(processor: Processor, instruction: Instruction, from: number, count: number, size: number) {
  const operand = requireMemory(instruction);
  const offset = processor.access.effectiveOffset(operand) + from;
  const words: number[] = [];
  for (let index = 0; index < count; index++) {
    const word = processor.access.read(operand.segment, (offset + index * size) >>> 0, size);
    if (word < 0) return null;
    words.push(word);
  }
  return words;
}

const fnstenv = withoutWaiting((unit, processor, instruction) => {
  const bytes = ENVIRONMENT_WORDS * instruction.operandSize;
  if (writeEnvironment(unit, processor, instruction, bytes) === FAULT) return FAULT;
  unit.control |= EXCEPTIONS;
  return NEXT;
});

const fldenv = waiting((unit, processor, instruction) => {
  const size = instruction.operandSize;
  if (admitArea(processor, instruction, ENVIRONMENT_WORDS * size, false) === FAULT) return FAULT;
  const words = readWords(processor, instruction, 0, ENVIRONMENT_WORDS, size);
  if (words === null) return FAULT;
  loadEnvironmentWords(unit, words, size === 4);
  return NEXT;
});

const fnsave = withoutWaiting((unit, processor, instruction) => {
  const operand = requireMemory(instruction);
  const head = ENVIRONMENT_WORDS * instruction.operandSize;
  if (writeEnvironment(unit, processor, instruction, head + REGISTERS * REGISTER_BYTES) === FAULT) return FAULT;
  const offset = processor.access.effectiveOffset(operand) + head;
  for (let i = 0; i < REGISTERS; i++) {
    unit.load(i, unit.a);
    const { low, high, sign, exponent } = unit.a;
    const place = offset + i * REGISTER_BYTES;
    // By halves, for ten bytes never stay aligned to four and #AC has already had its say.
    [low, low >>> 16, high, high >>> 16, (sign << 15) | exponent].forEach((half, index) => {
      processor.access.write(operand.segment, (place + index * 2) >>> 0, 2, half & 0xffff);
    });
  }
  initialize(unit);
  return NEXT;
});

const frstor = waiting((unit, processor, instruction) => {
  const size = instruction.operandSize;
  const head = ENVIRONMENT_WORDS * size;
  if (admitArea(processor, instruction, head + REGISTERS * REGISTER_BYTES, false) === FAULT) return FAULT;
  const words = readWords(processor, instruction, 0, ENVIRONMENT_WORDS, size);
  if (words === null) return FAULT;
  const registers = readWords(processor, instruction, head, (REGISTERS * REGISTER_BYTES) / 2, 2);
  if (registers === null) return FAULT;
  loadEnvironmentWords(unit, words, size === 4);
  for (let i = 0; i < REGISTERS; i++) {
    const [a, b, c, d, top] = registers.slice(i * 5, i * 5 + 5);
    unit.a.set(top >>> 15, top & 0x7fff, c | (d << 16), a | (b << 16));
    unit.storePhysical(unit.slot(i), unit.a);
  }
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

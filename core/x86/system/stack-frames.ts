/**
 * Instructions that move several things on the stack at once: pusha, popa, enter (SDM 2A/2B).  Items are written in the
 * manual's order, so that a fault shows at the same address as on silicon; registers change only when all went well.
 */

import { segmentNumber } from '../instruction.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome, type Service } from '../service.ts';
import { readOperand, readRegister, writeRegister } from './operands.ts';
import { moveStack, peek, poke, setStackPointer, stackMask, stackPointer } from './stack.ts';

const { EBP, ESP, GENERAL, RIGHTS, SS } = words;

const REGISTERS = 8;
const ESP_NUMBER = ESP - GENERAL;
const EBP_NUMBER = EBP - GENERAL;
const LEVELS = 31;

const pusha: Service = (processor, { operandSize }) => {
  const { state } = processor;
  for (let number = 0; number < REGISTERS; number++) {
    const value = readRegister(state, number, operandSize);
    if (poke(processor, -(number + 1) * operandSize, operandSize, value) === FAULT) return FAULT;
  }
  moveStack(state, -REGISTERS * operandSize);
  return NEXT;
};

const popa: Service = (processor, { operandSize }) => {
  const { state } = processor;
  for (let item = 0; item < REGISTERS; item++) {
    if (peek(processor, item * operandSize, operandSize) < 0) return FAULT;
  }
  // Every page has been read once, so none of these can fault.
  for (let item = 0; item < REGISTERS; item++) {
    const number = REGISTERS - 1 - item;
    const value = peek(processor, item * operandSize, operandSize);
    if (number !== ESP_NUMBER) writeRegister(state, number, operandSize, value);
  }
  moveStack(state, REGISTERS * operandSize);
  return NEXT;
};

/** Copies the frame pointers of the enclosing levels and adds the new one, below the ebp already pushed. */
function copyDisplay(processor: Processor, levels: number, size: number, framePointer: number): Outcome {
  const { state, access } = processor;
  const mask = stackMask(state.u32[SS + RIGHTS]);
  for (let level = 1; level < levels; level++) {
    const from = ((state.u32[EBP] - level * size) & mask) >>> 0;
    const value = access.read(segmentNumber.ss, from, size);
    if (value < 0) return FAULT;
    if (poke(processor, -(level + 1) * size, size, value) === FAULT) return FAULT;
  }
  return poke(processor, -(levels + 1) * size, size, framePointer);
}

const enter: Service = (processor, { operands, operandSize }) => {
  const { state, access } = processor;
  const size = operandSize;
  const allocated = readOperand(processor, operands[0], 2);
  const levels = readOperand(processor, operands[1], 1) & LEVELS;
  if (poke(processor, -size, size, readRegister(state, EBP_NUMBER, size)) === FAULT) return FAULT;
  const mask = stackMask(state.u32[SS + RIGHTS]);
  const framePointer = ((stackPointer(state) - size) & mask) >>> 0;
  if (levels > 0 && copyDisplay(processor, levels, size, framePointer) === FAULT) return FAULT;
  const top = ((framePointer - levels * size - allocated) & mask) >>> 0;
  // The new top must be writable, though nothing is written there yet.
  if (access.probeWrite(segmentNumber.ss, top, size) === FAULT) return FAULT;
  writeRegister(state, EBP_NUMBER, mask === 0xffff ? 2 : size, framePointer);
  setStackPointer(state, top);
  return NEXT;
};

export const stackFrameServices: Record<string, Service> = { pusha, popa, enter };

/**
 * Segment registers by mov, push, pop and the Lxx family (SDM 2A/2B MOV, PUSH, POP, LDS).
 */

import { type SpecialOperand, segmentNumber } from '../instruction.ts';
import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome, type Service } from '../service.ts';
import { memoryOperand, readOperand, readWithin, writeOperand } from './operands.ts';
import { leaveNext, transferNext } from './rights.ts';
import { loadSegment } from './segments.ts';
import { peek, push, stackMask, stackOffset } from './stack.ts';

const { ESP, INTERRUPT_SHADOW, MODE, RIGHTS, SEGMENTS, SEGMENT_WORDS, SELECTOR, SS } = words;

const LAST_SEGMENT = 5;

/** After a load: ss holds interrupts off for one instruction, and a new mode needs other decoded code. */
function afterLoad(processor: Processor, number: number, modeBefore: number): Outcome {
  const { state } = processor;
  if (number === segmentNumber.ss) {
    state.u32[INTERRUPT_SHADOW] = 1;
    return leaveNext(state);
  }
  return state.u32[MODE] === modeBefore ? NEXT : transferNext(state);
}

const movseg: Service = (processor, instruction) => {
  const { state } = processor;
  const [to, from] = instruction.operands;
  const special = (to.kind === 'segment register' ? to : from) as SpecialOperand; // by the form of the instruction
  const load = to === special;
  const unknown = special.number > LAST_SEGMENT || (load && special.number === segmentNumber.cs);
  if (unknown) return raise(state, exception.invalidOpcode);
  if (!load) {
    const selector = state.u32[SEGMENTS + special.number * SEGMENT_WORDS + SELECTOR];
    return writeOperand(processor, to, to.kind === 'memory' ? 2 : instruction.operandSize, selector);
  }
  const selector = readOperand(processor, from, 2);
  if (selector < 0) return FAULT;
  const before = state.u32[MODE];
  if (loadSegment(processor, special.number, selector) === FAULT) return FAULT;
  return afterLoad(processor, special.number, before);
};

const pushseg: Service = (processor, instruction) => {
  const special = instruction.operands[0] as SpecialOperand; // by the form of the instruction
  const selector = processor.state.u32[SEGMENTS + special.number * SEGMENT_WORDS + SELECTOR];
  return push(processor, instruction.operandSize, selector);
};

const popseg: Service = (processor, instruction) => {
  const { state } = processor;
  const { number } = instruction.operands[0] as SpecialOperand; // by the form of the instruction
  const size = instruction.operandSize;
  const value = peek(processor, 0, size);
  if (value < 0) return FAULT;
  // Popped as wide as the old stack is, even if the new one is of another width.
  const mask = stackMask(state.u32[SS + RIGHTS]);
  const esp = (state.u32[ESP] & ~mask) | stackOffset(state, size);
  const before = state.u32[MODE];
  if (loadSegment(processor, number, value & 0xffff) === FAULT) return FAULT;
  state.u32[ESP] = esp;
  return afterLoad(processor, number, before);
};

/** lds, les, lss, lfs, lgs: the segment first, for it may fault; then the register. */
const loadPointer =
  (number: number): Service =>
  (processor, { operands, operandSize }) => {
    const { state } = processor;
    const pointer = memoryOperand(operands[1]);
    const offset = readOperand(processor, pointer, operandSize);
    if (offset < 0) return FAULT;
    const selector = readWithin(processor, pointer, operandSize, 2);
    if (selector < 0) return FAULT;
    const before = state.u32[MODE];
    if (loadSegment(processor, number, selector) === FAULT) return FAULT;
    writeOperand(processor, operands[0], operandSize, offset);
    return state.u32[MODE] === before ? NEXT : transferNext(state);
  };

export const segmentMoveServices: Record<string, Service> = {
  movseg,
  pushseg,
  popseg,
  lds: loadPointer(segmentNumber.ds),
  les: loadPointer(segmentNumber.es),
  lss: loadPointer(segmentNumber.ss),
  lfs: loadPointer(segmentNumber.fs),
  lgs: loadPointer(segmentNumber.gs),
};

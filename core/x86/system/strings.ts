/**
 * String instructions (SDM 1 7.3.9).  Each call does at most what lies in one page, then hands back with eip still at
 * the instruction: interrupts, budget and faults see a rep as the architecture shows it, element by element, while the
 * plain cases move a page at once.  A chunk counts as one instruction.
 */

import { type Instruction, segmentNumber } from '../instruction.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome, type Service } from '../service.ts';
import { bulkCopy, bulkFill } from './bulk.ts';
import { readAccumulator, writeAccumulator } from './operands.ts';
import { advance, chunk, resumeOrNext, sourceOffset, targetOffset } from './string-registers.ts';
import { setSubtractionFlags } from './subtraction-flags.ts';

const { FLAG_ZERO } = words;

const ES_NUMBER = segmentNumber.es;
/** The first element has its pages looked for; what comes after it may find them open. */
const OPENED = 1;

const movs: Service = (processor, instruction) => {
  const { state, access } = processor;
  const size = instruction.operandSize;
  const elements = chunk(state, instruction, true, true);
  for (let element = 0; element < elements; element++) {
    if (element <= OPENED && bulkCopy(processor, instruction, elements - element, element === OPENED)) {
      advance(state, instruction, elements - element, true, true);
      break;
    }
    const value = access.read(instruction.segment, sourceOffset(state, instruction), size);
    if (value < 0) return FAULT;
    if (access.write(ES_NUMBER, targetOffset(state, instruction), size, value) === FAULT) return FAULT;
    advance(state, instruction, 1, true, true);
  }
  return resumeOrNext(processor, instruction);
};

const stos: Service = (processor, instruction) => {
  const { state, access } = processor;
  const size = instruction.operandSize;
  const value = readAccumulator(state, size);
  const elements = chunk(state, instruction, false, true);
  for (let element = 0; element < elements; element++) {
    if (element <= OPENED && bulkFill(processor, instruction, elements - element, value, element === OPENED)) {
      advance(state, instruction, elements - element, false, true);
      break;
    }
    if (access.write(ES_NUMBER, targetOffset(state, instruction), size, value) === FAULT) return FAULT;
    advance(state, instruction, 1, false, true);
  }
  return resumeOrNext(processor, instruction);
};

const lods: Service = (processor, instruction) => {
  const { state, access } = processor;
  const size = instruction.operandSize;
  const elements = chunk(state, instruction, true, false);
  for (let element = 0; element < elements; element++) {
    const value = access.read(instruction.segment, sourceOffset(state, instruction), size);
    if (value < 0) return FAULT;
    writeAccumulator(state, size, value);
    advance(state, instruction, 1, true, false);
  }
  return resumeOrNext(processor, instruction);
};

/** Whether a comparing repeat stops after the comparison just made. */
function stops(processor: Processor, instruction: Instruction): boolean {
  const equal = processor.state.i32[FLAG_ZERO] === 0;
  return instruction.repeat === 'repe' ? !equal : equal;
}

const scas: Service = (processor, instruction) => {
  const { state, access } = processor;
  const size = instruction.operandSize;
  const sought = readAccumulator(state, size);
  const elements = chunk(state, instruction, false, true);
  for (let element = 0; element < elements; element++) {
    const value = access.read(ES_NUMBER, targetOffset(state, instruction), size);
    if (value < 0) return FAULT;
    setSubtractionFlags(state, sought, value, size);
    advance(state, instruction, 1, false, true);
    if (instruction.repeat !== 'none' && stops(processor, instruction)) return NEXT;
  }
  return resumeOrNext(processor, instruction);
};

const cmps: Service = (processor, instruction): Outcome => {
  const { state, access } = processor;
  const size = instruction.operandSize;
  const elements = chunk(state, instruction, true, true);
  for (let element = 0; element < elements; element++) {
    // Where both would fault, silicon complains of es:edi; the manual does not say.
    const right = access.read(ES_NUMBER, targetOffset(state, instruction), size);
    if (right < 0) return FAULT;
    const left = access.read(instruction.segment, sourceOffset(state, instruction), size);
    if (left < 0) return FAULT;
    setSubtractionFlags(state, left, right, size);
    advance(state, instruction, 1, true, true);
    if (instruction.repeat !== 'none' && stops(processor, instruction)) return NEXT;
  }
  return resumeOrNext(processor, instruction);
};

export const stringServices: Record<string, Service> = { movs, stos, lods, scas, cmps };

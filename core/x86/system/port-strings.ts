/**
 * ins and outs (SDM 2A/2B): one element a call, for a port may do anything, stop the board included.
 */

import type { Instruction } from '../instruction.ts';
import { segmentNumber } from '../instruction.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, LEAVE, NEXT, type Outcome, type Service } from '../service.ts';
import { afterPort, portAllowed, readPort, writePort } from './ports.ts';
import { advance, elementsLeft, resumeOrNext, sourceOffset, targetOffset } from './string-registers.ts';

const { EDX } = words;

const PORT_BITS = 0xffff;

function afterElement(processor: Processor, instruction: Instruction): Outcome {
  const resume = resumeOrNext(processor, instruction);
  if (resume === NEXT) return afterPort(processor);
  return processor.stopCode !== null ? LEAVE : resume;
}

/** The port is read only once the byte is sure to find its place: reading may be a deed. */
const ins: Service = (processor, instruction) => {
  const { state, access } = processor;
  const size = instruction.operandSize;
  const port = state.u32[EDX] & PORT_BITS;
  if (!portAllowed(processor, port, size)) return FAULT;
  if (elementsLeft(state, instruction) === 0) return NEXT;
  const offset = targetOffset(state, instruction);
  if (access.probeWrite(segmentNumber.es, offset, size) === FAULT) return FAULT;
  if (access.write(segmentNumber.es, offset, size, readPort(processor, port, size)) === FAULT) return FAULT;
  advance(state, instruction, 1, false, true);
  return afterElement(processor, instruction);
};

const outs: Service = (processor, instruction) => {
  const { state, access } = processor;
  const size = instruction.operandSize;
  const port = state.u32[EDX] & PORT_BITS;
  if (!portAllowed(processor, port, size)) return FAULT;
  if (elementsLeft(state, instruction) === 0) return NEXT;
  const value = access.read(instruction.segment, sourceOffset(state, instruction), size);
  if (value < 0) return FAULT;
  writePort(processor, port, size, value);
  advance(state, instruction, 1, true, false);
  return afterElement(processor, instruction);
};

export const portStringServices: Record<string, Service> = { ins, outs };

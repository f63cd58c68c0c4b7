/**
 * Two that belong nowhere else: cmpxchg8b, which writes its memory whether or not it finds what it sought (SDM 2A), and
 * salc, which Intel never admitted to.
 */

import { words } from '../memory/words.ts';
import { FAULT, NEXT, type Service } from '../service.ts';
import { memoryOperand, readWithin, writeAccumulator, writeWithin } from './operands.ts';

const { EAX, EBX, ECX, EDX, FLAG_CARRY, FLAG_ZERO } = words;

const QUADWORD = 8;

const cmpxchg8b: Service = (processor, { operands }) => {
  const { state, access } = processor;
  const { u32 } = state;
  const operand = memoryOperand(operands[0]);
  const offset = access.effectiveOffset(operand);
  if (access.admit(operand.segment, offset, QUADWORD, QUADWORD, true) === FAULT) return FAULT;
  if (access.probeWrite(operand.segment, offset, QUADWORD) === FAULT) return FAULT;
  const low = readWithin(processor, operand, 0, 4);
  const high = low < 0 ? low : readWithin(processor, operand, 4, 4);
  if (high < 0) return FAULT;
  const equal = low === u32[EAX] && high === u32[EDX];
  if (writeWithin(processor, operand, 0, 4, equal ? u32[EBX] : low) === FAULT) return FAULT;
  if (writeWithin(processor, operand, 4, 4, equal ? u32[ECX] : high) === FAULT) return FAULT;
  if (!equal) {
    u32[EAX] = low;
    u32[EDX] = high;
  }
  u32[FLAG_ZERO] = equal ? 0 : 1;
  return NEXT;
};

const salc: Service = ({ state }) => {
  writeAccumulator(state, 1, state.u32[FLAG_CARRY] !== 0 ? 0xff : 0);
  return NEXT;
};

export const exchangeServices: Record<string, Service> = { cmpxchg8b, salc };

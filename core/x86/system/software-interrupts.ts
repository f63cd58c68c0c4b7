/**
 * Instructions that interrupt on purpose: int n, int3, into, int1, bound and ud2.
 */

import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome, type Service } from '../service.ts';
import { enterGate } from './deliver.ts';
import { memoryOperand, readOperand, readWithin } from './operands.ts';

const { FLAG_OVERFLOW, NEXT_EIP } = words;

const NO_ERROR = -1;

function interrupt(processor: Processor, vector: number, external: number): Outcome {
  const { state } = processor;
  return enterGate(processor, vector, NO_ERROR, external, state.u32[NEXT_EIP], state.eflags);
}

const int: Service = (processor, instruction) =>
  interrupt(processor, readOperand(processor, instruction.operands[0], 1), 0);
const int3: Service = (processor) => interrupt(processor, exception.breakpoint, 0);
const into: Service = (processor) =>
  processor.state.i32[FLAG_OVERFLOW] < 0 ? interrupt(processor, exception.overflow, 0) : NEXT;
/** ICEBP comes as if from outside: the gate's DPL does not matter. */
const int1: Service = (processor) => interrupt(processor, exception.debug, 1);

const ud2: Service = ({ state }) => raise(state, exception.invalidOpcode);
/** Outside system management mode, which we never enter, rsm is no instruction. */
const rsm: Service = ud2;

const signed = (value: number, size: number) => (size === 2 ? (value << 16) >> 16 : value | 0);

const bound: Service = (processor, { operands, operandSize }) => {
  const bounds = memoryOperand(operands[1]);
  const index = readOperand(processor, operands[0], operandSize);
  const lower = readOperand(processor, bounds, operandSize);
  if (lower < 0) return FAULT;
  const upper = readWithin(processor, bounds, operandSize, operandSize);
  if (upper < 0) return FAULT;
  const value = signed(index, operandSize);
  const inside = value >= signed(lower, operandSize) && value <= signed(upper, operandSize);
  return inside ? NEXT : raise(processor.state, exception.boundRange);
};

export const softwareInterruptServices: Record<string, Service> = { int, int3, into, int1, ud2, rsm, bound };

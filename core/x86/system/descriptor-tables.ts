/**
 * lgdt, lidt, sgdt, sidt (SDM 2A): a 16-bit limit and a 32-bit base, of which 16-bit code loads only 24 bits.
 */

import type { Instruction } from '../instruction.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome, type Service } from '../service.ts';
import { memoryOperand, readWithin, writeWithin } from './operands.ts';
import { inRing0 } from './rights.ts';

const { GDT_BASE, GDT_LIMIT, IDT_BASE, IDT_LIMIT } = words;

const BASE_AT = 2;
const NARROW_BASE = 0x00ffffff;

function load(processor: Processor, instruction: Instruction, baseWord: number, limitWord: number): Outcome {
  if (!inRing0(processor)) return FAULT;
  const { u32 } = processor.state;
  const operand = memoryOperand(instruction.operands[0]);
  const limit = readWithin(processor, operand, 0, 2);
  if (limit < 0) return FAULT;
  const base = readWithin(processor, operand, BASE_AT, 4);
  if (base < 0) return FAULT;
  u32[limitWord] = limit;
  u32[baseWord] = instruction.operandSize === 2 ? base & NARROW_BASE : base;
  processor.events.tableLoads++;
  return NEXT;
}

function store(processor: Processor, instruction: Instruction, baseWord: number, limitWord: number): Outcome {
  const { u32 } = processor.state;
  const operand = memoryOperand(instruction.operands[0]);
  if (writeWithin(processor, operand, 0, 2, u32[limitWord]) === FAULT) return FAULT;
  return writeWithin(processor, operand, BASE_AT, 4, u32[baseWord]);
}

export const descriptorTableServices: Record<string, Service> = {
  lgdt: (processor, instruction) => load(processor, instruction, GDT_BASE, GDT_LIMIT),
  lidt: (processor, instruction) => load(processor, instruction, IDT_BASE, IDT_LIMIT),
  sgdt: (processor, instruction) => store(processor, instruction, GDT_BASE, GDT_LIMIT),
  sidt: (processor, instruction) => store(processor, instruction, IDT_BASE, IDT_LIMIT),
};

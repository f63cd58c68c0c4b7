/**
 * Operands that have no place in the encoding: xlat's table, and what string instructions find at esi and edi.  Their
 * meanings take them like any others, so an engine spells them out before it looks at operands.
 */

import { type Instruction, type MemoryOperand, registerNumber, segmentNumber } from '../instruction.ts';

const { esi, edi } = registerNumber;

function pointedAt(instruction: Instruction, base: number | null, size: number): MemoryOperand {
  const { addressSize, segment } = instruction;
  return { kind: 'memory', size, segment, base, index: null, shift: 0, displacement: 0, addressSize };
}

/** Always through es (SDM 1 7.3.9). */
const target = (instruction: Instruction): MemoryOperand => ({
  ...pointedAt(instruction, edi, instruction.operandSize),
  segment: segmentNumber.es,
});
const source = (instruction: Instruction) => pointedAt(instruction, esi, instruction.operandSize);

const implied: Readonly<Record<string, (instruction: Instruction) => MemoryOperand[]>> = {
  xlat: (instruction) => [pointedAt(instruction, null, 1)],
  movs: (instruction) => [target(instruction), source(instruction)],
  cmps: (instruction) => [source(instruction), target(instruction)],
  stos: (instruction) => [target(instruction)],
  scas: (instruction) => [target(instruction)],
  lods: (instruction) => [source(instruction)],
};

/** Whether all its operands are in the encoding. */
export const spellsOut = (mnemonic: string): boolean => !(mnemonic in implied);

/** The instruction with all operands its meaning takes. */
export function spelledOut(instruction: Instruction): Instruction {
  const operands = instruction.operands.length === 0 && implied[instruction.mnemonic]?.(instruction);
  return operands ? { ...instruction, operands } : instruction;
}

/** Whether an operand is the es:edi of a string instruction: where there are two in memory, this is the one that needs
 *  nothing from the encoding. */
export function isStringTarget({ mnemonic }: Instruction, operand: MemoryOperand): boolean {
  return mnemonic !== 'xlat' && mnemonic in implied && operand.base === edi;
}

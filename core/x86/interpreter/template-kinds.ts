/**
 * Kinds of instructions: those that differ in nothing but which registers they name.  They are of the same form, name
 * memory or do not, say in the same way where, and mean the same segment; so they have one handler, and their operations
 * differ in the registers' addresses only.  One of each kind is taken apart, and the others' templates are made of its
 * (template-derivation.ts): of what a kernel shows its decoder that is nine instructions of ten.
 */

import { type OperandForm, registerSize } from '../encoding/operands.ts';
import { NO_REGISTER, type ParsedInstruction } from '../encoding/parsed-instruction.ts';
import { registerNumber } from '../instruction.ts';

const { esp, ebp } = registerNumber;

/** A kind's number: registers only; or by displacement (none, a byte, four), by SIB (none, without an index, with one), and
 *  whether the base stands for the stack segment. */
export const kindShape = { registers: 0, memory: 1, displacement: 6, sib: 2, stack: 1 } as const;
/** Each with the eight middle bits ModR/M can have: they may belong to the opcode. */
export const MIDDLES = 8;
export const KINDS = 1 + 3 * kindShape.displacement;

/** In a template's `registers`: for the number in ModR/M's middle bits, which may be two operands, and for that in its low
 *  bits, which operand it is (0 none, else its position and one), and whether of one byte. Zero: nothing can be made of
 *  it. */
export const registersField = { position: 7, byte: 8, lowShift: 4, againShift: 8, memory: 0x1000 } as const;

export function kindOf({ modrm, base, index, inMemory }: ParsedInstruction): number {
  if (!inMemory) return kindShape.registers;
  const displacement = base === NO_REGISTER ? 2 : modrm >> 6;
  const sib = (modrm & 7) !== esp ? 0 : index === NO_REGISTER ? 1 : 2;
  const stack = base === esp || base === ebp ? kindShape.stack : 0;
  return kindShape.memory + displacement * kindShape.displacement + sib * kindShape.sib + stack;
}

/** What `registers` of an ordinary instruction's template is. */
export function registersOf({ form, inMemory, operandSize }: ParsedInstruction): number {
  // Where pop writes to depends on its base (operation-writer.ts).
  if (!form.addresses || form.mnemonic === 'pop') return 0;
  let registers = inMemory ? registersField.memory : 0;
  form.operands.forEach((operand: OperandForm, position) => {
    const low = operand.from === 'r/m' && !inMemory;
    if (!low && operand.from !== 'middle') return;
    const byte = registerSize(operand.width, operandSize) === 1 ? registersField.byte : 0;
    const again = (registers & registersField.position) !== 0 ? registersField.againShift : 0;
    registers |= (position + 1 + byte) << (low ? registersField.lowShift : again);
  });
  return registers;
}

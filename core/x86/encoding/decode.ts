/**
 * From bytes to an Instruction.  It knows prefixes and where the table lies; what the bits mean it reads there.  It does
 * not judge privilege or mode: an instruction that exists decodes, and whether it may run is its meaning's business.
 */

import type { Instruction, MemoryOperand, Operand } from '../instruction.ts';
import { segmentNumber } from '../instruction.ts';
import { InstructionBytes } from './instruction-bytes.ts';
import { bytesOf, type OperandForm, registerSize, take } from './operands.ts';
import { type DecodeFault, NO_REGISTER, ParsedInstruction } from './parsed-instruction.ts';

export type { DecodeFault } from './parsed-instruction.ts';

function memory(parsed: ParsedInstruction, { width }: OperandForm): MemoryOperand {
  const { base, index, shift, displacement, addressSize } = parsed;
  return {
    kind: 'memory',
    size: bytesOf(width, parsed.operandSize),
    segment: parsed.memorySegment,
    base: base === NO_REGISTER ? null : base,
    index: index === NO_REGISTER ? null : index,
    shift: shift as MemoryOperand['shift'], // two bits of the encoding
    displacement,
    addressSize,
  };
}

function register(parsed: ParsedInstruction, { special, width }: OperandForm, number: number): Operand {
  if (special !== null) return { kind: special, number };
  return { kind: 'register', size: registerSize(width, parsed.operandSize), number };
}

/** `second` if another operand took bytes before. */
function operand(parsed: ParsedInstruction, form: OperandForm, second: boolean): Operand {
  const { modrm, operandSize, immediate } = parsed;
  switch (form.from) {
    case 'r/m':
      return parsed.inMemory ? memory(parsed, form) : register(parsed, form, modrm & 7);
    case 'memory':
      return memory(parsed, form);
    case 'middle':
      return register(parsed, form, (modrm >> 3) & 7);
    case 'low':
      return register(parsed, form, modrm & 7);
    case 'opcode':
      return register(parsed, form, parsed.form.register);
    case 'fixed':
      return register(parsed, form, form.number);
    case 'immediate': {
      const value = form.takes === take.nothing ? form.number : second ? parsed.second : immediate;
      return { kind: 'immediate', size: registerSize(form.width, operandSize), value };
    }
    case 'relative':
      return { kind: 'relative', distance: immediate };
    case 'far pointer':
      return { kind: 'far pointer', selector: parsed.second, offset: operandSize === 2 ? immediate : immediate >>> 0 };
  }
}

/** The instruction that was taken apart, as a value that stays. */
export function instructionOf(parsed: ParsedInstruction): Instruction {
  const { form } = parsed;
  const operands: Operand[] = [];
  let taken = false;
  for (const each of form.operands) {
    operands.push(operand(parsed, each, taken));
    taken ||= each.takes !== take.nothing;
  }
  return {
    mnemonic: form.mnemonic,
    length: parsed.length,
    operandSize: parsed.operandSize,
    addressSize: parsed.addressSize,
    operands,
    condition: form.condition,
    repeat: parsed.repeat,
    lock: parsed.lock,
    segment: parsed.segment ?? segmentNumber.ds,
  };
}

/**
 * Decodes the instruction whose byte i is `read(i)`, or -1 where it cannot be fetched; bytes are asked for in order and
 * never beyond the instruction's end. `code32` is the D bit of the code segment.  SDM 2A chapter 2.
 */
export function decode(read: (index: number) => number, code32: boolean): Instruction | DecodeFault {
  const parsed = new ParsedInstruction(new InstructionBytes(read));
  return parsed.parse(code32) ?? instructionOf(parsed);
}

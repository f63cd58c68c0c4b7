/**
 * Shapes that every 32-bit program is made of.  Nothing depends on this list being right: a shape that is missing is
 * generated when it is met, one too many is a few hundred bytes nobody calls.  It was drawn up from what three Linux
 * kernels and a shell met while booting.
 */

import {
  type Instruction,
  type Operand,
  type OperandSize,
  registerNumber,
  type SegmentNumber,
  segmentNumber,
} from '../instruction.ts';
import { FLAT_PROGRAM } from '../state.ts';
import { type Shape, shapeOf } from './shape.ts';

/**
 * Operand size, operands, and who takes them.  A letter says what an operand is (register, immediate, jump's distance;
 * memory at a base, with an index, through a segment that is not flat, at es:edi) and a digit how many bytes it has.
 */
const table: readonly (readonly [OperandSize, string, string])[] = [
  [1, 'b1', 'inc dec not neg setcc lods'],
  [1, 'e1', 'stos scas'],
  [1, 'e1 b1', 'movs'],
  [1, 'r1', 'inc dec not neg mul1 div setcc'],
  [1, 'b1 i1', 'add or and sub cmp mov test sar shr shl'],
  [1, 'b1 r1', 'add or and sub xor cmp mov test'],
  [1, 'r1 b1', 'add or and sub xor cmp mov'],
  [1, 'r1 i1', 'add or adc sbb and sub xor cmp mov test shl shr sar'],
  [1, 'r1 r1', 'add or adc sbb and sub xor cmp mov test xchg'],
  [1, 'x1 i1', 'or and cmp mov test'],
  [1, 'x1 r1', 'or and cmp mov test'],
  [1, 'r1 x1', 'add cmp mov'],
  [1, 'g1 i1', 'cmp mov'],
  [1, 'g1 r1', 'mov'],
  [1, 'r1 g1', 'mov'],
  [2, '', 'nop'],
  [2, 'b2', 'inc'],
  [2, 'e2 b2', 'movs'],
  [2, 'x2', 'inc dec'],
  [2, 'r2', 'inc dec'],
  [2, 'b2 i2', 'add or and cmp mov test'],
  [2, 'b2 r2', 'add cmp mov'],
  [2, 'r2 b2', 'add cmp mov'],
  [2, 'r2 i1', 'shr shl rol ror'],
  [2, 'r2 i2', 'or and cmp mov'],
  [2, 'r2 r2', 'or xor cmp mov test'],
  [2, 'r2 x2', 'mov'],
  [2, 'x2 i2', 'sub cmp mov'],
  [2, 'x2 r2', 'mov xchg'],
  [4, '', 'cdq cld cwde leave nop ret std'],
  [4, 'b0', 'nop'],
  [4, 'x0', 'nop'],
  [4, 'b4', 'call dec div idiv imul1 inc jmp mul1 neg not pop push lods'],
  [4, 'e4', 'stos'],
  [4, 'e4 b4', 'movs'],
  [4, 'b8', 'cmpxchg8b'],
  [4, 'x4', 'call dec inc jmp push'],
  [4, 'g4', 'call jmp push'],
  [4, 'r4', 'bswap call dec div idiv imul1 inc jmp mul1 neg not pop push'],
  [4, 'i2', 'ret'],
  [4, 'i4', 'push'],
  [4, 'j', 'call jcc jcxz jmp loop'],
  [4, 'b4 i1', 'bt btr bts sar shl shr'],
  [4, 'b4 i4', 'add or adc and sub xor cmp mov test'],
  [4, 'b4 r1', 'sar shl shr'],
  [4, 'b4 r4', 'add or adc sbb and sub xor cmp mov test bt btr bts cmpxchg xadd xchg'],
  [4, 'r4 b0', 'lea'],
  [4, 'r4 x0', 'lea'],
  [4, 'r4 b1', 'movsx movzx'],
  [4, 'r4 x1', 'movsx movzx'],
  [4, 'r4 b2', 'movsx movzx'],
  [4, 'r4 x2', 'movsx movzx'],
  [4, 'r4 b4', 'add or adc sbb and sub xor cmp mov bsf bsr cmovcc'],
  [4, 'r4 x4', 'add or and sub xor cmp mov'],
  [4, 'r4 g4', 'add sub xor cmp mov'],
  [4, 'r4 i1', 'bt rol ror sar shl shr'],
  [4, 'r4 i4', 'add or adc sbb and sub xor cmp mov test'],
  [4, 'r4 r1', 'movsx movzx rol ror sar shl shr'],
  [4, 'r4 r2', 'movsx movzx'],
  [4, 'r4 r4', 'add or adc sbb and sub xor cmp mov test bsf bsr bt cmovcc xchg'],
  [4, 'r4 r4 b4', 'imul'],
  [4, 'r4 r4 r4', 'imul'],
  [4, 'r4 r4 x4', 'imul'],
  [4, 'r4 r4 i4', 'imul'],
  [4, 'r4 b4 i4', 'imul'],
  [4, 'r4 r4 i1', 'shld shrd'],
  [4, 'r4 r4 r1', 'shld shrd'],
  [4, 'g4 i4', 'mov'],
  [4, 'g4 r4', 'mov'],
  [4, 'x4 i4', 'add or adc and cmp mov'],
  [4, 'x4 r4', 'add adc or and sub xor cmp mov xchg'],
];

const conditional = new Set(['jcc', 'setcc', 'cmovcc']);
const CONDITIONS = 16;

const segments: Readonly<Record<string, SegmentNumber>> = { g: segmentNumber.fs, e: segmentNumber.es };

function memory(letter: string, size: number): Operand {
  const segment = segments[letter] ?? segmentNumber.ds;
  const base = letter === 'e' ? registerNumber.edi : registerNumber.eax;
  const index = letter === 'x' ? registerNumber.ecx : null;
  return { kind: 'memory', size, segment, base, index, shift: 0, displacement: 0, addressSize: 4 };
}

function operand(spelling: string): Operand {
  const size = Number(spelling[1] ?? 0);
  switch (spelling[0]) {
    case 'r':
      return { kind: 'register', size: size as OperandSize, number: 0 }; // the table's digits
    case 'i':
      return { kind: 'immediate', size: size as OperandSize, value: 0 }; // the same
    case 'j':
      return { kind: 'relative', distance: 0 };
    default:
      return memory(spelling[0], size);
  }
}

function shape(mnemonic: string, operandSize: OperandSize, operands: readonly Operand[], condition: number): Shape {
  const instruction: Instruction = {
    mnemonic,
    length: 1,
    operandSize,
    addressSize: 4,
    operands,
    condition,
    repeat: 'none',
    lock: false,
    segment: segmentNumber.ds,
  };
  return shapeOf(instruction, FLAT_PROGRAM);
}

/** All of them, each once. */
export function commonShapes(): Shape[] {
  return table.flatMap(([size, spellings, mnemonics]) => {
    const operands = spellings.split(' ').filter(Boolean).map(operand);
    return mnemonics.split(' ').flatMap((mnemonic) => {
      const variants = conditional.has(mnemonic) ? CONDITIONS : 1;
      return Array.from({ length: variants }, (_, condition) => shape(mnemonic, size, operands, condition));
    });
  });
}

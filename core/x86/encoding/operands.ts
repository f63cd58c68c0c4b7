/**
 * Where the operands of an instruction are found: each letter of the encoding table, said in a way that a reader of bytes
 * and a writer of operations can both go by.  Bytes are taken in the order the table lists operands, which is the order
 * in which they lie: ModR/M with its displacement first, immediates last (SDM 2A 2.1).
 */

import type { OperandSize } from '../instruction.ts';
import { registerNumber, segmentNumber } from '../instruction.ts';

/** How wide an operand is: bytes, or what depends on the operand size. */
export type Width = 0 | 1 | 2 | 4 | 8 | 10 | 'operand size' | 'twice' | 'far' | 'word in memory';

/** What an operand takes from the bytes behind ModR/M. */
export const take = { nothing: 0, offset: 1, sized: 2, signedByte: 3, byte: 4, word: 5, farPointer: 6 } as const;
export type Take = (typeof take)[keyof typeof take];

export type SpecialKind = 'segment register' | 'control register' | 'debug register' | 'x87 register';

/** One operand as the encoding table spells it. */
export interface OperandForm {
  /**
   * `r/m` is a register or memory as ModR/M says, `memory` the same where only memory is defined or an offset stands for
   * it; `middle`, `low` and `opcode` are the number in those bits; `fixed` is said here.
   */
  readonly from: 'r/m' | 'memory' | 'middle' | 'low' | 'opcode' | 'fixed' | 'immediate' | 'relative' | 'far pointer';
  readonly takes: Take;
  /** A general register where this is null. */
  readonly special: SpecialKind | null;
  /** The register's number, or the value, where it is fixed. */
  readonly number: number;
  readonly width: Width;
}

type Letter = Partial<OperandForm> & Pick<OperandForm, 'from'>;

const special = (from: OperandForm['from'], kind: SpecialKind, number = 0): Letter => ({ from, special: kind, number });
const register = (number: number, width: Width = 'operand size'): Letter => ({ from: 'fixed', number, width });
const { eax, ecx, edx } = registerNumber;

/** By letter, or by whole spelling. */
const letters: Readonly<Record<string, Letter>> = {
  E: { from: 'r/m' },
  M: { from: 'memory' },
  O: { from: 'memory', takes: take.offset },
  G: { from: 'middle' },
  F: { from: 'low' },
  R: { from: 'opcode' },
  Z: special('opcode', 'segment register'),
  S: special('middle', 'segment register'),
  K: special('middle', 'control register'),
  D: special('middle', 'debug register'),
  T: special('fixed', 'x87 register'),
  Ti: special('low', 'x87 register'),
  fs: special('fixed', 'segment register', segmentNumber.fs),
  gs: special('fixed', 'segment register', segmentNumber.gs),
  A: register(eax),
  ax: register(eax, 2),
  cl: register(ecx, 1),
  dx: register(edx, 2),
  I: { from: 'immediate', takes: take.sized },
  Is: { from: 'immediate', takes: take.signedByte },
  Iu: { from: 'immediate', takes: take.byte, width: 1 },
  Iw: { from: 'immediate', takes: take.word, width: 2 },
  1: { from: 'immediate', number: 1, width: 1 },
  J: { from: 'relative', takes: take.sized },
  Jb: { from: 'relative', takes: take.signedByte },
  P: { from: 'far pointer', takes: take.farPointer },
};

const widths: Readonly<Record<string, Width>> = {
  '': 'operand size',
  0: 0,
  b: 1,
  w: 2,
  d: 4,
  q: 8,
  t: 10,
  a: 'twice',
  p: 'far',
  m: 'word in memory',
};

/** One operand by its spelling in the encoding table. */
export function operandForm(spelling: string): OperandForm {
  const whole = letters[spelling];
  const letter = whole ?? letters[spelling[0]];
  const width = whole ? 'operand size' : widths[spelling.slice(1)];
  return { takes: take.nothing, special: null, number: 0, width, ...letter };
}

/** Bytes of an operand in memory. */
export function bytesOf(width: Width, operandSize: OperandSize): number {
  switch (width) {
    case 'operand size':
      return operandSize;
    case 'twice':
      return 2 * operandSize;
    case 'far':
      return 2 + operandSize;
    case 'word in memory':
      return 2;
    default:
      return width;
  }
}

/** A register's width: what it has of 1, 2 or 4 bytes; everything else means the operand size. */
export function registerSize(width: Width, operandSize: OperandSize): OperandSize {
  return width === 1 || width === 2 || width === 4 ? width : operandSize;
}

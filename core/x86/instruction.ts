/**
 * A decoded instruction, as plain values: what the decoder makes, and what the interpreter, the translator, the
 * disassembler and the services read.  Nothing here is about speed: an instruction is decoded once and then cached.
 */

export type SegmentNumber = 0 | 1 | 2 | 3 | 4 | 5;
/** Encoded numbers of the segment registers. */
export const segmentNumber = { es: 0, cs: 1, ss: 2, ds: 3, fs: 4, gs: 5 } as const;
export const registerNumber = { eax: 0, ecx: 1, edx: 2, ebx: 3, esp: 4, ebp: 5, esi: 6, edi: 7 } as const;

export type OperandSize = 1 | 2 | 4;

/** `number` as encoded; for size 1, numbers 4..7 are ah ch dh bh. */
export interface RegisterOperand {
  readonly kind: 'register';
  readonly size: OperandSize;
  readonly number: number;
}

/** segment : base + (index << shift) + displacement, computed modulo 2^(8 * addressSize). */
export interface MemoryOperand {
  readonly kind: 'memory';
  /** Bytes accessed; 0 where the instruction only wants the address or decides for itself (lea, fxsave, lgdt). */
  readonly size: number;
  readonly segment: SegmentNumber;
  readonly base: number | null;
  readonly index: number | null;
  readonly shift: 0 | 1 | 2 | 3;
  /** Signed 32-bit. */
  readonly displacement: number;
  readonly addressSize: 2 | 4;
}

/** Already extended to 32 bits as the instruction asks, held as a signed 32-bit number. */
export interface ImmediateOperand {
  readonly kind: 'immediate';
  readonly size: OperandSize;
  readonly value: number;
}

/** Signed distance from the end of the instruction (jumps and calls). */
export interface RelativeOperand {
  readonly kind: 'relative';
  readonly distance: number;
}

export interface FarPointerOperand {
  readonly kind: 'far pointer';
  readonly selector: number;
  readonly offset: number;
}

/** A segment, control, debug or x87 stack register, by number. */
export interface SpecialOperand {
  readonly kind: 'segment register' | 'control register' | 'debug register' | 'x87 register';
  readonly number: number;
}

export type Operand =
  | RegisterOperand
  | MemoryOperand
  | ImmediateOperand
  | RelativeOperand
  | FarPointerOperand
  | SpecialOperand;

export interface Instruction {
  /** The name of its meaning: 'add', 'mov', 'jcc', 'fadd' … condition codes and sizes are not part of it. */
  readonly mnemonic: string;
  /** Bytes, prefixes included; at most 15. */
  readonly length: number;
  /** 1 for byte forms, else 2 or 4. */
  readonly operandSize: OperandSize;
  readonly addressSize: 2 | 4;
  /** In the manual's order: destination first. Implicit operands (al in `in`, cl in shifts) are spelled out. */
  readonly operands: readonly Operand[];
  /** Encoded condition 0..15 of jcc, setcc, cmovcc, fcmovcc; else 0. */
  readonly condition: number;
  readonly repeat: 'none' | 'repe' | 'repne';
  readonly lock: boolean;
  /** The segment override, or the default of its implicit memory operand (ds for strings and xlat). */
  readonly segment: SegmentNumber;
}

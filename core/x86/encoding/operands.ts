/**
 * Reads one operand of an instruction in the making.  Each letter of the encoding table has one reader here; none of
 * them knows which instruction asks.  Bytes are taken in the order the table lists operands, which is the order in which
 * they lie: ModR/M with its displacement first, immediates last (SDM 2A 2.1).
 */

import type { MemoryOperand, Operand, OperandSize, RegisterOperand, SegmentNumber } from '../instruction.ts';
import { registerNumber, segmentNumber } from '../instruction.ts';
import type { InstructionBytes } from './instruction-bytes.ts';

/** What is known of an instruction once its prefixes, opcode and ModR/M byte are read. */
export interface Fields {
  readonly bytes: InstructionBytes;
  readonly modrm: number;
  readonly operandSize: OperandSize;
  readonly addressSize: 2 | 4;
  /** The override prefix, or null. */
  readonly segment: SegmentNumber | null;
  /** rrr or ss of the opcode. */
  readonly register: number;
}

/** How wide an operand is: bytes, or what depends on the operand size. */
export type Width = 0 | 1 | 2 | 4 | 8 | 10 | 'operand size' | 'twice' | 'far' | 'word in memory';

export interface OperandReader {
  readonly read: (fields: Fields, width: Width) => Operand;
  readonly width: Width;
}

function bytesOf(width: Width, operandSize: OperandSize): number {
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

const register = (number: number, size: OperandSize): RegisterOperand => ({ kind: 'register', size, number });

/** A register's width: what it has of 1, 2 or 4 bytes; everything else means the operand size. */
function registerSize(width: Width, operandSize: OperandSize): OperandSize {
  return width === 1 || width === 2 || width === 4 ? width : operandSize;
}

const middle = (modrm: number) => (modrm >> 3) & 7;

/** SDM 2A table 2-1: base and index of 16-bit addressing by r/m. */
const { ebx, ebp, esi, edi, esp } = registerNumber;
const bases16 = [ebx, ebx, ebp, ebp, null, null, ebp, ebx];
const indexes16 = [esi, edi, esi, edi, esi, edi, null, null];

type Place = Pick<MemoryOperand, 'base' | 'index' | 'shift' | 'displacement'>;

function place16({ bytes, modrm }: Fields): Place {
  const mod = modrm >> 6;
  const rm = modrm & 7;
  const absolute = mod === 0 && rm === 6;
  const displacement = absolute || mod === 2 ? bytes.word() : mod === 1 ? bytes.signedByte() : 0;
  // With one register only, it is the base: [si] has no index to speak of.
  const base = absolute ? null : (bases16[rm] ?? indexes16[rm]);
  const index = bases16[rm] === null ? null : indexes16[rm];
  return { base, index, shift: 0, displacement };
}

/** SDM 2A tables 2-2 and 2-3. */
function place32({ bytes, modrm }: Fields): Place {
  const mod = modrm >> 6;
  let base: number | null = modrm & 7;
  let index: number | null = null;
  let shift: 0 | 1 | 2 | 3 = 0;
  if (base === esp) {
    const sib = bytes.byte();
    base = sib & 7;
    index = middle(sib) === esp ? null : middle(sib);
    shift = index === null ? 0 : ((sib >> 6) as 0 | 1 | 2 | 3); // two bits
  }
  if (base === ebp && mod === 0) return { base: null, index, shift, displacement: bytes.double() };
  const displacement = mod === 2 ? bytes.double() : mod === 1 ? bytes.signedByte() : 0;
  return { base, index, shift, displacement };
}

function memory(fields: Fields, width: Width): MemoryOperand {
  const { base, index, shift, displacement } = fields.addressSize === 4 ? place32(fields) : place16(fields);
  const natural = base === esp || base === ebp ? segmentNumber.ss : segmentNumber.ds;
  return {
    kind: 'memory',
    size: bytesOf(width, fields.operandSize),
    segment: fields.segment ?? natural,
    base,
    index,
    shift,
    displacement,
    addressSize: fields.addressSize,
  };
}

function offsetMemory(fields: Fields): MemoryOperand {
  const { bytes, operandSize, addressSize, segment } = fields;
  const displacement = addressSize === 4 ? bytes.double() : bytes.word();
  return {
    kind: 'memory',
    size: operandSize,
    segment: segment ?? segmentNumber.ds,
    base: null,
    index: null,
    shift: 0,
    displacement,
    addressSize,
  };
}

const isRegister = (modrm: number) => modrm >= 0xc0;

function registerOrMemory(fields: Fields, width: Width): Operand {
  if (!isRegister(fields.modrm)) return memory(fields, width);
  return register(fields.modrm & 7, registerSize(width, fields.operandSize));
}

const immediate = (size: OperandSize, value: number): Operand => ({ kind: 'immediate', size, value });

function sized({ bytes, operandSize }: Fields): number {
  return operandSize === 1 ? bytes.signedByte() : operandSize === 2 ? (bytes.word() << 16) >> 16 : bytes.double();
}

function farPointer(fields: Fields): Operand {
  const { bytes, operandSize } = fields;
  const offset = operandSize === 2 ? bytes.word() : bytes.double() >>> 0;
  return { kind: 'far pointer', selector: bytes.word(), offset };
}

/** By letter of the encoding table. */
const readers: Record<string, OperandReader['read']> = {
  E: registerOrMemory,
  M: memory,
  G: ({ modrm, operandSize }, width) => register(middle(modrm), registerSize(width, operandSize)),
  F: ({ modrm, operandSize }, width) => register(modrm & 7, registerSize(width, operandSize)),
  R: (fields) => register(fields.register, fields.operandSize),
  Z: (fields) => ({ kind: 'segment register', number: fields.register }),
  S: ({ modrm }) => ({ kind: 'segment register', number: middle(modrm) }),
  K: ({ modrm }) => ({ kind: 'control register', number: middle(modrm) }),
  D: ({ modrm }) => ({ kind: 'debug register', number: middle(modrm) }),
  A: ({ operandSize }) => register(registerNumber.eax, operandSize),
  O: offsetMemory,
  I: (fields) => immediate(fields.operandSize, sized(fields)),
  Is: ({ bytes, operandSize }) => immediate(operandSize, bytes.signedByte()),
  Iu: ({ bytes }) => immediate(1, bytes.byte()),
  Iw: ({ bytes }) => immediate(2, bytes.word()),
  J: (fields) => ({ kind: 'relative', distance: sized(fields) }),
  Jb: ({ bytes }) => ({ kind: 'relative', distance: bytes.signedByte() }),
  P: farPointer,
  T: () => ({ kind: 'x87 register', number: 0 }),
  Ti: ({ modrm }) => ({ kind: 'x87 register', number: modrm & 7 }),
  cl: () => register(registerNumber.ecx, 1),
  dx: () => register(registerNumber.edx, 2),
  ax: () => register(registerNumber.eax, 2),
  fs: () => ({ kind: 'segment register', number: segmentNumber.fs }),
  gs: () => ({ kind: 'segment register', number: segmentNumber.gs }),
  1: () => immediate(1, 1),
};

const widths: Record<string, Width> = {
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

/** The reader for one operand as the encoding table spells it. */
export function operandReader(spelling: string): OperandReader {
  const whole = readers[spelling];
  if (whole) return { read: whole, width: 'operand size' };
  return { read: readers[spelling[0]], width: widths[spelling.slice(1)] };
}

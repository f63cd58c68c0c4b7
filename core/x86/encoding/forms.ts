/**
 * The encoding table, expanded once: for every opcode byte, and where there is one for every ModR/M byte, the form of the
 * instruction.  The decoder then needs two array reads where the table has bit patterns.
 */

import { type OperandReader, operandReader } from './operands.ts';
import { type Encoding, encodings } from './table.ts';

/** One encoding with all opcode bits decided. */
export interface Form {
  readonly mnemonic: string;
  /** A byte form: the operand size is 1 whatever the prefixes say. */
  readonly byteForm: boolean;
  readonly operands: readonly OperandReader[];
  readonly condition: number;
  /** rrr or ss of the opcode. */
  readonly register: number;
  readonly lockable: boolean;
  /** 66, F2 and F3 would make another instruction of it: undefined with them (the manual's NP). */
  readonly unprefixed: boolean;
  readonly encoding: Encoding;
}

/** What an opcode byte leads to: a form, or by its ModR/M byte one of 256; undefined is #UD. */
export interface Opcode {
  readonly plain: Form | undefined;
  readonly byModrm: readonly (Form | undefined)[] | undefined;
}

export interface OpcodeMaps {
  /** By the first byte. */
  readonly primary: readonly Opcode[];
  /** By the byte behind 0F. */
  readonly secondary: readonly Opcode[];
}

export const OPCODE_ESCAPE = 0x0f;
/** Segment overrides, operand and address size, lock, repne, repe (SDM 2A 2.1.1). */
export const prefixBytes = {
  es: 0x26,
  cs: 0x2e,
  ss: 0x36,
  ds: 0x3e,
  fs: 0x64,
  gs: 0x65,
  operandSize: 0x66,
  addressSize: 0x67,
  lock: 0xf0,
  repne: 0xf2,
  repe: 0xf3,
} as const;

/** SDM 2A, LOCK: these, and only with memory as their destination. */
const lockable = new Set(
  'add adc and btc btr bts cmpxchg cmpxchg8b dec inc neg not or sbb sub xadd xchg xor'.split(' '),
);
const unprefixed = new Set(['fxsave', 'fxrstor']);
/** Byte forms whose opcode has no w bit. */
const byteMnemonics = new Set(['setcc', 'xlat', 'salc']);

/** Matches `value` against eight characters of a pattern; the letters' bits are returned by letter, null is no match. */
function match(pattern: string, value: number): Record<string, number> | null {
  const fields: Record<string, number> = {};
  for (let position = 0; position < 8; position++) {
    const bit = (value >> (7 - position)) & 1;
    const expected = pattern[position];
    if (expected === '0' || expected === '1') {
      if (bit !== Number(expected)) return null;
    } else fields[expected] = ((fields[expected] ?? 0) << 1) | bit;
  }
  return fields;
}

/** `/r`, `/o`, `/digit` or eight bits, as a test on the ModR/M byte. */
function matchModrm(pattern: string, modrm: number): Record<string, number> | null {
  const middle = (modrm >> 3) & 7;
  if (pattern === '/r') return {};
  if (pattern === '/o') return { o: middle };
  if (pattern[0] === '/') return middle === Number(pattern[1]) ? {} : null;
  return match(pattern, modrm);
}

function formOf(encoding: Encoding, fields: Record<string, number>): Form | undefined {
  const mnemonic = fields.o === undefined ? encoding.mnemonic : encoding.mnemonic.split(' ')[fields.o];
  if (mnemonic === '-') return undefined;
  const spellings = encoding.operands.split(' ').filter(Boolean);
  return {
    mnemonic,
    byteForm: fields.w === 0 || byteMnemonics.has(mnemonic) || spellings[0] === 'Eb',
    operands: spellings.map(operandReader),
    condition: encoding.condition ?? fields.c ?? 0,
    register: fields.r ?? fields.s ?? 0,
    lockable: lockable.has(mnemonic),
    unprefixed: unprefixed.has(mnemonic),
    encoding,
  };
}

/** What no prefix or engine can make legal: a register where memory must be, or one that does not exist. */
function impossible(encoding: Encoding, modrm: number): boolean {
  const middle = (modrm >> 3) & 7;
  const { operands } = encoding;
  const isRegister = modrm >= 0xc0;
  if (/\bM/.test(operands) && isRegister) return true;
  if (/\bS\b/.test(operands) && (middle > 5 || (operands[0] === 'S' && middle === 1))) return true; // no mov to cs
  return /\bK\b/.test(operands) && (middle === 1 || middle > 4);
}

interface Slot {
  plain: Form | undefined;
  byModrm: (Form | undefined)[] | undefined;
}

function fillModrm(slot: Slot, encoding: Encoding, pattern: string, fields: Record<string, number>): void {
  slot.byModrm ??= new Array(256);
  let shared: Form | undefined;
  for (let modrm = 0; modrm < 256; modrm++) {
    const more = matchModrm(pattern, modrm);
    if (more === null || slot.byModrm[modrm] !== undefined || impossible(encoding, modrm)) continue;
    if (more.o === undefined) shared ??= formOf(encoding, { ...fields, ...more });
    slot.byModrm[modrm] = more.o === undefined ? shared : formOf(encoding, { ...fields, ...more });
  }
}

const prefixes = new Set<number>([...Object.values(prefixBytes), OPCODE_ESCAPE]);

function fill(map: Slot[], encoding: Encoding, opcodePattern: string, modrmPattern: string | undefined): void {
  for (let opcode = 0; opcode < 256; opcode++) {
    const fields = match(opcodePattern, opcode);
    if (fields === null) continue;
    if (modrmPattern !== undefined) fillModrm(map[opcode], encoding, modrmPattern, fields);
    else map[opcode].plain ??= formOf(encoding, fields);
  }
}

const emptyMap = (): Slot[] => Array.from({ length: 256 }, () => ({ plain: undefined, byModrm: undefined }));

function expand(lines: readonly Encoding[]): OpcodeMaps {
  const primary = emptyMap();
  const secondary = emptyMap();
  for (const encoding of lines) {
    const [first, ...rest] = encoding.bits.split(' ');
    if (first === '00001111') fill(secondary, encoding, rest[0], rest[1]);
    else fill(primary, encoding, first, rest[0]);
  }
  for (const byte of prefixes) primary[byte] = { plain: undefined, byModrm: undefined };
  return { primary, secondary };
}

/** A constant, derived from the table. */
export const opcodeMaps: OpcodeMaps = expand(encodings);

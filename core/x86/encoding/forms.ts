/**
 * The encoding table, expanded once: for every opcode byte, and where there is one for every ModR/M byte, the form of the
 * instruction.  The decoder then needs two array reads where the table has bit patterns.
 */

import { type OperandForm, operandForm, type Take, take } from './operands.ts';
import { type Encoding, encodings } from './table.ts';

/** One encoding with all opcode bits decided. */
export interface Form {
  /** Its own among all forms; from 0. */
  readonly number: number;
  readonly mnemonic: string;
  /** A byte form: the operand size is 1 whatever the prefixes say. */
  readonly byteForm: boolean;
  readonly operands: readonly OperandForm[];
  /** ModR/M may name memory, and then base, index and displacement follow. */
  readonly addresses: boolean;
  /** An operand is in memory whatever ModR/M says. */
  readonly inMemory: boolean;
  /** It names how far to jump. */
  readonly jumps: boolean;
  /** What operands take from the bytes behind that, in order. */
  readonly takes: readonly Take[];
  readonly condition: number;
  /** rrr or ss of the opcode. */
  readonly register: number;
  readonly lockable: boolean;
  /** The first operand is where ModR/M says: LOCK wants it in memory. */
  readonly modrmFirst: boolean;
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
  /** A form that stands for nothing. */
  readonly none: Form;
  /** All of them, by number. */
  readonly forms: readonly Form[];
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

function formOf(encoding: Encoding, fields: Record<string, number>, made: Form[]): Form | undefined {
  const mnemonic = fields.o === undefined ? encoding.mnemonic : encoding.mnemonic.split(' ')[fields.o];
  return mnemonic === '-' ? undefined : formNamed(mnemonic, encoding, fields, made);
}

function formNamed(mnemonic: string, encoding: Encoding, fields: Record<string, number>, made: Form[]): Form {
  const spellings = encoding.operands.split(' ').filter(Boolean);
  const operands = spellings.map(operandForm);
  const form = {
    number: made.length,
    mnemonic,
    byteForm: fields.w === 0 || byteMnemonics.has(mnemonic) || spellings[0] === 'Eb',
    operands,
    addresses: spellings.some((spelling) => /^[EM]/.test(spelling)),
    inMemory: operands.some(({ from }) => from === 'memory'),
    jumps: operands.some(({ from }) => from === 'relative'),
    takes: operands.map(({ takes }) => takes).filter((takes) => takes !== take.nothing),
    condition: encoding.condition ?? fields.c ?? 0,
    register: fields.r ?? fields.s ?? 0,
    lockable: lockable.has(mnemonic),
    modrmFirst: operands[0]?.from === 'r/m' || operands[0]?.from === 'memory',
    unprefixed: unprefixed.has(mnemonic),
    encoding,
  };
  made.push(form);
  return form;
}

/** What no prefix or engine can make legal, by middle bits: a register that does not exist. */
function impossible({ operands }: Encoding): readonly boolean[] {
  const segment = /\bS\b/.test(operands);
  const control = /\bK\b/.test(operands);
  return Array.from({ length: 8 }, (_, middle) => {
    if (segment) return middle > 5 || (operands[0] === 'S' && middle === 1); // no mov to cs
    return control && (middle === 1 || middle > 4);
  });
}

interface Slot {
  plain: Form | undefined;
  byModrm: (Form | undefined)[] | undefined;
}

const FIRST_REGISTER_MODRM = 0xc0;

function fillModrm(
  slot: Slot,
  encoding: Encoding,
  pattern: string,
  fields: Record<string, number>,
  made: Form[],
): void {
  slot.byModrm ??= new Array(256).fill(undefined);
  const refused = impossible(encoding);
  // A register where memory must be is not defined either.
  const end = /\bM/.test(encoding.operands) ? FIRST_REGISTER_MODRM : 256;
  const byName = new Map<number | undefined, Form | undefined>();
  for (let modrm = 0; modrm < end; modrm++) {
    if (slot.byModrm[modrm] !== undefined || refused[(modrm >> 3) & 7]) continue;
    const more = matchModrm(pattern, modrm);
    if (more === null) continue;
    if (!byName.has(more.o)) byName.set(more.o, formOf(encoding, { ...fields, ...more }, made));
    slot.byModrm[modrm] = byName.get(more.o);
  }
}

const prefixes = new Set<number>([...Object.values(prefixBytes), OPCODE_ESCAPE]);

function fill(map: Slot[], encoding: Encoding, patterns: readonly string[], made: Form[]): void {
  const [opcodePattern, modrmPattern] = patterns;
  for (let opcode = 0; opcode < 256; opcode++) {
    const fields = match(opcodePattern, opcode);
    if (fields === null) continue;
    if (modrmPattern !== undefined) fillModrm(map[opcode], encoding, modrmPattern, fields, made);
    else map[opcode].plain ??= formOf(encoding, fields, made);
  }
}

const emptyMap = (): Slot[] => Array.from({ length: 256 }, () => ({ plain: undefined, byModrm: undefined }));

function expand(lines: readonly Encoding[]): OpcodeMaps {
  const primary = emptyMap();
  const secondary = emptyMap();
  const forms: Form[] = [];
  const none = formNamed('', { bits: '', mnemonic: '', operands: '' }, {}, forms);
  for (const encoding of lines) {
    const [first, ...rest] = encoding.bits.split(' ');
    if (first === '00001111') fill(secondary, encoding, rest, forms);
    else fill(primary, encoding, [first, ...rest], forms);
  }
  for (const byte of prefixes) primary[byte] = { plain: undefined, byModrm: undefined };
  return { none, forms, primary, secondary };
}

/** 1 for a byte that is a prefix. */
export const isPrefix = new Uint8Array(256);
for (const byte of Object.values(prefixBytes)) isPrefix[byte] = 1;

/** A constant, derived from the table. */
export const opcodeMaps: OpcodeMaps = expand(encodings);

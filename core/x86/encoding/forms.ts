/**
 * The encoding table, expanded once: for every opcode byte, and where there is one for every ModR/M byte, the form of the
 * instruction.  The decoder then needs two array reads where the table has bit patterns.
 */

import { type OperandForm, operandForm, type Take, take } from './operands.ts';
import { fieldOf, type Pattern, patternOf } from './patterns.ts';
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
  /** All forms, by number. */
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

/** One line of the table, with everything that does not depend on the bytes. */
interface Line
  extends Pick<Form, 'operands' | 'addresses' | 'inMemory' | 'jumps' | 'takes' | 'modrmFirst' | 'encoding'> {
  readonly opcode: Pattern;
  readonly modrm: Pattern | undefined;
  readonly names: readonly string[];
  readonly byteFirst: boolean;
  /** What no prefix or engine can make legal: registers that do not exist, by middle bits … */
  readonly missing: readonly boolean[];
  /** … or a register where memory must be. */
  readonly memoryOnly: boolean;
}

function lineOf(encoding: Encoding, opcode: string, modrm: string | undefined): Line {
  const spellings = encoding.operands.split(' ').filter(Boolean);
  const operands = spellings.map(operandForm);
  return {
    encoding,
    opcode: patternOf(opcode),
    modrm: modrm === undefined ? undefined : patternOf(modrm),
    names: encoding.mnemonic.split(' '),
    byteFirst: spellings[0] === 'Eb',
    operands,
    addresses: spellings.some((spelling) => spelling[0] === 'E' || spelling[0] === 'M'),
    inMemory: operands.some(({ from }) => from === 'memory'),
    jumps: operands.some(({ from }) => from === 'relative'),
    takes: operands.map(({ takes }) => takes).filter((takes) => takes !== take.nothing),
    modrmFirst: operands[0]?.from === 'r/m' || operands[0]?.from === 'memory',
    missing: missing(spellings),
    memoryOnly: spellings.some((spelling) => spelling[0] === 'M'),
  };
}

function missing(spellings: readonly string[]): readonly boolean[] {
  const segment = spellings.indexOf('S');
  const control = spellings.includes('K');
  return Array.from({ length: 8 }, (_, middle) => {
    if (segment >= 0) return middle > 5 || (segment === 0 && middle === 1); // no mov to cs
    return control && (middle === 1 || middle > 4);
  });
}

function formOf(line: Line, opcode: number, modrm: number, made: Form[]): Form | undefined {
  const name = nameOf(line, opcode, modrm);
  if (name === '-') return undefined;
  const { encoding } = line;
  // Field by field: hundreds of spread objects took longer than all the rest of starting up.
  const form: Form = {
    number: made.length,
    mnemonic: name,
    byteForm: line.byteFirst || fieldOf(line.opcode, 'w', opcode) === 0 || byteMnemonics.has(name),
    operands: line.operands,
    addresses: line.addresses,
    inMemory: line.inMemory,
    jumps: line.jumps,
    takes: line.takes,
    condition: encoding.condition ?? fieldOf(line.opcode, 'c', opcode) ?? 0,
    register: fieldOf(line.opcode, 'r', opcode) ?? fieldOf(line.opcode, 's', opcode) ?? 0,
    lockable: lockable.has(name),
    modrmFirst: line.modrmFirst,
    unprefixed: unprefixed.has(name),
    encoding,
  };
  made.push(form);
  return form;
}

/** Which of the line's names it is: `ooo` may lie in either byte. */
function nameOf({ opcode: pattern, modrm: second, names }: Line, opcode: number, modrm: number): string {
  const which = fieldOf(pattern, 'o', opcode) ?? (second && fieldOf(second, 'o', modrm));
  return which === undefined ? names[0] : names[which];
}

interface Slot {
  plain: Form | undefined;
  byModrm: (Form | undefined)[] | undefined;
}

const FIRST_REGISTER_MODRM = 0xc0;

function fillModrm(slot: Slot, line: Line, pattern: Pattern, opcode: number, made: Form[]): void {
  slot.byModrm ??= new Array(256).fill(undefined);
  const { byModrm } = slot;
  const named = pattern.fields.has('o');
  const byName: (Form | undefined)[] = [];
  const end = line.memoryOnly ? FIRST_REGISTER_MODRM : 256;
  for (let modrm = 0; modrm < end; modrm++) {
    const middle = (modrm >> 3) & 7;
    if ((modrm & pattern.mask) !== pattern.value || byModrm[modrm] !== undefined || line.missing[middle]) continue;
    const which = named ? (fieldOf(pattern, 'o', modrm) ?? 0) : 0;
    if (!(which in byName)) byName[which] = formOf(line, opcode, modrm, made);
    byModrm[modrm] = byName[which];
  }
}

function fill(map: Slot[], line: Line, made: Form[]): void {
  const { mask, value } = line.opcode;
  for (let opcode = 0; opcode < 256; opcode++) {
    if ((opcode & mask) !== value) continue;
    if (line.modrm !== undefined) fillModrm(map[opcode], line, line.modrm, opcode, made);
    else map[opcode].plain ??= formOf(line, opcode, 0, made);
  }
}

const emptyMap = (): Slot[] => Array.from({ length: 256 }, () => ({ plain: undefined, byModrm: undefined }));
const ESCAPE_BITS = '00001111';

function expand(lines: readonly Encoding[]): OpcodeMaps {
  const primary = emptyMap();
  const secondary = emptyMap();
  const forms: Form[] = [];
  for (const encoding of lines) {
    const bits = encoding.bits.split(' ');
    if (bits[0] === ESCAPE_BITS) fill(secondary, lineOf(encoding, bits[1], bits[2]), forms);
    else fill(primary, lineOf(encoding, bits[0], bits[1]), forms);
  }
  for (const byte of [...Object.values(prefixBytes), OPCODE_ESCAPE])
    primary[byte] = { plain: undefined, byModrm: undefined };
  return { forms, primary, secondary };
}

/** 1 for a byte that is a prefix. */
export const isPrefix = new Uint8Array(256);
for (const byte of Object.values(prefixBytes)) isPrefix[byte] = 1;

/** A constant, derived from the table. */
export const opcodeMaps: OpcodeMaps = expand(encodings);

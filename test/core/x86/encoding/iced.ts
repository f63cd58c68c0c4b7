/**
 * A second opinion on decoding: iced-x86, put into the same words as our own decoder's answer so that the two can be
 * compared as text.  What the two are allowed to see differently is listed here, with the reason.
 */

import {
  Code,
  ConditionCode,
  Decoder,
  DecoderOptions,
  type Instruction as Iced,
  Mnemonic,
  OpKind,
  Register,
} from 'iced-x86';
import { decode } from '../../../../core/x86/encoding/decode.ts';
import type { Instruction, Operand } from '../../../../core/x86/instruction.ts';

const registers = {
  1: 'AL CL DL BL AH CH DH BH'.split(' '),
  2: 'AX CX DX BX SP BP SI DI'.split(' '),
  4: 'EAX ECX EDX EBX ESP EBP ESI EDI'.split(' '),
};
const segments = 'ES CS SS DS FS GS'.split(' ');
const shortForms: Record<string, string> = {
  'control register': 'CR',
  'debug register': 'DR',
  'x87 register': 'ST',
};

const hex = (value: number, bytes: number) =>
  (bytes === 1 ? value & 0xff : bytes === 2 ? value & 0xffff : value >>> 0).toString(16);

function ourOperand(operand: Operand, instruction: Instruction): string {
  switch (operand.kind) {
    case 'register':
      return registers[operand.size][operand.number];
    case 'memory': {
      const names = registers[operand.addressSize];
      const base = operand.base === null ? '-' : names[operand.base];
      const index = operand.index === null ? '-' : names[operand.index];
      const displacement = hex(operand.displacement, operand.addressSize);
      return `${segments[operand.segment]}:${base}+${index}*${1 << operand.shift}+${displacement}`;
    }
    case 'immediate':
      return `#${hex(operand.value, operand.size)}`;
    case 'relative':
      return `to ${hex(instruction.length + operand.distance, instruction.operandSize === 2 ? 2 : 4)}`;
    case 'far pointer':
      return `${operand.selector.toString(16)}:${operand.offset.toString(16)}`;
    case 'segment register':
      return segments[operand.number];
    default:
      return `${shortForms[operand.kind]}${operand.number}`;
  }
}

function icedMemory(x: Iced): string {
  const name = (register: Register) => (register === Register.None ? '-' : Register[register].toUpperCase());
  let base = name(x.memoryBase);
  let index = name(x.memoryIndex);
  if (base === '-' && /^(SI|DI)$/.test(index)) [base, index] = [index, '-'];
  const bits = x.memoryDisplSize === 2 || /^(BX|BP|SI|DI)$/.test(base) ? 2 : 4;
  const displacement = hex(Number(BigInt.asUintN(32, x.memoryDisplacement)), bits);
  return `${name(x.memorySegment)}:${base}+${index}*${index === '-' ? 1 : x.memoryIndexScale}+${displacement}`;
}

/** Widths of iced's immediates: what the operand is extended to. */
const immediateBytes: Partial<Record<OpKind, number>> = {
  [OpKind.Immediate8]: 1,
  [OpKind.Immediate8_2nd]: 1,
  [OpKind.Immediate16]: 2,
  [OpKind.Immediate32]: 4,
  [OpKind.Immediate8to16]: 2,
  [OpKind.Immediate8to32]: 4,
};

function icedOperand(x: Iced, index: number): string | null {
  const kind = x.opKind(index);
  const bytes = immediateBytes[kind];
  if (bytes !== undefined) return `#${hex(Number(BigInt.asUintN(32, x.immediate(index))), bytes)}`;
  switch (kind) {
    case OpKind.Register:
      return Register[x.opRegister(index)].toUpperCase();
    case OpKind.Memory:
      return icedMemory(x);
    case OpKind.NearBranch16:
      return `to ${hex(x.nearBranch16, 2)}`;
    case OpKind.NearBranch32:
      return `to ${hex(x.nearBranch32, 4)}`;
    case OpKind.FarBranch16:
      return `${x.farBranchSelector.toString(16)}:${x.farBranch16.toString(16)}`;
    case OpKind.FarBranch32:
      return `${x.farBranchSelector.toString(16)}:${x.farBranch32.toString(16)}`;
    default:
      return null; // memory through esi and edi: strings and xlat, whose operands we do not spell out
  }
}

/** Where the table names a meaning and iced a spelling. */
const spellings: Record<string, RegExp> = {
  mul1: /^mul$/,
  imul1: /^imul$/,
  shl: /^(shl|sal)$/,
  cwde: /^cbw|cwde$/,
  cdq: /^cwd|cdq$/,
  jmpf: /^jmp$/,
  callf: /^call$/,
  movseg: /^mov$/,
  movcr: /^mov$/,
  movdr: /^mov$/,
  pushseg: /^push$/,
  popseg: /^pop$/,
  xlat: /^xlatb$/,
  jcxz: /^je?cxz$/,
  nop: /^(nop|pause|prefetch.*|reservednop|endbr.*|bnd.*|clde.*|rdssp.*)$/,
  fnop: /^(fnop|fneni|fndisi|fnsetpm)$/,
  fstp: /^fstp(nce)?$/,
  ud2: /^ud[012]$/,
  wbinvd: /^wb(no)?invd$/,
  bsf: /^(bsf|tzcnt)$/, // tzcnt and lzcnt are bsf and bsr with a prefix an i686 ignores
  bsr: /^(bsr|lzcnt)$/,
  retf: /^retf$/,
};

function sameMnemonic(ours: Instruction, x: Iced): boolean {
  const theirs = Mnemonic[x.mnemonic].toLowerCase();
  const { mnemonic } = ours;
  const pattern = spellings[mnemonic];
  if (pattern) return pattern.test(theirs);
  if (mnemonic === 'jcc' || mnemonic === 'setcc' || mnemonic === 'cmovcc')
    return x.conditionCode === ours.condition + 1 && theirs.startsWith(mnemonic.slice(0, -2));
  if (mnemonic === 'fcmovcc') return ConditionCode[x.conditionCode] !== 'None' || theirs.startsWith('fcmov');
  return theirs.replace(/[bwd]$/, '') === mnemonic.replace(/[bwd]$/, '');
}

/** Operands iced spells and we do not, or the other way round. */
function sameOperands(ours: Instruction, x: Iced): boolean {
  if (/^(ud2|nop|xlat)$/.test(ours.mnemonic)) return true; // never looked at, or never spelled out
  const mine = ours.operands.map((operand) => ourOperand(operand, ours));
  const theirs: string[] = [];
  for (let i = 0; i < x.opCount; i++) {
    const text = icedOperand(x, i);
    if (text !== null) theirs.push(text);
  }
  if (ours.mnemonic === 'imul' && mine.length === 3 && theirs.length === 2) mine.shift();
  if (/^(fld|fst|fstp|fxch|fcom|fcomp|fucom|fucomp)$/.test(ours.mnemonic) && theirs.length === 2)
    theirs.splice(theirs[0] === 'ST0' && theirs[1] !== mine[0] ? 1 : theirs.indexOf('ST0'), 1);
  if (/^(ins|outs)$/.test(ours.mnemonic)) return theirs.join() === 'DX';
  if (/^(lods|stos|scas)$/.test(ours.mnemonic)) return /^(AL|AX|EAX)$/.test(theirs.join());
  // The manual has the short form both ways round.
  if (ours.mnemonic === 'xchg' && x.code <= Code.Xchg_r32_EAX && x.code >= Code.Xchg_r16_AX) theirs.reverse();
  const wide = (texts: string[]) => texts.join(', ');
  if (/^(arpl|lldt|ltr|lmsw|verr|verw|lar|lsl|movseg)$/.test(ours.mnemonic))
    return wide(mine).replace(/\bE(?=[A-D]X|[SBD][PI])/g, '') === wide(theirs).replace(/\bE(?=[A-D]X|[SBD][PI])/g, '');
  return wide(mine) === wide(theirs);
}

/** What an i686 without MMX, SSE and later does not know, though iced does: named by what iced calls it. */
function beyondUs(x: Iced, bytes: Uint8Array): boolean {
  const prefixes = new Set([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3]);
  let at = 0;
  while (prefixes.has(bytes[at])) at++;
  const [first, second] = [bytes[at], bytes[at + 1]];
  const later = new Set(['Fisttp', 'Xabort', 'Xbegin', 'Xlatb']);
  if (first !== 0x0f)
    return (
      later.has(Mnemonic[x.mnemonic]) ||
      ((first === 0xc4 || first === 0xc5 || first === 0x62) && bytes[at + 1] >= 0xc0) ||
      first === 0x8f
    );
  if (second === 0xb8) return true; // popcnt
  if (second === 0x00 || second === 0x01 || second === 0xc7 || second === 0xae) return true; // groups that grew
  return (
    second === 0x05 ||
    second === 0x07 ||
    (second >= 0x0e && second <= 0x17) ||
    (second >= 0x24 && second <= 0x2f) ||
    second === 0x37 ||
    second === 0x38 ||
    second === 0x3a ||
    (second >= 0x50 && second <= 0x7f) ||
    second === 0x04 ||
    (second >= 0xa6 && second <= 0xa7) ||
    (second >= 0xc2 && second <= 0xc6) ||
    (second >= 0xd0 && second <= 0xfe)
  );
}

/** Null where both agree or may differ, else the disagreement in words. */
export function disagreement(bytes: Uint8Array, code32: boolean): string | null {
  const ours = decode((index) => bytes[index] ?? -1, code32);
  const decoder = new Decoder(code32 ? 32 : 16, bytes, DecoderOptions.None);
  const x = decoder.decode();
  try {
    return compare(ours, x, bytes);
  } finally {
    x.free();
    decoder.free();
  }
}

function compare(ours: ReturnType<typeof decode>, x: Iced, bytes: Uint8Array): string | null {
  const invalid = x.code === Code.INVALID;
  const code = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  if ('fault' in ours) {
    if (invalid || beyondUs(x, bytes)) return null;
    return `${code}: we say ${ours.fault}, iced ${Mnemonic[x.mnemonic]}`;
  }
  if (invalid) return `${code}: we say ${ours.mnemonic}, iced that it does not exist`;
  // ud0 and ud1 fault before anyone asks how long they were.
  if (ours.length !== x.length && ours.mnemonic !== 'ud2')
    return `${code}: ${ours.mnemonic} has ${ours.length} bytes, iced counts ${x.length}`;
  if (!sameMnemonic(ours, x)) return `${code}: ${ours.mnemonic} (${ours.condition}), iced ${Mnemonic[x.mnemonic]}`;
  if (sameOperands(ours, x)) return null;
  const mine = ours.operands.map((operand) => ourOperand(operand, ours)).join(', ');
  const theirs = Array.from({ length: x.opCount }, (_, index) => icedOperand(x, index)).join(', ');
  return `${code}: ${ours.mnemonic} ${mine}, iced ${Mnemonic[x.mnemonic]} ${theirs}`;
}

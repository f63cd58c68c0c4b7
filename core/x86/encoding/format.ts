/**
 * An instruction as a person writes it, in Intel's syntax as GNU as takes it (.intel_syntax noprefix).  Here, and only
 * here, a meaning gets its suffixes back: jcc becomes je, movs becomes movsd, mul1 becomes mul.
 */

import type { Instruction, MemoryOperand, Operand } from '../instruction.ts';
import { segmentNumber } from '../instruction.ts';

/** The name of what lies at an address, or null; an offset (`name+0x10`) is the caller's business. */
export type SymbolAt = (address: number) => string | null;

const byteRegisters = 'al cl dl bl ah ch dh bh'.split(' ');
const wordRegisters = 'ax cx dx bx sp bp si di'.split(' ');
const doubleRegisters = 'eax ecx edx ebx esp ebp esi edi'.split(' ');
const segments = 'es cs ss ds fs gs'.split(' ');
const conditions = 'o no b ae e ne be a s ns p np l ge le g'.split(' ');
const x87Conditions: Record<number, string> = {
  2: 'b',
  4: 'e',
  6: 'be',
  10: 'u',
  3: 'nb',
  5: 'ne',
  7: 'nbe',
  11: 'nu',
};
const widths: Record<number, string> = { 1: 'byte', 2: 'word', 4: 'dword', 6: 'fword', 8: 'qword', 10: 'tbyte' };

/** Meanings that go by another name on paper. */
const names: Record<string, string> = {
  mul1: 'mul',
  imul1: 'imul',
  movseg: 'mov',
  movcr: 'mov',
  movdr: 'mov',
  pushseg: 'push',
  popseg: 'pop',
  jmpf: 'jmp far',
  callf: 'call far',
  wait: 'fwait',
};
/** Meanings whose name on paper depends on the operand size: byte, word, double. */
const sizedNames: Record<string, readonly [string, string, string]> = {
  cwde: ['', 'cbw', 'cwde'],
  cdq: ['', 'cwd', 'cdq'],
  pusha: ['', 'pushaw', 'pusha'],
  popa: ['', 'popaw', 'popa'],
  pushf: ['', 'pushfw', 'pushf'],
  popf: ['', 'popfw', 'popf'],
  iret: ['', 'iretw', 'iret'],
  leave: ['', 'leavew', 'leave'],
  enter: ['', 'enterw', 'enter'],
  ret: ['', 'retw', 'ret'],
  retf: ['', 'retfw', 'retf'],
};
const strings = new Set(['movs', 'cmps', 'stos', 'lods', 'scas', 'ins', 'outs']);
const comparing = new Set(['cmps', 'scas']);
/** Instructions that look at memory through registers nobody names, so that an override has to be said up front. */
const namelessMemory = new Set(['movs', 'cmps', 'lods', 'outs', 'xlat']);
/** Operands that say nothing of the width of the memory beside them. */
const silent = new Set([
  'shld',
  'shrd',
  'movzx',
  'movsx',
  'shl',
  'shr',
  'sar',
  'rol',
  'ror',
  'rcl',
  'rcr',
  'lar',
  'lsl',
]);

/** What is below ten reads the same either way. */
function hex(value: number): string {
  const unsigned = value >>> 0;
  return unsigned < 10 ? String(unsigned) : `0x${unsigned.toString(16)}`;
}

function signedHex(value: number): string {
  return value < 0 ? `-${hex(-value)}` : hex(value);
}

function nameOf({ mnemonic, condition, operandSize, addressSize }: Instruction): string {
  const bySize = operandSize === 1 ? 0 : operandSize === 2 ? 1 : 2;
  if (mnemonic === 'fcmovcc') return `fcmov${x87Conditions[condition]}`;
  if (mnemonic.endsWith('cc')) return mnemonic.slice(0, -2) + conditions[condition];
  if (mnemonic === 'jcxz') return addressSize === 4 ? 'jecxz' : 'jcxz';
  if (strings.has(mnemonic)) return mnemonic + 'bwd'[bySize];
  return sizedNames[mnemonic]?.[bySize] ?? names[mnemonic] ?? mnemonic;
}

function prefixesOf({ mnemonic, lock, repeat, segment }: Instruction): string {
  let text = lock ? 'lock ' : '';
  if (strings.has(mnemonic) && repeat !== 'none') text += comparing.has(mnemonic) ? `${repeat} ` : 'rep ';
  if (namelessMemory.has(mnemonic) && segment !== segmentNumber.ds) text += `${segments[segment]} `;
  return text;
}

function place({ base, index, shift, displacement, addressSize }: MemoryOperand, symbol?: SymbolAt): string {
  const registers = addressSize === 4 ? doubleRegisters : wordRegisters;
  const parts: string[] = [];
  if (base !== null) parts.push(registers[base]);
  if (index !== null) parts.push(registers[index] + (shift > 0 || base === null ? `*${1 << shift}` : ''));
  if (parts.length === 0) {
    const address = addressSize === 4 ? displacement >>> 0 : displacement & 0xffff;
    return symbol?.(address) ?? hex(address);
  }
  const signed = addressSize === 4 ? displacement : (displacement << 16) >> 16;
  const sum = parts.join('+');
  return signed === 0 ? sum : signed < 0 ? sum + signedHex(signed) : `${sum}+${hex(signed)}`;
}

function memory(operand: MemoryOperand, sayWidth: boolean, symbol?: SymbolAt): string {
  const natural = operand.base === 4 || operand.base === 5 ? segmentNumber.ss : segmentNumber.ds;
  const override = operand.segment === natural ? '' : `${segments[operand.segment]}:`;
  const width = sayWidth && widths[operand.size] ? `${widths[operand.size]} ptr ` : '';
  return `${width}${override}[${place(operand, symbol)}]`;
}

function immediate(value: number, size: number): string {
  if (size === 1) return hex(value & 0xff);
  return hex(size === 2 ? value & 0xffff : value);
}

function registerName(size: number, number: number): string {
  return (size === 1 ? byteRegisters : size === 2 ? wordRegisters : doubleRegisters)[number];
}

function target(instruction: Instruction, address: number, distance: number, symbol?: SymbolAt): string {
  const wrap = instruction.operandSize === 2 ? 0xffff : 0xffffffff;
  const to = ((address + instruction.length + distance) & wrap) >>> 0;
  return symbol?.(to) ?? hex(to);
}

/** What every operand but a relative one looks like. */
function operandText(operand: Exclude<Operand, { kind: 'relative' }>, sayWidth: boolean, symbol?: SymbolAt): string {
  switch (operand.kind) {
    case 'register':
      return registerName(operand.size, operand.number);
    case 'memory':
      return memory(operand, sayWidth, symbol);
    case 'immediate':
      return immediate(operand.value, operand.size);
    case 'far pointer':
      return `${hex(operand.selector)}:${symbol?.(operand.offset) ?? hex(operand.offset)}`;
    case 'segment register':
      return segments[operand.number];
    case 'control register':
      return `cr${operand.number}`;
    case 'debug register':
      return `dr${operand.number}`;
    case 'x87 register':
      return operand.number === 0 ? 'st' : `st(${operand.number})`;
  }
}

/** imul's two-operand form reads its destination, which the table spells out and paper does not. */
function written({ mnemonic, operands }: Instruction): readonly Operand[] {
  return mnemonic === 'imul' && operands[2].kind !== 'immediate' ? [operands[0], operands[2]] : operands;
}

function needsWidth({ mnemonic }: Instruction, operands: readonly Operand[]): boolean {
  return silent.has(mnemonic) || !operands.some(({ kind }) => kind === 'register' || kind === 'segment register');
}

/**
 * The instruction at `address` as text, `mov eax, [ebp-0x8]`.  Targets of jumps and absolute addresses are given by
 * name where `symbol` knows one.
 */
export function format(instruction: Instruction, address: number, symbol?: SymbolAt): string {
  const operands = written(instruction);
  const sayWidth = needsWidth(instruction, operands);
  const texts = operands.map((operand) =>
    operand.kind === 'relative'
      ? target(instruction, address, operand.distance, symbol)
      : operandText(operand, sayWidth, symbol),
  );
  return `${prefixesOf(instruction)}${nameOf(instruction)} ${texts.join(', ')}`.trimEnd();
}

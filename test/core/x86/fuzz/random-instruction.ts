/**
 * One instruction that does not jump, by chance, from the encoding table: mostly the everyday ones, over registers that
 * may change and memory the pointer registers find; now and then anything there is, with any prefix.  The pointers (ebx,
 * esi, edi) and the loop counter (ebp) are mostly left alone, or a program would do nothing but fault.
 */

import { decode } from '../../../../core/x86/encoding/decode.ts';
import { prefixBytes } from '../../../../core/x86/encoding/forms.ts';
import { type Instruction, registerNumber } from '../../../../core/x86/instruction.ts';
import { type Opening, openingsByMnemonic } from '../../../silicon/openings.ts';
import { edgeValues } from '../../../silicon/windows.ts';
import type { Random } from '../encoding/random.ts';
import { somePointer } from './pointers.ts';

const { esp, ebp, ebx, esi, edi, ecx, edx, eax } = registerNumber;
const MOV_IMMEDIATE = 0xb8;
const reserved = new Set<number>([ebx, ebp, esi, edi]);
const openings = openingsByMnemonic();

const words = (text: string) => text.split(/\s+/).filter(Boolean);

const everyday = words(`
  add or adc sbb and sub xor cmp test inc dec neg not mov mov mov mov movzx movsx lea setcc cmovcc xchg push pop
  rol ror rcl rcr shl shr sar shld shrd imul imul1 mul1 bt bts btr btc bsf bsr cwde cdq bswap xadd cmpxchg
  sahf lahf cmc clc stc pushf nop`);
const seldom = words('div idiv daa das aaa aas aam aad salc xlat cmpxchg8b pusha popa leave enter cld std bound');
const strings = words('movs stos lods scas cmps');
/** They jump, stop the machine, or replace its tables: shapes.ts has tamer ones. */
const elsewhere = new Set(
  words(`jcc jmp jmpf call callf ret retf loop loope loopne jcxz int int1 int3 into iret hlt sysenter sysexit rsm
    lgdt lidt lldt ltr lmsw movcr wrmsr lss popf sti`),
);
const x87 = [...openings.keys()].filter((name) => name.startsWith('f'));
const anything = [...openings.keys()].filter((name) => !elsewhere.has(name));
/** They write none of their operands. */
const onlyRead = new Set(words('cmp test push bt nop mul1 imul1 div idiv bound'));

function pickMnemonic(dice: Random): string {
  const roll = dice.below(100);
  if (roll < 74) return dice.pick(everyday);
  if (roll < 80) return dice.pick(seldom);
  if (roll < 85) return dice.pick(strings);
  return dice.pick(roll < 94 ? x87 : anything);
}

const segmentPrefixes = [
  prefixBytes.es,
  prefixBytes.cs,
  prefixBytes.ss,
  prefixBytes.ds,
  prefixBytes.fs,
  prefixBytes.gs,
];

function prefixesFor(dice: Random, { form }: Opening): number[] {
  const prefixes: number[] = [];
  if (dice.once(6)) prefixes.push(prefixBytes.operandSize);
  if (dice.once(30)) prefixes.push(dice.pick(segmentPrefixes));
  if (dice.once(60)) prefixes.push(prefixBytes.addressSize);
  if (dice.once(strings.includes(form.mnemonic) ? 15 : 200)) {
    prefixes.push(dice.pick([prefixBytes.repe, prefixBytes.repne]));
  }
  if (dice.once(form.lockable ? 8 : 300)) prefixes.push(prefixBytes.lock);
  return prefixes;
}

const signedByte = (dice: Random) => dice.below(256);

function littleEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => (value >>> (8 * index)) & 0xff);
}

/** The memory form of a ModR/M byte with these middle bits, with SIB and displacement. */
export function memoryForm(dice: Random, middle: number): number[] {
  const modrm = (mod: number, low: number) => (mod << 6) | (middle << 3) | low;
  const roll = dice.below(20);
  const pointer = dice.pick([ebx, esi, edi]);
  if (roll < 4) return [modrm(0, pointer)];
  if (roll < 11) return [modrm(1, pointer), signedByte(dice)];
  if (roll < 13) return [modrm(2, pointer), ...littleEndian(dice.below(0x2000) - 0x1000, 4)];
  if (roll < 15) return [modrm(1, esp), (esp << 3) | esp, dice.below(64)];
  if (roll < 18) return [modrm(0, ebp), ...littleEndian(somePointer(dice), 4)];
  const sib = (dice.below(4) << 6) | (dice.pick([eax, ecx, esp, ebp]) << 3) | pointer;
  return roll < 19 ? [modrm(1, esp), sib, signedByte(dice)] : [modrm(0, esp), sib];
}

function modrmFor(dice: Random, { modrms }: Opening): number[] {
  if (modrms === null) return [];
  const memory = modrms.filter((modrm) => modrm < 0xc0);
  const registers = modrms.filter((modrm) => modrm >= 0xc0);
  const wantsMemory = memory.length > 0 && (registers.length === 0 || dice.below(5) < 2);
  if (!wantsMemory) return [dice.pick(registers)];
  return memoryForm(dice, (dice.pick(memory) >> 3) & 7);
}

function immediatesFor(dice: Random, { form }: Opening, narrow: boolean): number[] {
  const sized = form.byteForm ? 1 : narrow ? 2 : 4;
  const widths: Record<string, number> = { I: sized, J: sized, Is: 1, Iu: 1, Iw: 2, Jb: 1, P: sized + 2 };
  return form.encoding.operands.split(' ').flatMap((spelling) => {
    if (spelling === 'O') return littleEndian(somePointer(dice), 4);
    const bytes = widths[spelling];
    if (bytes === undefined) return [];
    return littleEndian(dice.once(2) ? dice.pick(edgeValues) : dice.word(), bytes);
  });
}

/** The general register an instruction writes, or -1. */
function written({ mnemonic, operands: [first], repeat }: Instruction): readonly number[] {
  if (mnemonic === 'leave') return [esp, ebp];
  if (mnemonic === 'enter') return [ebp];
  if (mnemonic === 'popa') return [ebp];
  if (repeat !== 'none' && strings.includes(mnemonic)) return [];
  if (first?.kind !== 'register' || onlyRead.has(mnemonic)) return [];
  return [first.size === 1 ? first.number & 3 : first.number];
}

/** What an xchg or xadd writes besides. */
function alsoWritten({ mnemonic, operands: [, second] }: Instruction): readonly number[] {
  if (second?.kind !== 'register' || (mnemonic !== 'xchg' && mnemonic !== 'xadd')) return [];
  return [second.size === 1 ? second.number & 3 : second.number];
}

function acceptable(dice: Random, bytes: readonly number[]): boolean {
  const instruction = decode((index) => bytes[index] ?? 0, true);
  if ('fault' in instruction) return dice.once(30);
  if (instruction.length !== bytes.length) return false;
  const changed = [...written(instruction), ...alsoWritten(instruction)];
  if (changed.includes(esp)) return dice.once(200);
  return !changed.some((number) => reserved.has(number)) || dice.once(12);
}

/** A register gets a number: whoever translates can compute with it there and then. */
const knownNumber = (dice: Random) => [
  MOV_IMMEDIATE + dice.pick([eax, ecx, edx]),
  ...littleEndian(dice.once(2) ? dice.pick(edgeValues) : dice.word(), 4),
];

/** The bytes of one instruction. */
export function randomInstruction(dice: Random): readonly number[] {
  if (dice.once(10)) return knownNumber(dice);
  for (;;) {
    const opening = dice.pick(openings.get(pickMnemonic(dice))!); // the names above are the table's
    const prefixes = prefixesFor(dice, opening);
    const narrow = prefixes.includes(prefixBytes.operandSize);
    const body = [...opening.opcode, ...modrmFor(dice, opening), ...immediatesFor(dice, opening, narrow)];
    const bytes = [...prefixes, ...body];
    if (acceptable(dice, bytes)) return bytes;
  }
}

/**
 * Random x87 programs on boards with and without generated code: services alone, handlers, regions.  Operands change
 * from turn to turn, so that every program meets NaNs, denormals and empty registers in the middle of what runs fast.
 */

import { expect, it } from 'vitest';
import { type BoardOptions, createBoard } from '../../../../../core/x86/board.ts';
import { x87Choices } from '../../../../../core/x86/x87/code/choices.ts';
import { assemble } from '../../assemble.ts';
import { buildSmallWorld, enterRing, world } from '../../small-world.ts';
import { hexOf, instructionAt } from '../bench.ts';
import { codesByMnemonic, Random } from '../cases.ts';

const TURNS = 3000;
const LENGTH = 40;
const BUDGET = 10_000_000;
const OPERANDS = 16;
/** One operand in every format, side by side. */
const formats = { double: 0, single: 8, word: 12, extended: 16, long: 32, scratch: 40, control: 44 } as const;
const OPERAND_BYTES = 48;
const SAVED = world.data + 0x1000;
const SAVED_WORDS = 27;
const HLT = 0xf4;

const codes = [...codesByMnemonic()].filter(([mnemonic]) => x87Choices[mnemonic]);

/** Between x87 instructions: flags read and written, registers that regions keep in locals. */
const between = ['seta dl', 'adc edx, 1', 'rol edx, 3', 'setp dl', 'add edx, eax', 'mov [0x100ff0], edx', 'inc ebx'];

function dataByte(text: string): string {
  return `db ${(text.match(/../g) ?? []).map((pair) => `0x${pair}`).join(', ')}`;
}

/** How an instruction changes the depth of the stack. */
function growthOf(mnemonic: string): number {
  if (/^(fld(?!cw)|fild)/.test(mnemonic)) return 1;
  if (/pp$/.test(mnemonic)) return -2;
  return /p$/.test(mnemonic) && mnemonic !== 'fnop' ? -1 : 0;
}

/** An x87 instruction, its memory operand one of ours. Mostly it finds its operands; what it leaves is the new depth. */
class InstructionSource {
  private readonly random: Random;
  private depth = 4;

  constructor(random: Random) {
    this.random = random;
  }

  next(): string {
    const { random } = this;
    for (;;) {
      const [mnemonic, forms] = random.pick(codes);
      const code = random.pick(forms);
      const after = this.depth + growthOf(mnemonic);
      const careless = random.chance(0.02);
      if (!careless && (after < 2 || after > 7 || !this.hasOperands(code, mnemonic))) continue;
      if (!careless) this.depth = after;
      return aimed(random, code);
    }
  }

  private hasOperands(code: string, mnemonic: string): boolean {
    if (/^(ffree|fincstp|fdecstp)$/.test(mnemonic)) return false;
    return (instructionAt(code)?.operands ?? []).every(
      (operand) => operand.kind !== 'x87 register' || operand.number < this.depth,
    );
  }
}

/** Where an instruction finds a number in its own format. */
function formatOf(mnemonic: string, size: number): number {
  if (/^fnst/.test(mnemonic)) return formats.scratch;
  if (mnemonic === 'fldcw') return formats.control;
  if (/^fi/.test(mnemonic)) return size === 8 ? formats.long : formats.word;
  if (size === 10) return formats.extended;
  return size === 8 ? formats.double : formats.single;
}

function aimed(random: Random, code: string): string {
  const { mnemonic, operands } = instructionAt(code) ?? { mnemonic: '', operands: [] };
  const [first] = operands;
  if (first?.kind !== 'memory') return dataByte(code);
  const address = someOperand(random) + formatOf(mnemonic, first.size);
  const bytes = [0, 8, 16, 24].map((shift) => (address >>> shift) & 0xff);
  return dataByte(code.slice(0, 4) + hexOf(Uint8Array.from(bytes)));
}

const someOperand = (random: Random) => world.data + OPERAND_BYTES * random.below(OPERANDS);

function program(random: Random): string {
  const source = new InstructionSource(random);
  const lines: string[] = [`mov ecx, ${TURNS}`, 'again:', 'fninit'];
  for (let i = 0; i < 4; i++) lines.push(`fld qword ptr [${someOperand(random)}]`);
  for (let i = 0; i < LENGTH; i++) {
    // Regions begin where code is jumped to, and not at an fninit.
    if (i % 10 === 0) lines.push(`jmp part${i}`, `part${i}:`);
    lines.push(random.chance(0.25) ? random.pick(between) : source.next());
  }
  lines.push(`rol dword ptr [${someOperand(random)}], 5`, `add dword ptr [${someOperand(random)}], edx`);
  // Once in a while an exponent moves, and one day it is a NaN's.
  lines.push(`add dword ptr [${someOperand(random) + 4}], 0x10000`);
  lines.push(`fnsave [${SAVED}]`);
  for (let word = 0; word < SAVED_WORDS; word++) lines.push(`add edx, [${SAVED + 4 * word}]`, 'rol edx, 7');
  return [...lines, 'dec ecx', 'jnz again'].join('\n');
}

function outcome(code: Uint8Array, data: readonly number[], options: Partial<BoardOptions>): string {
  const board = createBoard({ ramBytes: world.bytes, ...options });
  buildSmallWorld(board);
  board.memory.writeBytes(world.code, code);
  board.memory.write8(world.code + code.length, HLT);
  data.forEach((word, index) => {
    board.memory.write32(world.data + 4 * index, word);
  });
  enterRing(board, 0);
  expect(board.run(BUDGET)).toEqual({ why: 'halted' });
  const { edx, ebx, eax, eip, eflags } = board.registers;
  const memory = Array.from({ length: 0x1100 }, (_, at) => board.memory.read8(world.data + at));
  return JSON.stringify([edx, ebx, eax, eip, eflags, board.instructions, hexOf(Uint8Array.from(memory))]);
}

/** Every exception masked, mostly as everybody has it. */
const controlWord = (random: Random) => (random.chance(0.5) ? 0x37f : 0x7f | (random.bits(4) << 8));

/** Ordinary numbers, near enough to each other to cancel. */
function operands(random: Random): number[] {
  const sign = () => random.bits(1) << 31;
  return Array.from({ length: OPERANDS }).flatMap(() => [
    random.bits(32),
    sign() | ((1019 + random.below(9)) << 20) | random.bits(20),
    sign() | ((123 + random.below(9)) << 23) | random.bits(23),
    random.bits(8) - 99,
    random.bits(32),
    random.bits(31) | (1 << 31),
    0x3fff + random.below(3),
    0,
    random.bits(16),
    0,
    0,
    controlWord(random),
  ]);
}

it.each([1, 2, 3, 4, 5, 6, 7, 8])('program %i runs alike whoever executes it', (seed) => {
  const random = new Random(seed);
  const code = assemble(program(random));
  const data = operands(random);
  const expected = outcome(code, data, { engine: 'interpreter', shortcuts: false });
  expect(outcome(code, data, { engine: 'interpreter' })).toEqual(expected);
  expect(outcome(code, data, { engine: 'translator' })).toEqual(expected);
});

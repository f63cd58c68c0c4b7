/**
 * What the manual leaves open, and a comparison therefore must not look at: flags after each instruction (SDM 2, "Flags
 * Affected"), the x87's last bits and its note of who touched memory last.  Each line here is a licence to differ; it
 * should be as narrow as the manual lets it.
 */

import { decode } from '../../core/x86/encoding/decode.ts';
import type { Instruction, MemoryOperand } from '../../core/x86/instruction.ts';
import { eflag } from '../../core/x86/state.ts';
import type { SiliconCase } from './case.ts';
import { ldtSelector } from './windows.ts';
import { parseImage, x87ImageOf } from './x87-image.ts';

const { carry: C, parity: P, adjust: A, zero: Z, sign: S, overflow: O } = eflag;

const always: Readonly<Record<string, number>> = {
  and: A,
  or: A,
  xor: A,
  test: A,
  mul1: S | Z | A | P,
  imul1: S | Z | A | P,
  imul: S | Z | A | P,
  div: C | P | A | Z | S | O,
  idiv: C | P | A | Z | S | O,
  bsf: C | P | A | S | O,
  bsr: C | P | A | S | O,
  bt: P | A | S | O,
  bts: P | A | S | O,
  btr: P | A | S | O,
  btc: P | A | S | O,
  daa: O,
  das: O,
  aaa: O | S | Z | P,
  aas: O | S | Z | P,
  aam: O | C | A,
  aad: O | C | A,
};

const rotates = new Set(['rol', 'ror', 'rcl', 'rcr']);
const shifts = new Set(['shl', 'shr', 'sar', 'shld', 'shrd']);

export function instructionOf(question: SiliconCase): Instruction | null {
  const bytes = Buffer.from(question.code, 'hex');
  const result = decode((index) => bytes[index] ?? 0xcc, true);
  return 'fault' in result ? null : result;
}

/** The count of a shift or rotate, five bits of it. */
function countOf({ operands }: Instruction, question: SiliconCase): number {
  const count = operands[operands.length - 1];
  return (count.kind === 'immediate' ? count.value : question.registers[1]) & 31;
}

function undefinedAfterShift(instruction: Instruction, count: number): number {
  const width = instruction.operandSize * 8;
  if (count === 0) return 0;
  const overflow = count === 1 ? 0 : O;
  if (rotates.has(instruction.mnemonic)) return overflow;
  const shiftedOut = instruction.mnemonic !== 'sar' && count >= width ? C : 0;
  return A | overflow | shiftedOut;
}

/** EFLAGS bits that say nothing after the case's instruction. */
export function undefinedFlags(question: SiliconCase): number {
  const instruction = instructionOf(question);
  if (instruction === null) return 0;
  const { mnemonic } = instruction;
  if (rotates.has(mnemonic) || shifts.has(mnemonic))
    return undefinedAfterShift(instruction, countOf(instruction, question));
  return always[mnemonic] ?? 0;
}

/** The linear address of a memory operand in the case's initial state. */
export function linearAddress(question: SiliconCase, operand: MemoryOperand): number {
  const register = (number: number | null) => (number === null ? 0 : question.registers[number]);
  const names = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'] as const;
  const selector = question.segments[names[operand.segment]];
  const base = question.ldt.find(({ entry }) => ldtSelector(entry) === selector)?.base ?? 0;
  const sum = register(operand.base) + register(operand.index) * (1 << operand.shift) + operand.displacement;
  return ((operand.addressSize === 2 ? sum & 0xffff : sum) + base) >>> 0;
}

/**
 * Memory that may differ, as [from, to): where the x87 writes down its last instruction and operand, and the upper half
 * of a pushed segment register, which some processors write and others leave (SDM 2B, PUSH).
 */
export function undefinedMemory(question: SiliconCase): readonly [number, number] | null {
  const instruction = instructionOf(question);
  if (instruction?.mnemonic === 'pushseg') return upperHalfOfPush(question, instruction);
  if (instruction?.mnemonic !== 'fnstenv' && instruction?.mnemonic !== 'fnsave') return null;
  const [operand] = instruction.operands;
  if (operand.kind !== 'memory') return null;
  const at = linearAddress(question, operand);
  return instruction.operandSize === 4 ? [at + 12, at + 28] : [at + 6, at + 14];
}

/** Where so many bytes from ESP lie: the offset in the stack's segment, and the linear address. */
export function stackAddress(question: SiliconCase, distance: number): { offset: number; linear: number } {
  const stack = question.ldt.find(({ entry }) => ldtSelector(entry) === question.segments.ss);
  const esp = question.registers[4] + distance;
  const offset = stack && !(stack.flags & 1) ? esp & 0xffff : esp >>> 0;
  return { offset, linear: (stack?.base ?? 0) + offset };
}

function upperHalfOfPush(question: SiliconCase, instruction: Instruction): readonly [number, number] | null {
  if (instruction.operandSize !== 4) return null;
  const { linear } = stackAddress(question, -4);
  return [linear + 2, linear + 4];
}

/** bswap of a word is whatever you find there; so is a double shift by more than the operand has bits. */
export function isUndefined(question: SiliconCase): boolean {
  const instruction = instructionOf(question);
  if (instruction === null || instruction.operandSize !== 2) return false;
  if (instruction.mnemonic === 'bswap') return true;
  const isDouble = instruction.mnemonic === 'shld' || instruction.mnemonic === 'shrd';
  return isDouble && countOf(instruction, question) > 16;
}

const BREAKPOINT = 3;

/** popa that faults half way: SDM 3A 6.5 promises a restart, not that the registers already popped are given back. */
export function losesRegisters(question: SiliconCase, vector: number): boolean {
  return vector !== BREAKPOINT && instructionOf(question)?.mnemonic === 'popa';
}

/** Results of these differ in their last bits from one maker's silicon to the other's. */
const transcendental = new Set('f2xm1 fyl2x fyl2xp1 fptan fpatan fsin fcos fsincos'.split(' '));
/** C1 and the precision exception follow the last bit. */
const C1_AND_PRECISION = 0x220;
/** Masked, this one is raised for tiny results only where they are inexact as well (SDM 1 4.9.1.5). */
const UNDERFLOW = 0x10;
/** C0, C2, C3, which most instructions leave undefined (SDM 1 8.1.3.3 and volume 2, per instruction). */
const CONDITIONS = 0x4500;
const setsConditions = new Set(
  'fcom fcomp fcompp fucom fucomp fucompp ficom ficomp ftst fxam fprem fprem1 fninit fnsave frstor fldenv'.split(' '),
);
/** Reads or writes no condition code at all, or only C1. */
const leavesConditions = new Set('fnop wait fldcw fnstcw fnstsw fnstenv fcomi fcomip fucomi fucomip'.split(' '));
const needsConditionC2 = new Set('fptan fsin fcos fsincos'.split(' '));

export interface X87Tolerance {
  readonly status: number;
  /** How far a register may be off, relative to its value; 0 is to the bit, infinity is anything. */
  readonly relative: number;
}

/** ST0 beyond this exponent is out of the instruction's domain: f2xm1 takes -1 … 1, fyl2xp1 less than ±0.29. */
const domainExponent: Readonly<Record<string, number>> = { f2xm1: 0x3ffe, fyl2xp1: 0x3ffc };

function isOutsideDomain(question: SiliconCase, mnemonic: string): boolean {
  const limit = domainExponent[mnemonic];
  if (limit === undefined) return false;
  const { status, registers } = parseImage(x87ImageOf(question.seed));
  const exponent = Number.parseInt(registers[(status >> 11) & 7]?.slice(0, 4) ?? '0', 16) & 0x7fff;
  return exponent > limit && exponent !== 0x7fff;
}

export function x87Tolerance(question: SiliconCase): X87Tolerance {
  const mnemonic = instructionOf(question)?.mnemonic ?? '';
  const isRough = transcendental.has(mnemonic);
  let status = setsConditions.has(mnemonic) || leavesConditions.has(mnemonic) ? 0 : CONDITIONS;
  if (needsConditionC2.has(mnemonic)) status &= ~0x400;
  if (isRough) status |= C1_AND_PRECISION | (parseImage(x87ImageOf(question.seed)).control & UNDERFLOW);
  if (isOutsideDomain(question, mnemonic)) return { status: 0xffff & ~0x3800, relative: Number.POSITIVE_INFINITY };
  return { status, relative: isRough ? 2 ** -50 : 0 };
}

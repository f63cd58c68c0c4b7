/** How x87 instructions stand in regions: with what is known of the stack (held-stack.ts), or without. */

import type { Instruction } from '../../instruction.ts';
import type { InlineSite, Routine } from '../../interpreter/written-handlers.ts';
import { EXPONENT_BIAS } from '../format.ts';
import { memoryOf, type X87Code } from './choices.ts';
import { holdMemoryArithmetic, holdRegisterArithmetic, holdSquareRoot } from './held-arithmetic.ts';
import { HeldStack } from './held-stack.ts';
import {
  holdCompare,
  holdCompareIntoFlags,
  holdConstant,
  holdCopy,
  holdDuplicate,
  holdExchange,
  holdLoad,
  holdMemoryCompare,
  holdSignChange,
  holdStore,
  holdStoreByRoutine,
  holdStoreExtended,
} from './held-transfers.ts';
import { UnitCode } from './unit-code.ts';

type Held = (x: HeldStack) => void;

const EXTENDED_BYTES = 10;

/** ST(i) of an operand. */
function numberOf(instruction: Instruction, position: number): number {
  const operand = instruction.operands[position];
  return operand?.kind === 'x87 register' ? operand.number : 0;
}

/** The register an instruction names last, or ST(1) if it names none. */
function lastNumber(instruction: Instruction): number {
  const { length } = instruction.operands;
  return length === 0 ? 1 : numberOf(instruction, length === 1 ? 0 : 1);
}

/** Integers, reals in memory and registers: whatever there is of them by this pattern. */
const arithmetic = /^f(i?)(add|subr?|mul|divr?)(p?)$/;
const comparing = /^f(?:u|(i))?com(i?)(p{0,2})$/;
const storing = /^f(i?)st(p?)$/;
const loading = /^f(i?)ld$/;

function arithmeticOf(instruction: Instruction, [, integer, name, pop]: readonly string[]): Held {
  const memory = memoryOf(instruction);
  if (memory) return (x) => holdMemoryArithmetic(x, name, memory.size, integer !== '');
  const toTop = numberOf(instruction, 0) === 0;
  const other = numberOf(instruction, toTop ? 1 : 0);
  return (x) => holdRegisterArithmetic(x, name, toTop ? 0 : other, toTop ? other : 0, pop.length);
}

function comparisonOf(instruction: Instruction, [, integer, intoFlags, pops]: readonly string[]): Held {
  const memory = memoryOf(instruction);
  if (memory) return (x) => holdMemoryCompare(x, memory.size, integer === 'i', pops.length);
  const other = lastNumber(instruction);
  if (intoFlags) return (x) => holdCompareIntoFlags(x, other, pops.length);
  return (x) => holdCompare(x, other, pops.length);
}

function storeOf(instruction: Instruction, [, integer, pop]: readonly string[]): Held | null {
  const memory = memoryOf(instruction);
  if (!memory) return (x) => holdCopy(x, lastNumber(instruction), pop !== '');
  if (memory.size === EXTENDED_BYTES) return holdStoreExtended;
  if (integer) return (x) => holdStoreByRoutine(x, pop !== '');
  return (x) => holdStore(x, memory.size, pop !== '');
}

function loadOf(instruction: Instruction, [, integer]: readonly string[]): Held {
  const memory = memoryOf(instruction);
  if (memory) return (x) => holdLoad(x, memory.size, integer !== '');
  return (x) => holdDuplicate(x, lastNumber(instruction));
}

/** By pattern, where an instruction has several forms. */
const families: readonly (readonly [RegExp, (instruction: Instruction, match: readonly string[]) => Held | null])[] = [
  [arithmetic, arithmeticOf],
  [comparing, comparisonOf],
  [storing, storeOf],
  [loading, loadOf],
];

const simple: Readonly<Record<string, (instruction: Instruction) => Held>> = {
  fxch: (instruction) => (x) => holdExchange(x, lastNumber(instruction)),
  fchs: () => (x) => holdSignChange(x, true),
  fabs: () => (x) => holdSignChange(x, false),
  fldz: () => (x) => holdConstant(x, 0),
  fld1: () => (x) => holdConstant(x, EXPONENT_BIAS),
  fsqrt: () => holdSquareRoot,
};

function heldOf(instruction: Instruction): Held | null {
  const { mnemonic } = instruction;
  if (Object.hasOwn(simple, mnemonic)) return simple[mnemonic](instruction);
  for (const [pattern, make] of families) {
    const match = pattern.exec(mnemonic);
    if (match)
      return make(
        instruction,
        match.map((part) => part ?? ''),
      );
  }
  return null;
}

/** These leave the stack and the status word as they were. */
const harmless = new Set(['fnstcw', 'fnstsw', 'fldcw', 'wait']);

/** Writes an instruction into a region. */
export function writeInRegion(site: InlineSite, instruction: Instruction, chosen: X87Code, routine: Routine): void {
  const held = heldOf(instruction);
  if (held) {
    const stack = new HeldStack(site, routine);
    held(stack);
    stack.end();
    return;
  }
  chosen.write(new UnitCode(site));
  if (!harmless.has(instruction.mnemonic)) site.insight = null;
  else if (instruction.mnemonic === 'fldcw' && site.insight !== null) forgetControls(site, routine);
}

function forgetControls(site: InlineSite, routine: Routine): void {
  const stack = new HeldStack(site, routine);
  stack.forgetControls();
  stack.end();
}

/** Which x87 instructions have code of their own. Whatever is missing here is done by the service alone. */

import type { Value } from '../../emit/function-builder.ts';
import type { Instruction, MemoryOperand } from '../../instruction.ts';
import { constants } from '../remainder.ts';
import {
  type Operation,
  operations,
  writeMemoryArithmetic,
  writeRegisterArithmetic,
  writeSignChange,
  writeSquareRoot,
} from './arithmetic-code.ts';
import { writeCompare, writeCompareIntoFlags, writeMemoryCompare, writeTest } from './comparison-code.ts';
import {
  writeFree,
  writeLoadControl,
  writeNothing,
  writeStatusToAx,
  writeStoreWord,
  writeTurn,
  writeWait,
} from './control-code.ts';
import {
  writeConstant,
  writeCopy,
  writeDuplicate,
  writeExchange,
  writeLoad,
  writeStore,
  writeStoreExtended,
} from './transfer-code.ts';
import type { UnitCode } from './unit-code.ts';

/** Code for one form of an instruction. Equal keys, equal code. */
export interface X87Code {
  readonly key: string;
  write(x: UnitCode): void;
  /** Too long to be repeated wherever it is needed: regions call it, if only for what they do not do in place. */
  readonly long?: boolean;
}

export type CodeChoice = (instruction: Instruction) => X87Code | null;

export function memoryOf(instruction: Instruction): MemoryOperand | null {
  const first = instruction.operands[0];
  return first?.kind === 'memory' ? first : null;
}

/** Physical number of the register an instruction names last, or of ST(1) if it names none. */
function named(x: UnitCode, instruction: Instruction): Value {
  const { length } = instruction.operands;
  return x.slot(length === 0 ? x.constant(1) : x.site.stackRegister(length === 1 ? 0 : 1));
}

/** An instruction with one form. */
const only =
  (write: (x: UnitCode) => void, long = false): CodeChoice =>
  () => ({ key: '', write, long });

/** One whose register the operation tells. */
const withRegister =
  (write: (x: UnitCode, slot: Value) => void): CodeChoice =>
  (instruction) => ({ key: 'register', write: (x) => write(x, named(x, instruction)) });

/** One with a memory operand. */
const withMemory =
  (write: (x: UnitCode, size: number) => void, long = false): CodeChoice =>
  (instruction) => {
    const size = memoryOf(instruction)?.size ?? 0;
    return { key: `memory ${size}`, write: (x) => write(x, size), long };
  };

const either =
  (inMemory: CodeChoice, inRegister: CodeChoice): CodeChoice =>
  (instruction) =>
    (memoryOf(instruction) ? inMemory : inRegister)(instruction);

/** Of two registers one is ST(0), and which one is a matter of form; the other is a field of the operation. */
function registerArithmetic(operation: Operation, pops: boolean): CodeChoice {
  return (instruction) => {
    const first = instruction.operands[0];
    const toTop = first?.kind === 'x87 register' && first.number === 0;
    return {
      key: toTop ? 'to top' : 'from top',
      long: true,
      write: (x) => {
        const other = x.slot(x.site.stackRegister(toTop ? 1 : 0));
        if (toTop) writeRegisterArithmetic(x, operation, x.top, other, pops);
        else writeRegisterArithmetic(x, operation, other, x.top, pops);
      },
    };
  };
}

function arithmeticChoices(): Record<string, CodeChoice> {
  const choices: Record<string, CodeChoice> = {};
  for (const [name, operation] of Object.entries(operations)) {
    const memory = (integer: boolean) =>
      withMemory((x, size) => writeMemoryArithmetic(x, operation, size, integer), true);
    choices[`f${name}`] = either(memory(false), registerArithmetic(operation, false));
    choices[`f${name}p`] = registerArithmetic(operation, true);
    choices[`fi${name}`] = memory(true);
  }
  return choices;
}

function comparisonChoices(): Record<string, CodeChoice> {
  const memory = (integer: boolean, pops: number) =>
    withMemory((x, size) => writeMemoryCompare(x, size, integer, pops));
  const register = (pops: number) => withRegister((x, slot) => writeCompare(x, slot, pops));
  const intoFlags = (pops: number) => withRegister((x, slot) => writeCompareIntoFlags(x, slot, pops));
  return {
    fcom: either(memory(false, 0), register(0)),
    fcomp: either(memory(false, 1), register(1)),
    fcompp: register(2),
    ficom: memory(true, 0),
    ficomp: memory(true, 1),
    fucom: register(0),
    fucomp: register(1),
    fucompp: register(2),
    fcomi: intoFlags(0),
    fcomip: intoFlags(1),
    fucomi: intoFlags(0),
    fucomip: intoFlags(1),
    ftst: only(writeTest),
  };
}

function storing(pops: boolean): CodeChoice {
  const write = (x: UnitCode, size: number) => (size === 10 ? writeStoreExtended(x) : writeStore(x, size, false, pops));
  const memory = withMemory(write, true);
  return either(
    memory,
    withRegister((x, slot) => writeCopy(x, slot, pops)),
  );
}

const storingInteger = (pops: boolean): CodeChoice => withMemory((x, size) => writeStore(x, size, true, pops), true);

function constantChoices(): Record<string, CodeChoice> {
  const choices: Record<string, CodeChoice> = { fldz: only((x) => writeConstant(x, [0, 0, 0, 0])) };
  for (const [name, parts] of Object.entries(constants)) choices[name] = only((x) => writeConstant(x, parts));
  return choices;
}

/** By mnemonic. */
export const x87Choices: Readonly<Record<string, CodeChoice>> = {
  ...arithmeticChoices(),
  ...comparisonChoices(),
  ...constantChoices(),
  fsqrt: only(writeSquareRoot, true),
  fchs: only((x) => writeSignChange(x, true)),
  fabs: only((x) => writeSignChange(x, false)),
  fld: either(
    withMemory((x, size) => writeLoad(x, size, false)),
    withRegister(writeDuplicate),
  ),
  fild: withMemory((x, size) => writeLoad(x, size, true)),
  fst: storing(false),
  fstp: storing(true),
  fist: storingInteger(false),
  fistp: storingInteger(true),
  fxch: withRegister(writeExchange),
  fldcw: withMemory(writeLoadControl),
  fnstcw: withMemory((x) => writeStoreWord(x, 'fpuControl')),
  fnstsw: either(
    withMemory((x) => writeStoreWord(x, 'fpuStatus')),
    only(writeStatusToAx),
  ),
  fincstp: only((x) => writeTurn(x, 1)),
  fdecstp: only((x) => writeTurn(x, -1)),
  ffree: withRegister(writeFree),
  fnop: only(writeNothing),
  wait: only(writeWait),
};

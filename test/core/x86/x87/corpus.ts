/**
 * Cases with the answers a real chip gave, one a line, so that machines without such a chip can ask the same questions.
 *
 *     code control status empty eflags memory registers > vector control status tags eflags memory ax registers
 *
 * All hexadecimal; "-" is no memory.  Registers are `number:value`, by stack position before and by physical number
 * after; only those that matter to the instruction go in (the rest are FILLER), and only those it changed come out.
 */

import type { Input, Output } from './bench.ts';
import { instructionAt } from './bench.ts';

/** What lies in registers an instruction does not name: seven different reals that nobody would compute by accident. */
const FILLER = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `400${i}c0ffee0dead5${i}bad`.padEnd(20, '0'));

const WHOLE_STACK = ['frstor', 'fnsave', 'fldenv', 'fnstenv'];

function namedRegisters(code: string): number[] {
  const instruction = instructionAt(code);
  if (instruction === null || WHOLE_STACK.includes(instruction.mnemonic)) return [0, 1, 2, 3, 4, 5, 6, 7];
  const named = instruction.operands.map((operand) => (operand.kind === 'x87 register' ? operand.number : 0));
  return [...new Set([0, 1, ...named])];
}

/** The same case with everything that cannot matter replaced by FILLER, so that a line stays short. */
export function withFiller(input: Input): Input {
  const named = namedRegisters(input.code);
  return { ...input, registers: input.registers.map((text, i) => (named.includes(i) ? text : FILLER[i])) };
}

const topOf = (status: number): number => (status >> 11) & 7;
const hex = (value: number): string => value.toString(16);

export function printCase(input: Input, output: Output): string {
  const inside = namedRegisters(input.code).map((i) => `${i}:${input.registers[i]}`);
  const before = byPhysicalNumber(input.registers, input.status);
  const after = byPhysicalNumber(output.registers, output.status);
  const changed = after.flatMap((text, slot) => (text === before[slot] ? [] : [`${slot}:${text}`]));
  const { code, control, status, empty, eflags, memory } = input;
  const question = [code, hex(control), hex(status), hex(empty), hex(eflags), memory || '-', ...inside];
  const { vector, tags, ax } = output;
  const answer = [vector, output.control, output.status, tags, output.eflags].map(hex);
  return `${question.join(' ')} > ${[...answer, output.memory || '-', hex(ax), ...changed].join(' ')}`;
}

/** Physical register s holds ST((s - top) mod 8). */
function byPhysicalNumber(registers: readonly string[], status: number): string[] {
  return registers.map((_, slot) => registers[(slot - topOf(status)) & 7]);
}

const number = (text: string): number => Number.parseInt(text, 16);
const memoryOf = (text: string): string => (text === '-' ? '' : text);

function replaced(registers: readonly string[], fields: readonly string[]): string[] {
  const result = [...registers];
  for (const field of fields) {
    const [position, value] = field.split(':');
    result[Number(position)] = value;
  }
  return result;
}

export function parseCase(line: string): { input: Input; output: Output } {
  const [question, answer] = line.split(' > ').map((half) => half.split(' '));
  const [code, control, status, empty, eflags, memory, ...inside] = question;
  const input: Input = {
    code,
    control: number(control),
    status: number(status),
    empty: number(empty),
    eflags: number(eflags),
    memory: memoryOf(memory),
    registers: replaced(FILLER, inside),
  };
  const [vector, controlAfter, statusAfter, tags, eflagsAfter, memoryAfter, ax, ...changed] = answer;
  const physical = replaced(byPhysicalNumber(input.registers, input.status), changed);
  const top = topOf(number(statusAfter));
  const output: Output = {
    vector: number(vector),
    control: number(controlAfter),
    status: number(statusAfter),
    tags: number(tags),
    eflags: number(eflagsAfter),
    memory: memoryOf(memoryAfter),
    ax: number(ax),
    registers: physical.map((_, i) => physical[(top + i) & 7]),
  };
  return { input, output };
}

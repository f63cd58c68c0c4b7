/**
 * Two answers to one question, side by side: which fields differ, leaving aside what the manual leaves open.
 */

import type { Outcome, SiliconCase } from './case.ts';
import { registerNames, segmentNames } from './case.ts';
import { flagsLeftAmid, looksAtLess } from './makers.ts';
import {
  instructionOf,
  isUndefined,
  losesRegisters,
  undefinedFlags,
  undefinedMemory,
  x87Tolerance,
} from './undefined.ts';
import type { X87Image } from './x87-image.ts';

/** `name: ours, theirs` for every field that differs; empty when the two agree. */
export function differences(question: SiliconCase, ours: Outcome, theirs: Outcome): string[] {
  const found: string[] = [];
  const check = (name: string, mine: number, other: number) => {
    if (mine !== other) found.push(`${name}: ${mine.toString(16)}, ${other.toString(16)}`);
  };
  if (looksAtLess(question, ours, theirs)) return found;
  if (isEitherFault(question, ours, theirs)) return registerDifferences(ours, theirs);
  check('vector', ours.vector, theirs.vector);
  // Two that ended differently have nothing more to say to each other.
  if (found.length > 0) return found;
  check('error code', ours.errorCode, theirs.errorCode);
  check('cr2', ours.faultAddress, theirs.faultAddress);
  check('eip', ours.eip, theirs.eip);
  if (isUndefined(question)) return found;
  if (!losesRegisters(question, theirs.vector)) found.push(...registerDifferences(ours, theirs));
  const mask = ~(undefinedFlags(question) | flagsLeftAmid(question, theirs));
  check('eflags', (ours.eflags & mask) >>> 0, (theirs.eflags & mask) >>> 0);
  for (const name of segmentNames) check(name, ours.segments[name], theirs.segments[name]);
  const memory = memoryDifference(question, ours, theirs);
  if (memory !== null) found.push(memory);
  if (ours.x87 && theirs.x87) found.push(...x87Differences(question, ours.x87, theirs.x87));
  return found;
}

/** These touch memory in several places, and which of them is tried first no manual says. */
const scattered = new Set('fldenv frstor fnstenv fnsave retf iret'.split(' '));
const memoryFaults = new Set([12, 13, 14, 17]);

function isEitherFault(question: SiliconCase, ours: Outcome, theirs: Outcome): boolean {
  if (!memoryFaults.has(ours.vector) || !memoryFaults.has(theirs.vector)) return false;
  const unlike = ours.vector !== theirs.vector || ours.faultAddress !== theirs.faultAddress;
  return unlike && scattered.has(instructionOf(question)?.mnemonic ?? '');
}

function registerDifferences(ours: Outcome, theirs: Outcome): string[] {
  return registerNames.flatMap((name, number) => {
    const [mine, other] = [ours.registers[number], theirs.registers[number]];
    return mine === other ? [] : [`${name}: ${mine.toString(16)}, ${other.toString(16)}`];
  });
}

function memoryDifference(question: SiliconCase, ours: Outcome, theirs: Outcome): string | null {
  const [from, to] = undefinedMemory(question) ?? [0, 0];
  for (const at of new Set([...ours.memory.keys(), ...theirs.memory.keys()])) {
    if (at >= from && at < to) continue;
    const [mine, other] = [ours.memory.get(at), theirs.memory.get(at)];
    if (mine !== other)
      return `memory at ${at.toString(16)}: ${mine?.toString(16) ?? 'as it was'}, ${other?.toString(16) ?? 'as it was'}`;
  }
  return null;
}

function x87Differences(question: SiliconCase, ours: X87Image, theirs: X87Image): string[] {
  const tolerance = x87Tolerance(question);
  const found: string[] = [];
  const check = (name: string, mine: number, other: number) => {
    if (mine !== other) found.push(`${name}: ${mine.toString(16)}, ${other.toString(16)}`);
  };
  check('x87 control', ours.control, theirs.control);
  check('x87 status', ours.status & ~tolerance.status, theirs.status & ~tolerance.status);
  ours.registers.forEach((mine, physical) => {
    const other = theirs.registers[physical];
    if (!sameNumber(mine, other, tolerance.relative))
      found.push(`r${physical}: ${mine ?? 'empty'}, ${other ?? 'empty'}`);
  });
  return found;
}

function sameNumber(mine: string | null, other: string | null, relative: number): boolean {
  if (mine === other) return true;
  if (relative === 0 || mine === null || other === null) return false;
  if (relative === Number.POSITIVE_INFINITY) return true;
  const [a, b] = [approximately(mine), approximately(other)];
  return Math.abs(a.mantissa * 2 ** (a.exponent - b.exponent) - b.mantissa) <= Math.abs(b.mantissa) * relative;
}

/** Good to 53 bits; infinities and NaNs come out as an exponent nothing else has. */
function approximately(digits: string): { exponent: number; mantissa: number } {
  const head = Number.parseInt(digits.slice(0, 4), 16);
  const mantissa = Number(BigInt(`0x${digits.slice(4)}`));
  return { exponent: head & 0x7fff, mantissa: head & 0x8000 ? -mantissa : mantissa };
}

/**
 * One question to a processor and its answer, as values and as a line of text.  The line is what the corpus holds: the
 * question gives only what differs from the start its seed makes, the answer only what differs from the question.
 *
 *      2f1 01d8 eax=7fffffff > eax=80000000 efl=a96
 *      2f2 f3a4 edi=20001ffe > t=e err=7 cr2=20002000 eip=10000100 … m=20001ffe:1234
 */

import { CODE_START, eflagsOf, registersOf, selector } from './windows.ts';
import { parseImage, type X87Image, x87ImageOf } from './x87-image.ts';

export const registerNames = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;
export type RegisterName = (typeof registerNames)[number];
export const segmentNames = ['cs', 'ss', 'ds', 'es', 'fs', 'gs'] as const;
export type SegmentName = (typeof segmentNames)[number];

/** An LDT entry in the terms of Linux's modify_ldt: flags are those of struct user_desc, seg_32bit being bit 0. */
export interface LdtEntry {
  readonly entry: number;
  readonly base: number;
  readonly limit: number;
  readonly flags: number;
}

export interface Patch {
  readonly window: 'data' | 'stack';
  readonly at: number;
  readonly hex: string;
}

export interface SiliconCase {
  readonly seed: number;
  /** Hex digits; the first byte lies at CODE_START. */
  readonly code: string;
  readonly x87: boolean;
  /** TF is set: the case ends after one instruction. */
  readonly step: boolean;
  readonly eflags: number;
  readonly registers: readonly number[];
  readonly segments: Readonly<Record<SegmentName, number>>;
  readonly patches: readonly Patch[];
  readonly ldt: readonly LdtEntry[];
}

export interface Outcome {
  /** The vector that ended it: 3 is the int3 behind the code. 0x100: it did not end. */
  readonly vector: number;
  readonly errorCode: number;
  /** cr2 of a page fault, else 0. */
  readonly faultAddress: number;
  readonly eip: number;
  readonly registers: readonly number[];
  readonly eflags: number;
  readonly segments: Readonly<Record<SegmentName, number>>;
  readonly x87: X87Image | null;
  /** Bytes that are no longer what they were, by address. */
  readonly memory: ReadonlyMap<number, number>;
}

const initialSegments = {
  cs: selector.userCode,
  ss: selector.userData,
  ds: selector.userData,
  es: selector.userData,
  fs: 0,
  gs: 0,
} as const;

/** A case with what its seed gives and what is said here on top. */
export function makeCase(
  seed: number,
  code: string,
  more: {
    registers?: Partial<Record<RegisterName, number>>;
    segments?: Partial<Record<SegmentName, number>>;
    eflags?: number;
    patches?: readonly Patch[];
    ldt?: readonly LdtEntry[];
    x87?: boolean;
    step?: boolean;
  },
): SiliconCase {
  const registers = registersOf(seed).map((value, number) => more.registers?.[registerNames[number]] ?? value);
  return {
    seed,
    code,
    x87: more.x87 ?? false,
    step: more.step ?? false,
    eflags: more.eflags ?? eflagsOf(seed),
    registers: registers.map((value) => value >>> 0),
    segments: { ...initialSegments, ...more.segments },
    patches: more.patches ?? [],
    ldt: more.ldt ?? [],
  };
}

const hex = (value: number) => value.toString(16);

/** The question as the corpus and the differences print it. */
export function printCase(question: SiliconCase): string {
  const { seed, code, x87, step, eflags, registers, segments, patches, ldt } = question;
  const words = [hex(seed), code];
  if (x87) words.push('x87');
  if (step) words.push('step');
  const natural = registersOf(seed);
  registers.forEach((value, number) => {
    if (value !== natural[number]) words.push(`${registerNames[number]}=${hex(value)}`);
  });
  if (eflags !== eflagsOf(seed)) words.push(`efl=${hex(eflags)}`);
  for (const name of segmentNames)
    if (segments[name] !== initialSegments[name]) words.push(`${name}=${hex(segments[name])}`);
  for (const { window, at, hex: bytes } of patches) words.push(`${window[0]}@${hex(at)}=${bytes}`);
  for (const { entry, base, limit, flags } of ldt) words.push(`ldt${hex(entry)}=${[base, limit, flags].map(hex)}`);
  return words.join(' ');
}

interface Word {
  readonly name: string;
  readonly value: string;
}

const isRegister = (name: string): name is RegisterName => (registerNames as readonly string[]).includes(name);
const isSegment = (name: string): name is SegmentName => (segmentNames as readonly string[]).includes(name);
const number = (text: string) => Number.parseInt(text, 16);

function wordsOf(text: string): Word[] {
  return text.split(' ').map((word) => {
    const [name, value = ''] = word.split('=');
    return { name, value };
  });
}

export function parseCase(text: string): SiliconCase {
  const [seedWord, codeWord, ...rest] = wordsOf(text);
  const registers: Partial<Record<RegisterName, number>> = {};
  const segments: Partial<Record<SegmentName, number>> = {};
  const patches: Patch[] = [];
  const ldt: LdtEntry[] = [];
  for (const { name, value } of rest) {
    if (isRegister(name)) registers[name] = number(value);
    else if (isSegment(name)) segments[name] = number(value);
    else if (name[1] === '@')
      patches.push({ window: name[0] === 'd' ? 'data' : 'stack', at: number(name.slice(2)), hex: value });
    else if (name.startsWith('ldt')) {
      const [base, limit, flags] = value.split(',').map(number);
      ldt.push({ entry: number(name.slice(3)), base, limit, flags });
    }
  }
  const given = rest.find(({ name }) => name === 'efl');
  const flag = (wanted: string) => rest.some(({ name }) => name === wanted);
  const eflags = given && number(given.value);
  const more = { registers, segments, patches, ldt, eflags, x87: flag('x87'), step: flag('step') };
  return makeCase(number(seedWord.name), codeWord.name, more);
}

const codeBytes = (question: SiliconCase) => question.code.length / 2;
/** Where an uneventful case ends: behind the int3 behind the code. */
const ordinaryEnd = (question: SiliconCase) => CODE_START + codeBytes(question) + 1;

function printMemory(memory: ReadonlyMap<number, number>): string[] {
  const runs: string[] = [];
  let next = -1;
  for (const [at, byte] of [...memory].sort(([a], [b]) => a - b)) {
    const digits = hex(byte).padStart(2, '0');
    if (at === next) runs[runs.length - 1] += digits;
    else runs.push(`m=${hex(at)}:${digits}`);
    next = at + 1;
  }
  return runs;
}

function printX87(question: SiliconCase, after: X87Image): string[] {
  const before = parseImage(x87ImageOf(question.seed));
  const words: string[] = [];
  if (after.control !== before.control) words.push(`fcw=${hex(after.control)}`);
  if (after.status !== before.status) words.push(`fsw=${hex(after.status)}`);
  after.registers.forEach((value, physical) => {
    if (value !== before.registers[physical]) words.push(`r${physical}=${value ?? 'empty'}`);
  });
  return words;
}

/** The answer, as far as it differs from the question. */
export function printOutcome(question: SiliconCase, outcome: Outcome): string {
  const words: string[] = [];
  if (outcome.vector !== 3) words.push(`t=${hex(outcome.vector)}`);
  if (outcome.errorCode !== 0) words.push(`err=${hex(outcome.errorCode)}`);
  if (outcome.vector === 14) words.push(`cr2=${hex(outcome.faultAddress)}`);
  if (outcome.eip !== ordinaryEnd(question)) words.push(`eip=${hex(outcome.eip)}`);
  outcome.registers.forEach((value, index) => {
    if (value !== question.registers[index]) words.push(`${registerNames[index]}=${hex(value)}`);
  });
  if (outcome.eflags !== question.eflags) words.push(`efl=${hex(outcome.eflags)}`);
  for (const name of segmentNames)
    if (outcome.segments[name] !== question.segments[name]) words.push(`${name}=${hex(outcome.segments[name])}`);
  if (outcome.x87) words.push(...printX87(question, outcome.x87));
  return [...words, ...printMemory(outcome.memory)].join(' ');
}

function parseMemory(words: readonly Word[]): Map<number, number> {
  const memory = new Map<number, number>();
  for (const { name, value } of words) {
    if (name !== 'm') continue;
    const [at, bytes] = value.split(':');
    for (let i = 0; i < bytes.length; i += 2) memory.set(number(at) + i / 2, number(bytes.slice(i, i + 2)));
  }
  return memory;
}

export function parseOutcome(question: SiliconCase, text: string): Outcome {
  const words = wordsOf(text);
  const value = (name: string, otherwise: number) => {
    const word = words.find((candidate) => candidate.name === name);
    return word ? number(word.value) : otherwise;
  };
  const before = parseImage(x87ImageOf(question.seed));
  const physical = (index: number) => words.find(({ name }) => name === `r${index}`)?.value ?? before.registers[index];
  return {
    vector: value('t', 3),
    errorCode: value('err', 0),
    faultAddress: value('cr2', 0),
    eip: value('eip', ordinaryEnd(question)),
    registers: registerNames.map((name, index) => value(name, question.registers[index])),
    eflags: value('efl', question.eflags),
    segments: Object.fromEntries(
      segmentNames.map((name) => [name, value(name, question.segments[name])]),
    ) as Outcome['segments'], // fromEntries forgets the keys
    x87: question.x87
      ? {
          control: value('fcw', before.control),
          status: value('fsw', before.status),
          registers: before.registers.map((_, index) => (physical(index) === 'empty' ? null : physical(index))),
        }
      : null,
    memory: parseMemory(words),
  };
}

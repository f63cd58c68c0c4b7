/**
 * Takes questions to the processor this machine has.  The oracle is a C program beside this file, compiled into a
 * scratch folder on first use; it needs gcc for 32 bits and Linux's leave to run 32-bit programs (test/extras.ts).
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Outcome, registerNames, type SiliconCase, segmentNames } from './case.ts';
import { dataBackground, stackBackground } from './windows.ts';
import { parseImage, x87ImageOf } from './x87-image.ts';

const hex = (value: number) => value.toString(16);
const hexBytes = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function questionLine(question: SiliconCase): string {
  const { code, x87, step, eflags, registers, segments, patches, ldt, seed } = question;
  const words = [`code=${code}`, `efl=${hex(eflags)}`];
  registers.forEach((value, number) => {
    words.push(`${registerNames[number]}=${hex(value)}`);
  });
  for (const name of segmentNames.slice(1)) words.push(`${name}=${hex(segments[name])}`);
  for (const patch of patches) words.push(`${patch.window[0]}@${hex(patch.at)}=${patch.hex}`);
  for (const { entry, base, limit, flags } of ldt) words.push(`ldt${hex(entry)}=${[base, limit, flags].map(hex)}`);
  if (step) words.push('step=1');
  if (x87) words.push(`fpu=${hexBytes(x87ImageOf(seed))}`);
  return words.join(' ');
}

/** The page-fault bit that says "fetch" exists only where no-execute does; the processor we build has none. */
const FETCH_BIT = 0x10;

function parseAnswer(line: string): Outcome {
  const values = new Map<string, string>();
  const memory = new Map<number, number>();
  for (const word of line.split(' ')) {
    const [name, value] = word.split('=');
    if (name !== 'm') values.set(name, value);
    else {
      const [at, bytes] = value.split(':');
      Buffer.from(bytes, 'hex').forEach((byte, index) => {
        memory.set(Number.parseInt(at, 16) + index, byte);
      });
    }
  }
  const number = (name: string) => Number.parseInt(values.get(name) ?? '0', 16);
  const vector = number('trap');
  const image = values.get('fpu');
  return {
    vector,
    errorCode: vector === 14 ? number('err') & ~FETCH_BIT : number('err'),
    faultAddress: number('cr2'),
    eip: number('eip'),
    registers: registerNames.map(number),
    eflags: number('efl'),
    segments: Object.fromEntries(segmentNames.map((name) => [name, number(name)])) as Outcome['segments'], // as above
    x87: image === undefined ? null : parseImage(Buffer.from(image, 'hex')),
    memory,
  };
}

export interface Oracle {
  ask(questions: readonly SiliconCase[]): Outcome[];
  /** Removes the scratch folder. */
  close(): void;
}

/** Compiles the oracle. Only where `available('compiler')` and `available('native32')`. */
export function buildOracle(): Oracle {
  const folder = mkdtempSync(join(tmpdir(), 'astride-oracle-'));
  const program = join(folder, 'oracle');
  const source = fileURLToPath(new URL('oracle.c', import.meta.url));
  const flags = ['-m32', '-O2', '-static', '-fno-stack-protector', '-fno-pie', '-no-pie'];
  const { status, stderr } = spawnSync('gcc', [...flags, '-o', program, source], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the oracle does not compile: ${stderr}`);
  return { ask: (questions) => ask(program, questions), close: () => rmSync(folder, { recursive: true }) };
}

function ask(program: string, questions: readonly SiliconCase[]): Outcome[] {
  const windows = `data=${hexBytes(dataBackground)}\nstack=${hexBytes(stackBackground)}\n`;
  const input = `${windows}${questions.map(questionLine).join('\n')}\n`;
  const { stdout, status, signal } = spawnSync(program, { input, encoding: 'latin1', maxBuffer: 2 ** 30 });
  const lines = stdout.split('\n').slice(0, -1);
  if (status !== 0 || lines.length !== questions.length) {
    const last = questions[lines.length];
    throw new Error(`the oracle died (${signal ?? status}) of ${last ? questionLine(last) : 'nothing we asked'}`);
  }
  return lines.map(parseAnswer);
}

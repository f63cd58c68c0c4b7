/**
 * The same instruction on the silicon underneath, through the oracle in test/silicon (a 32-bit program that runs a
 * few bytes of code and reports).  Inputs become its lines, its lines become outputs.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesOf, hexOf, type Input, OPERAND, type Output, WINDOW } from './bench.ts';

const little = (value: number, bytes: number): string =>
  hexOf(Uint8Array.from({ length: bytes }, (_, index) => (value >>> (index * 8)) & 0xff));
const reversed = (text: string): string => hexOf(bytesOf(text).reverse());

/** An fsave image: seven words, then ST(0) … ST(7). Any tag but "empty" will do. */
function image(input: Input): string {
  let tags = 0;
  for (let slot = 0; slot < 8; slot++) if ((input.empty >>> slot) & 1) tags |= 3 << (slot * 2);
  const words = [input.control, input.status, tags].map((word) => `${little(word, 2)}ffff`).join('');
  return words + '00'.repeat(16) + input.registers.map(reversed).join('');
}

function line(input: Input): string {
  const parts = [`code=${input.code}`, `efl=${(input.eflags | 2).toString(16)}`, 'eax=12345678'];
  if (input.memory !== '') parts.push(`d@${(OPERAND - WINDOW).toString(16)}=${input.memory}`);
  return `${parts.join(' ')} fpu=${image(input)}`;
}

function parse(answer: string, input: Input): Output {
  const fields = new Map<string, string>();
  const memory = bytesOf(input.memory);
  for (const field of answer.split(' ')) {
    const split = field.indexOf('=');
    const name = field.slice(0, split);
    const value = field.slice(split + 1);
    if (name !== 'm') fields.set(name, value);
    else {
      const [address, bytes] = value.split(':');
      const start = Number.parseInt(address, 16) - OPERAND;
      bytesOf(bytes).forEach((byte, index) => {
        if (start + index < memory.length) memory[start + index] = byte;
      });
    }
  }
  const number = (name: string) => Number.parseInt(fields.get(name) ?? '0', 16);
  const unit = bytesOf(fields.get('fpu') ?? '');
  const word = (offset: number) => unit[offset] | (unit[offset + 1] << 8);
  const registers = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => hexOf(unit.slice(28 + i * 10, 38 + i * 10).reverse()));
  return {
    vector: number('trap'),
    control: word(0),
    status: word(4),
    tags: word(8),
    registers,
    eflags: number('efl') & 0xcd5,
    memory: hexOf(memory),
    ax: number('eax') & 0xffff,
  };
}

const source = fileURLToPath(new URL('../../../silicon/oracle.c', import.meta.url));
const flags = ['-m32', '-O2', '-static', '-fno-stack-protector', '-fno-pie', '-no-pie'];

/** What this machine's own processor makes of the inputs. Only where a 32-bit compiler and such a processor are. */
export function askSilicon(inputs: readonly Input[]): Output[] {
  const folder = mkdtempSync(join(tmpdir(), 'astride-x87-'));
  try {
    const program = join(folder, 'oracle');
    const { status, stderr } = spawnSync('gcc', [...flags, '-o', program, source], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the oracle does not compile: ${stderr}`);
    return run(program, inputs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(program: string, inputs: readonly Input[]): Output[] {
  const text = `${inputs.map(line).join('\n')}\n`;
  const { stdout } = spawnSync(program, { input: text, maxBuffer: 1 << 30, encoding: 'latin1' });
  const lines = stdout.trimEnd().split('\n');
  return inputs.map((input, index) => parse(lines[index], input));
}

/** Small multiboot programs, in machine code, on the real processor. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../main/run-command.ts';
import { buildElf } from '../core/launcher/build-elf.ts';
import { FakeIo, run } from './fake-io.ts';

const MIB = 1024 * 1024;
const MAGIC = 0x1badb002;
const HEADER_BYTES = 12;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'astride-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function program(name: string, code: number[]): string {
  const path = join(folder, name);
  const bytes = new Uint8Array(HEADER_BYTES + code.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(8, -MAGIC >>> 0, true);
  bytes.set(code, HEADER_BYTES);
  writeFileSync(path, buildElf([{ at: MIB, bytes }], MIB + HEADER_BYTES));
  return path;
}

/** out 0xF4, al */
const exitWith = (value: number) => [0xb0, value, 0xe6, 0xf4];
/** mov dx, 0x3F8; mov al, c; out dx, al … */
const print = (text: string) => [0x66, 0xba, 0xf8, 0x03, ...[...Buffer.from(text)].flatMap((c) => [0xb0, c, 0xee])];
const forever = [0xeb, 0xfe];

describe('bare', () => {
  test('prints on the serial port and exits with (v << 1) | 1', async () => {
    const { code, out, err } = await run('bare', program('ok', [...print('ok\n'), ...exitWith(3)]));
    expect(out).toBe('ok\n');
    expect(code).toBe(7);
    expect(err).toMatch(/^9 instructions in \d+\.\d{3} s\n$/);
  });

  test('hands over the command line, the file’s name first', async () => {
    // The command line's address is at 16 in the information ebx points at; print until NUL.
    const printAll = [0x8b, 0x73, 0x10, 0x66, 0xba, 0xf8, 0x03, 0xac, 0x84, 0xc0, 0x74, 0x03, 0xee, 0xeb, 0xf8];
    const { out } = await run('bare', program('words', [...printAll, ...exitWith(0)]), '--append', 'a b=c');
    expect(out).toBe('words a b=c');
  });

  test('says how much memory there is', async () => {
    // mov eax, [ebx+8]; shr eax, 10; out 0xF4, al: upper memory in MiB
    const path = program('memory', [0x8b, 0x43, 0x08, 0xc1, 0xe8, 10, 0xe6, 0xf4]);
    expect((await run('bare', path, '--memory', '16')).code).toBe((15 << 1) | 1);
    expect((await run('bare', path)).code).toBe((127 << 1) | 1);
  });

  test('--budget stops after exactly so many instructions', async () => {
    const { code, err } = await run('bare', program('loop', forever), '--budget', '12345');
    expect(code).toBe(3);
    expect(err).toMatch(/^astride: stopped at 0x10000c, as --budget asked\n12345 instructions/);
  });

  test('--timeout stops a program that does not', async () => {
    const { code, err } = await run('bare', program('loop', forever), '--timeout', '0.001');
    expect(code).toBe(3);
    expect(err).toMatch(/--timeout asked\n\d+ instructions/);
  });

  test('--marks says what it took from mark to mark', async () => {
    // out 0xE9, al; nop; nop; mov al, 2; out 0xE9, al
    const path = program('marks', [0xb0, 1, 0xe6, 0xe9, 0x90, 0x90, 0xb0, 2, 0xe6, 0xe9, ...exitWith(0)]);
    const { err } = await run('bare', path, '--marks');
    expect(err.split('\n').slice(0, 2)).toEqual([
      'mark 1 after 2 instructions, 1.000 s of processor time, and 0.500 s in other threads',
      'mark 2 after 4 instructions, 1.000 s of processor time, and 0.500 s in other threads',
    ]);
    expect((await run('bare', path)).err).toMatch(/^8 instructions/);
  });

  test('a halt with nothing to come is an end', async () => {
    const { code, err } = await run('bare', program('halt', [0xf4]));
    expect(code).toBe(0);
    expect(err).toMatch(/halted.*nothing left to wake it\n1 instructions/);
  });

  test('a triple fault is not a pass', async () => {
    const { code, err } = await run('bare', program('fault', [0x0f, 0x0b]));
    expect(code).toBe(4);
    expect(err).toMatch(/^astride: the processor shut down at 0x/);
  });

  test('does not fit into too little memory', async () => {
    const path = join(folder, 'large');
    const header = new Uint8Array(HEADER_BYTES);
    const view = new DataView(header.buffer);
    view.setUint32(0, MAGIC, true);
    view.setUint32(8, -MAGIC >>> 0, true);
    writeFileSync(path, buildElf([{ at: MIB, bytes: header, memoryBytes: 8 * MIB }], MIB));
    const { code, err } = await run('bare', path, '--memory', '4');
    expect(code).toBe(2);
    expect(err).toMatch(/^astride: .*large: its segment at 0x100000 reaches up to 0x900000/);
  });

  test('writes output of any length without losing a byte', async () => {
    // mov dx, 0x3F8; mov ecx, 20000; again: mov al, cl; out dx, al; loop again
    const flood = [0x66, 0xba, 0xf8, 0x03, 0xb9, 0x20, 0x4e, 0, 0, 0x88, 0xc8, 0xee, 0xe2, 0xfb, ...exitWith(0)];
    const io = new FakeIo();
    expect(await runCommand(['bare', program('flood', flood)], io)).toBe(1);
    const expected = Array.from({ length: 20000 }, (_, index) => (20000 - index) & 0xff);
    expect(Buffer.from(io.stdout.text, 'latin1')).toEqual(Buffer.from(expected));
  });
});

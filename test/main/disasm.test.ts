import { describe, expect, test } from 'vitest';
import { disassemble } from '../../main/disassembly.ts';
import { run } from './fake-io.ts';

describe('disasm', () => {
  test('switcher shows the real thing, by name', async () => {
    const { code, out } = await run('disasm', 'switcher');
    expect(code).toBe(0);
    expect(out).toMatch(/^[0-9a-f]{8} <switch_to_guest>:\n/);
    expect(out).toMatch(/<stub_255>:/);
    expect(out).toMatch(/\biret\b/);
    expect(out).toMatch(/\bmov cr3, /);
    expect(out).not.toMatch(/\.byte/);
  });

  test('hello shows its code and not its data', async () => {
    const { out } = await run('disasm', 'hello');
    expect(out).toMatch(/<entry>:\n\S+ {2}bc .*mov esp, /);
    expect(out).toMatch(/jmp hello\n/);
    expect(out.match(/int 0x1f/g)).toHaveLength(5);
    expect(out).not.toMatch(/\.byte/);
  });

  test('--symbol shows one', async () => {
    const { out } = await run('disasm', 'hello', '--symbol', 'entry');
    expect(out.split('\n')[0]).toMatch(/<entry>:$/);
    expect(out).not.toContain('<hello>:');
  });
});

describe('a disassembly', () => {
  const lines = (bytes: number[], symbols: { name: string; address: number; size: number }[] = []) => [
    ...disassemble({ address: 0x1000, bytes: Uint8Array.from(bytes) }, symbols),
  ];

  test('goes on behind what is no instruction', () => {
    expect(lines([0x0f, 0x0a, 0xc0, 0x90])).toEqual([
      expect.stringMatching(/^00001000 {2}0f +\.byte 0x0f$/),
      expect.stringMatching(/^00001001 {2}0a c0 +or al, al$/),
      expect.stringMatching(/^00001003 {2}90 +nop$/),
    ]);
  });

  test('does not read beyond its end', () => {
    expect(lines([0xb8, 1])).toEqual([expect.stringMatching(/\.byte 0xb8$/), expect.stringMatching(/^00001001 {2}01/)]);
  });

  test('names targets, and what lies within a symbol', () => {
    const symbols = [{ name: 'start', address: 0x1000, size: 16 }];
    expect(lines([0xeb, 0xfe, 0xeb, 0xfd], symbols)).toEqual([
      '00001000 <start>:',
      expect.stringMatching(/jmp start$/),
      expect.stringMatching(/jmp start\+0x1$/),
    ]);
  });
});

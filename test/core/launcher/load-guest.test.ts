import { describe, expect, test } from 'vitest';
import { bootParams, e820Entry } from '../../../core/launcher/boot-params.ts';
import { ImageError } from '../../../core/launcher/image-error.ts';
import { type KernelImage, readKernelImage } from '../../../core/launcher/kernel-image.ts';
import { checkMemoryMiB, type GuestLoad, loadGuest, MIB } from '../../../core/launcher/load-guest.ts';
import { recordAt } from '../../../core/launcher/record.ts';
import { buildElf, thrownBy } from './build-elf.ts';
import { FakeMemory } from './fake-guest.ts';

const code = Uint8Array.from([0x90, 0xf4]);
const kernelAt = (at: number, memoryBytes = 0x1000) =>
  readKernelImage(buildElf([{ at, bytes: code, memoryBytes }], at));
const load = (changes: Partial<GuestLoad> = {}): GuestLoad => ({
  kernel: kernelAt(0x100000),
  initrd: null,
  commandLine: 'pattern=touch',
  memoryBytes: 4 * MIB,
  ...changes,
});

function loaded(changes: Partial<GuestLoad> = {}) {
  const memory = new FakeMemory(4 * MIB + 0x7000);
  const entry = loadGuest(memory, load(changes));
  return { memory, entry, params: recordAt(memory.bytes, 0, bootParams) };
}

describe('loading a guest', () => {
  test('puts the kernel at its physical address and starts it there', () => {
    const { memory, entry } = loaded();
    expect(entry).toBe(0x100000);
    expect(memory.readBytes(0x100000, 2)).toEqual(code);
  });

  test('writes the boot parameters lguest kernels look for, and leaves the rest zero', () => {
    const { memory, params } = loaded();
    expect(params('e820Entries')).toBe(1);
    const map = recordAt(memory.bytes, bootParams.at.e820Map, e820Entry);
    expect([map('address'), map('size'), map('type')]).toEqual([0, 4 * MIB, 1]);
    // The offsets of lguest-abi §1, typed here once more on purpose: a layout that slipped would agree with itself.
    expect(memory.read8(0x1e8)).toBe(1);
    expect(memory.read16(0x206)).toBe(0x0207);
    expect(memory.read8(0x210)).toBe(0);
    expect(memory.read8(0x211)).toBe(0x40);
    expect(memory.read32(0x228)).toBe(0x1000);
    expect(memory.read32(0x230)).toBe(0x1000000);
    expect(memory.read32(0x23c)).toBe(1);
    expect(memory.read32(0x2d8)).toBe(4 * MIB);
    expect(memory.bytes.subarray(0, 0x1000).filter((byte) => byte !== 0)).toHaveLength(9);
  });

  test('puts the command line behind them', () => {
    const { memory } = loaded({ commandLine: 'naïve €' });
    const expected = Buffer.from('naïve €\0');
    expect(Buffer.from(memory.readBytes(0x1000, expected.length))).toEqual(expected);
  });

  test('puts the initrd at the very top, aligned, and says so', () => {
    const initrd = new Uint8Array(5000).fill(0xaa);
    const { memory, params } = loaded({ initrd });
    expect(params('loaderType')).toBe(0xff);
    expect(params('ramdiskImage')).toBe(4 * MIB - 8192);
    expect(params('ramdiskSize')).toBe(8192);
    expect(memory.readBytes(4 * MIB - 8192, 5000)).toEqual(initrd);
    expect(memory.read8(4 * MIB - 8192 + 5000)).toBe(0);
  });
});

const unpacking = (at: number, memoryBytes: number): KernelImage => ({
  ...kernelAt(0x100000),
  unpacksTo: { at, memoryBytes },
});

describe('a load is refused', () => {
  test.each([
    ['a segment beyond memory', { kernel: kernelAt(4 * MIB - 0x800) }, /^does not fit: .*segment.*4 MiB of memory/],
    ['a kernel for a larger machine', { kernel: kernelAt(0x1000000) }, /^does not fit/],
    ['an unpacked kernel that does not fit', { kernel: unpacking(0x300000, 2 * MIB) }, /^does not fit: the unpacked/],
    ['a kernel over the boot parameters', { kernel: kernelAt(0x800) }, /^overlap: the boot parameters and .*0x800/],
    ['a kernel over the command line', { kernel: kernelAt(0x1004) }, /^overlap: .*0x1004/],
    ['an initrd larger than memory', { initrd: new Uint8Array(5 * MIB) }, /^does not fit: the initrd of 5 MiB/],
    ['an initrd that reaches the kernel', { initrd: new Uint8Array(3 * MIB - 1) }, /^does not fit: the initrd.*above/],
    ['a very long command line', { commandLine: 'x'.repeat(4096) }, /^bad command line/],
    ['a command line with a NUL', { commandLine: 'a\0b' }, /^bad command line/],
  ] as const)('for %s', (_, changes, sentence) => {
    const memory = new FakeMemory(4 * MIB);
    const error = thrownBy(() => loadGuest(memory, load(changes)));
    if (!(error instanceof ImageError)) throw new Error(`expected a refusal, got ${error}`);
    expect(`${error.kind}: ${error.message}`).toMatch(sentence);
    expect(memory.bytes.every((byte) => byte === 0)).toBe(true);
  });

  test('and an initrd that just fits is not', () => {
    expect(() => loaded({ initrd: new Uint8Array(3 * MIB - 0x1000) })).not.toThrow();
  });

  test.each([0, 3, 1025, 5000, 4.5, -1, Number.NaN])('for %d MiB of memory', (memoryMiB) => {
    expect(thrownBy(() => checkMemoryMiB(memoryMiB))).toMatchObject({ kind: 'bad memory size' });
  });
});

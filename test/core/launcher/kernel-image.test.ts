import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boot, bootParams } from '../../../core/launcher/boot-params.ts';
import { elfHeader, programHeader } from '../../../core/launcher/elf.ts';
import { ImageError } from '../../../core/launcher/image-error.ts';
import { readKernelImage } from '../../../core/launcher/kernel-image.ts';
import { putField } from '../../../core/launcher/record.ts';
import { buildElf, thrownBy } from './build-elf.ts';

const code = Uint8Array.from([0x90, 0x90, 0xf4]);
const goodElf = () => buildElf([{ at: 0x100000, bytes: code, memoryBytes: 0x3000, virtual: 0xc0100000 }], 0x100000);

type SetupField = keyof typeof bootParams.at;

function buildBzImage(fields: Partial<Record<SetupField, number>> = {}, kernelBytes = 4096): Uint8Array {
  const file = new Uint8Array(3 * 512 + kernelBytes).fill(0xcc, 3 * 512);
  const all = {
    setupSectors: 2,
    bootFlag: boot.bootFlag,
    headerMagic: boot.headerMagic,
    version: 0x020f,
    loadFlags: boot.loadedHigh,
    code32Start: 0x100000,
    preferredAddress: 0x1000000,
    initialSize: 0x400000,
    ...fields,
  };
  for (const [name, value] of Object.entries(all)) putField(file, 0, bootParams, name as SetupField, value);
  return file;
}

/** The kind of trouble a file is refused for; its sentence must be one. */
function refusal(file: Uint8Array): string {
  const error = thrownBy(() => readKernelImage(file));
  if (!(error instanceof ImageError)) throw new Error(`expected a refusal, got ${error}`);
  expect(error.message).toMatch(/^[^\n]{10,160}$/);
  return `${error.kind}: ${error.message}`;
}

describe('an ELF kernel', () => {
  test('says where its segments go and where it starts', () => {
    const image = readKernelImage(goodElf());
    expect(image).toMatchObject({ format: 'ELF', entry: 0x100000, unpacksTo: null });
    expect(image.pieces).toEqual([
      { at: 0x100000, virtual: 0xc0100000, bytes: code, memoryBytes: 0x3000, executable: true },
    ]);
  });

  test('has its segments sorted, and empty ones left out', () => {
    const file = buildElf(
      [
        { at: 0x300000, bytes: code },
        { at: 0x200000, bytes: new Uint8Array(0) },
        { at: 0x100000, bytes: code },
      ],
      0x300001,
    );
    expect(readKernelImage(file).pieces.map(({ at }) => at)).toEqual([0x100000, 0x300000]);
  });

  test.each([
    ['64-bit', { class: 2 }, /^wrong machine: .*64-bit/],
    ['of no class', { class: 7 }, /^malformed/],
    ['big-endian', { encoding: 2 }, /^wrong machine/],
    ['for a PowerPC', { machine: 20 }, /^wrong machine/],
    ['a relocatable object', { type: 1 }, /^not a kernel: .*ET_EXEC/],
    ['a shared object', { type: 3 }, /^not a kernel/],
    ['without segments', { programHeaderCount: 0 }, /^not a kernel: .*nothing to load/],
    ['with odd program headers', { programHeaderBytes: 56 }, /^malformed/],
    ['with program headers beyond its end', { programHeaders: 0xfffffff0 }, /^truncated/],
    ['with more program headers than it holds', { programHeaderCount: 0xffff }, /^truncated/],
    ['that starts nowhere', { entry: 0x500000 }, /^malformed: .*0x500000/],
  ] as const)('%s is refused', (_, header, sentence) => {
    const file = goodElf();
    for (const [name, value] of Object.entries(header)) {
      putField(file, 0, elfHeader, name as keyof typeof elfHeader.at, value);
    }
    expect(refusal(file)).toMatch(sentence);
  });

  test.each([
    ['bytes beyond the end of the file', { offset: 0x7fffffff }, /^truncated/],
    ['more bytes than memory', { memoryBytes: 1 }, /^malformed/],
    ['a place beyond 4 GiB', { physical: 0xfffffff0 }, /^does not fit: .*4 GiB/],
  ] as const)('a segment with %s is refused', (_, fields, sentence) => {
    const file = goodElf();
    for (const [name, value] of Object.entries(fields)) {
      putField(file, elfHeader.bytes, programHeader, name as keyof typeof programHeader.at, value);
    }
    expect(refusal(file)).toMatch(sentence);
  });

  test('with overlapping segments is refused', () => {
    const file = buildElf(
      [
        { at: 0x100000, bytes: code, memoryBytes: 0x2000 },
        { at: 0x101fff, bytes: code },
      ],
      0x100000,
    );
    expect(refusal(file)).toMatch(/^overlap: .*0x100000 and 0x101fff/);
  });

  test('cut off anywhere is refused, never half loaded', () => {
    const file = goodElf();
    for (let length = 4; length < file.length; length++) expect(refusal(file.subarray(0, length))).toMatch(/truncated/);
  });
});

describe('a bzImage', () => {
  test('loses its setup sectors and loads at 1 MiB', () => {
    const image = readKernelImage(buildBzImage());
    expect(image).toMatchObject({ format: 'bzImage', entry: 0x100000 });
    expect(image.unpacksTo).toEqual({ at: 0x1000000, memoryBytes: 0x400000 });
    expect(image.pieces).toHaveLength(1);
    expect(image.pieces[0]).toMatchObject({ at: 0x100000, memoryBytes: 4096 });
    expect(image.pieces[0].bytes.every((byte) => byte === 0xcc)).toBe(true);
  });

  test('may end within its last paragraph, or before the size was to be relied on', () => {
    expect(readKernelImage(buildBzImage({ systemSize: 4096 / 16 + 1 })).pieces).toHaveLength(1);
    expect(readKernelImage(buildBzImage({ systemSize: 0x10000, version: 0x0203 })).pieces).toHaveLength(1);
  });

  test('with no setup sectors named has four', () => {
    expect(readKernelImage(buildBzImage({ setupSectors: 0 })).pieces[0].memoryBytes).toBe(4096 - 2 * 512);
  });

  test('from before protocol 2.10 does not say what it unpacks to', () => {
    expect(readKernelImage(buildBzImage({ version: 0x0209 })).unpacksTo).toBeNull();
  });

  test.each([
    ['a zImage', { loadFlags: 0 }, /^not supported: .*zImage/],
    ['all setup', { setupSectors: 200 }, /^truncated/],
    ['shorter than it says', { systemSize: 0x1000 }, /^truncated: .* 61440 bytes before/],
    ['starting outside of itself', { code32Start: 0x90000 }, /^malformed: .*0x90000/],
  ] as const)('%s is refused', (_, fields, sentence) => {
    expect(refusal(buildBzImage(fields))).toMatch(sentence);
  });

  test('without HdrS is refused by that name', () => {
    expect(refusal(buildBzImage({ headerMagic: 0 }))).toMatch(/^not a kernel: .*"HdrS".*bzImage/);
  });

  test('cut off within its header is refused', () => {
    expect(refusal(buildBzImage().subarray(0, 0x210))).toMatch(/^truncated/);
  });
});

describe('any other file', () => {
  test.each([
    ['nothing at all', new Uint8Array(0), /empty/],
    ['text', Buffer.from('#!/bin/sh\necho no kernel here\n'), /neither/],
    ['a gzip file', Uint8Array.from([0x1f, 0x8b, 8, 0, 0]), /neither/],
  ])('%s is refused', (_, file, sentence) => {
    expect(refusal(file)).toMatch(sentence);
  });

  test('random bytes are read or refused, and nothing else happens', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2048 }), readsOrRefuses));
  });

  test('good files with bytes changed are read or refused, and nothing else happens', () => {
    const changes = fc.array(fc.tuple(fc.nat(0x270), fc.nat(255)), { minLength: 1, maxLength: 12 });
    const property = fc.property(
      fc.constantFrom(goodElf(), buildBzImage()),
      changes,
      fc.nat(4096),
      (file, list, cut) => {
        const hurt = file.slice();
        for (const [at, byte] of list) hurt[at % file.length] = byte;
        readsOrRefuses(hurt);
        readsOrRefuses(hurt.subarray(0, cut));
      },
    );
    fc.assert(property, { numRuns: 2000 });
  });
});

function readsOrRefuses(file: Uint8Array): void {
  const error = thrownBy(() => {
    const { entry, pieces } = readKernelImage(file);
    expect(pieces.length).toBeGreaterThan(0);
    expect(pieces.some(({ at, memoryBytes }) => entry >= at && entry < at + memoryBytes)).toBe(true);
    for (const { at, bytes, memoryBytes } of pieces) {
      expect(bytes.length).toBeLessThanOrEqual(memoryBytes);
      expect(at + memoryBytes).toBeLessThanOrEqual(2 ** 32);
    }
  });
  if (error !== null) expect(error).toBeInstanceOf(ImageError);
}

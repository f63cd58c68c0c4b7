import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ground, SegmentName, SegmentState } from '../../../core/agreement/ground.ts';
import { ImageError } from '../../../core/launcher/image-error.ts';
import { loadMultiboot, readMultiboot } from '../../../core/launcher/multiboot.ts';
import { buildElf, thrownBy } from './build-elf.ts';
import { FakeMemory } from './fake-guest.ts';

const MIB = 1024 * 1024;
const MAGIC = 0x1badb002;

function words(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setUint32(index * 4, value >>> 0, true);
  });
  return bytes;
}

const header = (flags: number, ...rest: number[]) => words(MAGIC, flags, -(MAGIC + flags), ...rest);
const elfWith = (flags: number) => buildElf([{ at: MIB, bytes: header(flags), memoryBytes: 0x1000 }], MIB + 12);

/** A processor with nothing in it but registers to look at. */
function fakeGround(memoryBytes = 4 * MIB) {
  const segments = new Map<SegmentName, SegmentState>();
  const registers = {
    eax: 0,
    ebx: 0,
    eip: 0,
    eflags: 0x202,
    cr0: 0x80000010,
    setSegment: (name: SegmentName, state: SegmentState) => segments.set(name, state),
  };
  const memory = new FakeMemory(memoryBytes);
  // Only what a loader may touch is here; anything else would throw.
  return { ground: { memory, registers } as unknown as Ground, memory, registers, segments };
}

function load(file: Uint8Array, commandLine = 'kernel') {
  const fake = fakeGround();
  loadMultiboot(fake.ground, readMultiboot(file), commandLine);
  return fake;
}

const textAt = (memory: FakeMemory, at: number) => {
  const end = memory.bytes.indexOf(0, at);
  return Buffer.from(memory.bytes.subarray(at, end)).toString();
};

describe('a multiboot kernel', () => {
  test('is entered as §3.2 says', () => {
    const { registers, segments } = load(elfWith(3));
    expect(registers).toMatchObject({ eax: 0x2badb002, eip: MIB + 12, eflags: 2 });
    expect(registers.cr0 & 0x80000001).toBe(1);
    expect(segments.get('cs')).toMatchObject({ base: 0, limit: 0xffffffff, rights: 0x00c09b00 });
    for (const name of ['ds', 'es', 'fs', 'gs', 'ss'] as const) {
      expect(segments.get(name)).toMatchObject({ base: 0, limit: 0xffffffff, rights: 0x00c09300 });
    }
  });

  test('finds memory, command line, map and loader where §3.3 says', () => {
    const { memory, registers } = load(elfWith(2), 'kernel -x 1');
    const at = registers.ebx;
    expect(memory.read32(at)).toBe(0x245);
    expect(memory.read32(at + 4)).toBe(640);
    expect(memory.read32(at + 8)).toBe(3 * 1024);
    expect(textAt(memory, memory.read32(at + 16))).toBe('kernel -x 1');
    expect(textAt(memory, memory.read32(at + 64))).toBe('Astride');
    const regions = [];
    const [length, map] = [memory.read32(at + 44), memory.read32(at + 48)];
    for (let entry = map; entry < map + length; entry += memory.read32(entry) + 4) {
      regions.push([memory.read32(entry + 4), memory.read32(entry + 12), memory.read32(entry + 20)]);
    }
    expect(regions).toEqual([
      [0, 0xa0000, 1],
      [0xa0000, 0x60000, 2],
      [MIB, 3 * MIB, 1],
    ]);
  });

  test('gets its zeroed memory even where there was something', () => {
    const fake = fakeGround();
    fake.memory.fill(0, fake.memory.size, 0xcc);
    loadMultiboot(fake.ground, readMultiboot(elfWith(0)), '');
    expect(fake.memory.read32(MIB)).toBe(MAGIC);
    expect(fake.memory.read8(MIB + 0xfff)).toBe(0);
    expect(fake.memory.read8(MIB + 0x1000)).toBe(0xcc);
  });

  test('does not have its low memory overwritten by what it is told', () => {
    const low = Uint8Array.from([...header(0), ...new Uint8Array(0x3000).fill(0xee)]);
    const { memory, registers } = load(buildElf([{ at: 0x1000, bytes: low }], 0x100c));
    expect(registers.ebx).toBeGreaterThanOrEqual(0x1000 + low.length);
    expect(memory.readBytes(0x1000, low.length)).toEqual(low);
  });

  test('may say itself where it belongs (the a.out kludge)', () => {
    const file = new Uint8Array(0x200).fill(0x90);
    const at = 0x40;
    const fields = [MIB + at, MIB, MIB + 0x180, MIB + 0x400, MIB + 0x80];
    file.set(header(0x10000, ...fields), at);
    const image = readMultiboot(file);
    expect(image.entry).toBe(MIB + 0x80);
    expect(image.pieces).toMatchObject([{ at: MIB, memoryBytes: 0x400 }]);
    expect(image.pieces[0].bytes).toEqual(file.subarray(0, 0x180));
  });

  test('of that kind loads to the end of the file if it does not say where to stop', () => {
    const file = new Uint8Array(0x100);
    file.set(header(0x10000, MIB + 0x10, MIB + 0x10, 0, 0, MIB + 0x30), 0x20);
    expect(readMultiboot(file).pieces).toMatchObject([{ at: MIB + 0x10, memoryBytes: 0xe0 }]);
  });
});

describe('a file is refused', () => {
  const kludge = (...fields: number[]) => Uint8Array.from([...header(0x10000, ...fields), ...new Uint8Array(64)]);

  test.each([
    ['without a header', new Uint8Array(9000), /^not a kernel: .*8192/],
    ['with a wrong checksum', words(MAGIC, 0, 0), /^not a kernel/],
    ['with a header too far in', Uint8Array.from([...new Uint8Array(8184), ...header(0)]), /^not a kernel/],
    ['that asks for a video mode', elfWith(4), /^not supported: .*0x4/],
    ['that is neither ELF nor says where it belongs', header(0), /^not a kernel: .*address fields/],
    ['that is 64-bit', buildElf([{ at: MIB, bytes: header(0) }], MIB, { class: 2 }), /^wrong machine: .*64-bit/],
    ['that ends within its address fields', header(0x10000, MIB), /^truncated/],
    ['whose header lies outside of it', kludge(MIB + 0x100, MIB, 0, 0, MIB), /^malformed/],
    ['that loads beyond its end', kludge(MIB, MIB, MIB + 0x1000, 0, MIB), /^truncated/],
    ['that ends before it begins', kludge(MIB, MIB, 1, 0, MIB), /^malformed/],
    ['that starts outside of itself', kludge(MIB, MIB, 0, 0, 0), /^malformed: .*0x0/],
  ] as const)('%s', (_, file, sentence) => {
    const error = thrownBy(() => readMultiboot(file));
    if (!(error instanceof ImageError)) throw new Error(`expected a refusal, got ${error}`);
    expect(`${error.kind}: ${error.message}`).toMatch(sentence);
  });

  test('that does not fit, before anything is written', () => {
    const fake = fakeGround(2 * MIB);
    const file = buildElf([{ at: MIB, bytes: header(0), memoryBytes: 2 * MIB }], MIB);
    expect(thrownBy(() => loadMultiboot(fake.ground, readMultiboot(file), ''))).toMatchObject({ kind: 'does not fit' });
    expect(fake.memory.bytes.every((byte) => byte === 0)).toBe(true);
  });

  test('that leaves no room below 640 KiB', () => {
    const file = buildElf([{ at: 0x1000, bytes: header(0), memoryBytes: 0x9e000 }], 0x1000);
    expect(thrownBy(() => load(file, 'x'.repeat(8000)))).toMatchObject({ kind: 'does not fit' });
  });
});

test('damaged files are read or refused, and nothing else happens', () => {
  const good = [elfWith(3), Uint8Array.from([...header(0x10000, MIB, MIB, 0, 0, MIB), ...new Uint8Array(99)])];
  const changes = fc.array(fc.tuple(fc.nat(130), fc.nat(255)), { maxLength: 10 });
  const property = fc.property(fc.constantFrom(...good), changes, fc.nat(200), (file, list, cut) => {
    const hurt = file.slice();
    for (const [at, byte] of list) hurt[at % file.length] = byte;
    for (const one of [hurt, hurt.subarray(0, cut)]) {
      const error = thrownBy(() => readMultiboot(one));
      if (error !== null) expect(error).toBeInstanceOf(ImageError);
    }
  });
  fc.assert(property, { numRuns: 1500 });
});

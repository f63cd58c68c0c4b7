/**
 * An overlay file with wrong bytes in it: refused when it is opened, or an error when the block is read, or right all the
 * same.  Never other data than what was flushed.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { StorageError } from '../../../core/launcher/devices/block/storage.ts';
import type { LentStorage } from '../../../main/disks/lent-storage.ts';
import { openStorage } from '../../../main/disks/open-storage.ts';
import { UsageError } from '../../../main/usage-error.ts';
import { pattern, readAll, sameBytes } from './scratch-bytes.ts';
import { scratchFolder } from './scratch-folder.ts';

const inFolder = scratchFolder();
const DISK = 64 * 4096;
let path: string;
let expected: Uint8Array;
let intact: Uint8Array;

const open = () => openStorage({ path, mode: 'overlay' }, false);

/** A copy: slices of a Buffer would be views of it. */
const overlayBytes = () => new Uint8Array(readFileSync(`${path}.overlay`));

/** Several generations, with freed places between those in use. */
beforeEach(() => {
  path = inFolder('base');
  writeFileSync(path, pattern(1, DISK));
  const storage = open();
  for (let generation = 0; generation < 6; generation++) {
    for (const block of [3, 9 + generation, 40])
      storage.write(block * 4096 + 512, pattern(generation + block, 3000 - (3000 % 512)));
    storage.flush();
  }
  expected = readAll(storage);
  storage.close();
  intact = overlayBytes();
});

/** 'refused' at opening, or how many blocks could not be read; throws if any was read wrong. */
function outcome(): 'refused' | number {
  let storage: LentStorage;
  try {
    storage = open();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return 'refused';
  }
  let unreadable = 0;
  for (let at = 0; at < DISK; at += 4096) {
    const got = new Uint8Array(4096);
    try {
      storage.read(at, got);
      expect(sameBytes(got, expected.subarray(at, at + 4096))).toBe(true);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      unreadable++;
    }
  }
  storage.close();
  return unreadable;
}

test('wrong bytes anywhere are noticed or do not matter', () => {
  const seen = { refused: 0, unreadable: 0, right: 0 };
  const damage = fc.record({ at: fc.nat(intact.length - 1), length: fc.integer({ min: 1, max: 64 }), seed: fc.nat() });
  fc.assert(
    fc.property(damage, ({ at, length, seed }) => {
      const bytes = intact.slice();
      const end = Math.min(at + length, bytes.length);
      bytes.set(pattern(seed, end - at), at);
      writeFileSync(`${path}.overlay`, bytes);
      const found = outcome();
      if (found === 'refused') seen.refused++;
      else if (found > 0) seen.unreadable++;
      else seen.right++;
    }),
    { numRuns: 400 },
  );
  expect(Math.min(seen.refused, seen.unreadable, seen.right)).toBeGreaterThan(0);
});

test('every byte of the first superblock may rot: its twin knows as much', () => {
  for (let at = 0; at < 64; at++) {
    const bytes = intact.slice();
    bytes[at] ^= 0x10;
    writeFileSync(`${path}.overlay`, bytes);
    expect(outcome()).toBe(0);
  }
});

test('a superblock that rotted is mended before its twin is risked', () => {
  for (const place of [0, 1]) {
    const bytes = intact.slice();
    bytes.fill(0x5a, place * 4096, place * 4096 + 512);
    writeFileSync(`${path}.overlay`, bytes);
    open().close();
    expect(sameBytes(overlayBytes(), intact)).toBe(true);
  }
});

test('both superblocks gone: refused', () => {
  const bytes = intact.slice();
  bytes[20] ^= 1;
  bytes[4096 + 30] ^= 1;
  writeFileSync(`${path}.overlay`, bytes);
  expect(() => open()).toThrow(/no overlay, or its first blocks are damaged/);
});

test('a file cut short anywhere', () => {
  for (let length = 0; length < intact.length; length += 1024) {
    writeFileSync(`${path}.overlay`, intact.subarray(0, length));
    outcome();
  }
});

test('a file put together from two states of itself', () => {
  const storage = open();
  storage.write(0, pattern(99, 40 * 4096));
  storage.flush();
  storage.close();
  const later = overlayBytes();
  const earlier = expected;
  for (let border = 0; border < later.length; border += 4096) {
    const mixed = later.slice();
    mixed.set(intact.subarray(0, border));
    writeFileSync(`${path}.overlay`, mixed);
    // The superblocks decide which state it is; what does not fit is refused.
    expected = border >= 8192 ? earlier : readAllOf(later);
    outcome();
  }
});

function readAllOf(overlay: Uint8Array): Uint8Array {
  const kept = overlayBytes();
  writeFileSync(`${path}.overlay`, overlay);
  const storage = open();
  const bytes = readAll(storage);
  storage.close();
  writeFileSync(`${path}.overlay`, kept);
  return bytes;
}

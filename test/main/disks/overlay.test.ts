/** An overlay against an array that does the same: what is read, what survives, and what the base looks like after. */

import { readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDiskOption } from '../../../main/disks/disk-option.ts';
import type { LentStorage } from '../../../main/disks/lent-storage.ts';
import { openStorage } from '../../../main/disks/open-storage.ts';
import { UsageError } from '../../../main/usage-error.ts';
import { pattern, readAll, sameBytes } from './scratch-bytes.ts';
import { scratchFolder } from './scratch-folder.ts';

const inFolder = scratchFolder();
const MIB = 1024 * 1024;

const open = (path: string, throwaway = false) => openStorage(readDiskOption(`${path},overlay`), throwaway);

function makeBase(name: string, bytes: number): { path: string; contents: Uint8Array } {
  const path = inFolder(name);
  const contents = pattern(1, bytes);
  writeFileSync(path, contents);
  return { path, contents };
}

const steps = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('write' as const),
      at: fc.nat(),
      sectors: fc.integer({ min: 1, max: 40 }),
      seed: fc.nat(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ is: fc.constant('read' as const), at: fc.nat(), sectors: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('flush' as const) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('reopen' as const) }) },
);
type Step = typeof steps extends fc.Arbitrary<infer Value> ? Value : never;

/** The overlay and the arrays that say what it must hold now, and what it must hold after a death. */
class Pair {
  readonly path: string;
  now: Uint8Array;
  safe: Uint8Array;
  storage: LentStorage;

  constructor(path: string, contents: Uint8Array) {
    this.path = path;
    this.now = contents.slice();
    this.safe = contents.slice();
    this.storage = open(path);
  }

  take(step: Step): void {
    const sectors = this.now.length / 512;
    if (step.is === 'flush') {
      this.storage.flush();
      this.safe = this.now.slice();
    } else if (step.is === 'reopen') {
      this.storage.close();
      this.storage = open(this.path);
      this.now = this.safe.slice();
    } else {
      const first = step.at % sectors;
      const length = Math.min(step.sectors, sectors - first) * 512;
      if (step.is === 'write') this.write(first * 512, pattern(step.seed, length));
      else this.compare(first * 512, length);
    }
  }

  write(at: number, bytes: Uint8Array): void {
    this.storage.write(at, bytes);
    this.now.set(bytes, at);
  }

  compare(at: number, length: number): void {
    const got = new Uint8Array(length).fill(0x99);
    this.storage.read(at, got);
    expect(sameBytes(got, this.now.subarray(at, at + length))).toBe(true);
  }
}

describe('an overlay holds what was written', () => {
  test('whatever is written, read, flushed and reopened, and the base stays as it was', () => {
    let round = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.array(steps, { maxLength: 40 }), (sectors, script) => {
        const { path, contents } = makeBase(`base-${round++}`, sectors * 512);
        const pair = new Pair(path, contents);
        try {
          for (const step of script) pair.take(step);
          pair.compare(0, pair.now.length);
        } finally {
          pair.storage.close();
        }
        expect(sameBytes(readFileSync(path), contents)).toBe(true);
      }),
      { numRuns: 80 },
    );
  });

  test('more than memory keeps, written twice over before and after a flush', () => {
    const { path, contents } = makeBase('base', 12 * MIB + 512);
    const pair = new Pair(path, contents);
    for (const seed of [2, 3, 4]) {
      for (let at = 1536; at + 700 * 1024 < contents.length; at += 700 * 1024)
        pair.write(at, pattern(seed + at, 690 * 1024));
      if (seed === 3) pair.take({ is: 'flush' });
      pair.compare(0, contents.length);
    }
    pair.take({ is: 'reopen' });
    pair.compare(0, contents.length);
    pair.storage.close();
  });

  test('a rewritten disk does not make its overlay grow without end', () => {
    const { path } = makeBase('base', 2 * MIB);
    const storage = open(path);
    const overlayBytes = () => readFileSync(`${path}.overlay`).length;
    const rounds = (count: number, flush: boolean) => {
      for (let round = 0; round < count; round++) {
        storage.write(0, pattern(round, 2 * MIB));
        if (flush) storage.flush();
      }
    };
    rounds(5, true);
    const settled = overlayBytes();
    expect(settled).toBeLessThan(5 * MIB);
    rounds(20, true);
    rounds(20, false);
    storage.flush();
    expect(overlayBytes()).toBeLessThanOrEqual(settled + 5 * MIB);
    storage.close();
  });

  test('a disk of terabytes costs what is written to it', () => {
    const path = inFolder('vast');
    writeFileSync(path, '');
    truncateSync(path, 3 * 2 ** 40);
    const places = [0, 2 ** 31 - 512, 2 ** 40 + 1024, 3 * 2 ** 40 - 512];
    const storage = open(path);
    for (const at of places) storage.write(at, pattern(at, 512));
    storage.flush();
    storage.close();
    expect(readFileSync(`${path}.overlay`).length).toBeLessThan(MIB);
    const again = open(path);
    for (const at of places) {
      const got = new Uint8Array(512);
      again.read(at, got);
      expect(sameBytes(got, pattern(at, 512))).toBe(true);
    }
    again.close();
  });

  test('nothing written means nothing in it, and a flush of nothing changes no byte', () => {
    const { path } = makeBase('base', MIB);
    const storage = open(path);
    const before = readFileSync(`${path}.overlay`);
    storage.flush();
    expect(sameBytes(readFileSync(`${path}.overlay`), before)).toBe(true);
    expect(before.length).toBe(2 * 4096);
    storage.close();
  });
});

describe('an overlay belongs to its base', () => {
  test('a base that changed is refused, in a sentence', () => {
    const { path } = makeBase('base', 4096);
    open(path).close();
    utimesSync(path, 1, 1);
    expect(() => open(path)).toThrow(UsageError);
    expect(() => open(path)).toThrow(/base has changed since this overlay was begun/);
    writeFileSync(path, pattern(1, 8192));
    expect(() => open(path)).toThrow(/has changed/);
  });

  test('something else under its name is refused and left alone', () => {
    const { path } = makeBase('base', 4096);
    for (const stranger of [new Uint8Array(0), new Uint8Array(100), pattern(5, 8192)]) {
      writeFileSync(`${path}.overlay`, stranger);
      expect(() => open(path)).toThrow(/this is no overlay/);
      expect(sameBytes(readFileSync(`${path}.overlay`), stranger)).toBe(true);
    }
  });

  test('thrown away: sees what the overlay holds, and changes neither file', () => {
    const { path } = makeBase('base', 8192);
    const kept = open(path);
    kept.write(0, pattern(7, 4096));
    kept.flush();
    kept.close();
    const before = readFileSync(`${path}.overlay`);
    const [one, other] = [open(path, true), open(path, true)];
    one.write(512, pattern(8, 512));
    expect(sameBytes(readAll(other).subarray(0, 4096), pattern(7, 4096))).toBe(true);
    expect(sameBytes(readAll(one).subarray(512, 1024), pattern(8, 512))).toBe(true);
    for (const storage of [one, other]) storage.close();
    expect(sameBytes(readFileSync(`${path}.overlay`), before)).toBe(true);
  });
});

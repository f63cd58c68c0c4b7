/**
 * A power cut at every instant of an overlay's life.  What the storage writes is recorded; a cut leaves all that was
 * written before the last sync, and of what came after any part in any order, torn between any two sectors.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import { openStorage } from '../../../main/disks/open-storage.ts';
import { pattern, readAll, sameBytes } from './scratch-bytes.ts';
import { scratchFolder } from './scratch-folder.ts';

type Event = { is: 'write'; at: number; bytes: Uint8Array } | { is: 'sync' } | { is: 'flushed'; disk: Uint8Array };
const events: Event[] = [];

vi.mock('../../../main/disks/file-bytes.ts', async (importOriginal) => {
  const real = await importOriginal<typeof import('../../../main/disks/file-bytes.ts')>();
  return {
    ...real,
    writeFully: (descriptor: number, from: Uint8Array, at: number) => {
      events.push({ is: 'write', at, bytes: new Uint8Array(from) });
      real.writeFully(descriptor, from, at);
    },
    syncFile: (descriptor: number) => {
      events.push({ is: 'sync' });
      real.syncFile(descriptor);
    },
  };
});

const inFolder = scratchFolder();
/** Two leaves and a root above them. */
const DISK = 520 * 4096;
const SECTOR = 512;
let path: string;
let random: () => number;

beforeEach(() => {
  path = inFolder('base');
  writeFileSync(path, pattern(1, DISK));
  const numbers = pattern(77, 1 << 20);
  let next = 0;
  random = () => numbers[next++ % numbers.length];
});

const open = () => openStorage({ path, mode: 'overlay' }, false);

/** Records a life of a few flushes; blocks are written over again, so that places are freed and taken once more. */
function live(): Uint8Array {
  open().close();
  const begun = new Uint8Array(readFileSync(`${path}.overlay`));
  const storage = open();
  events.length = 0;
  events.push({ is: 'flushed', disk: readAll(storage) });
  for (let flush = 0; flush < 6; flush++) {
    for (let write = 0; write < 5; write++) {
      const block = (random() * 7) % 510;
      storage.write(
        block * 4096 + (random() % 8) * SECTOR,
        pattern(flush * 10 + write, (1 + (random() % 20)) * SECTOR),
      );
    }
    storage.write(0, pattern(flush, 3 * 4096));
    storage.flush();
    events.push({ is: 'flushed', disk: readAll(storage) });
  }
  storage.close();
  return begun;
}

/** The file as a cut after `count` events leaves it. */
function afterCut(begun: Uint8Array, count: number): Uint8Array {
  const past = events.slice(0, count);
  const synced = past.findLastIndex(({ is }) => is === 'sync');
  const file = new Uint8Array(1 << 20);
  file.set(begun);
  let end = begun.length;
  past.forEach((event, index) => {
    if (event.is !== 'write') return;
    end = Math.max(end, event.at + event.bytes.length);
    for (let at = 0; at < event.bytes.length; at += SECTOR) {
      if (index < synced || random() < 128) file.set(event.bytes.subarray(at, at + SECTOR), event.at + at);
    }
  });
  return file.subarray(0, end);
}

test('leaves the last flush, or the one under way', () => {
  const begun = live();
  const recorded = [...events];
  const flushes = recorded.filter((event) => event.is === 'flushed');
  let inBetween = 0;
  for (let count = 1; count <= recorded.length; count++) {
    const done = recorded.slice(0, count).filter(({ is }) => is === 'flushed').length - 1;
    for (let attempt = 0; attempt < 2; attempt++) {
      events.splice(0, events.length, ...recorded);
      writeFileSync(`${path}.overlay`, afterCut(begun, count));
      const storage = open();
      const disk = readAll(storage);
      storage.close();
      const [last, underWay] = [flushes[done], flushes[done + 1]].map((event) => event && sameBytes(event.disk, disk));
      expect(last || underWay).toBe(true);
      if (underWay) inBetween++;
    }
  }
  expect(inBetween).toBeGreaterThan(0);
}, 60_000);

test('the next life after a cut writes only where nothing of value lies', () => {
  const begun = live();
  const recorded = [...events];
  for (let count = 3; count <= recorded.length; count += 7) {
    events.splice(0, events.length, ...recorded);
    writeFileSync(`${path}.overlay`, afterCut(begun, count));
    const storage = open();
    const expected = readAll(storage);
    for (let flush = 0; flush < 2; flush++) {
      storage.write(17 * 4096, pattern(count, 9 * 4096));
      expected.set(pattern(count, 9 * 4096), 17 * 4096);
      storage.flush();
    }
    storage.close();
    const again = open();
    expect(sameBytes(readAll(again), expected)).toBe(true);
    again.close();
  }
}, 60_000);

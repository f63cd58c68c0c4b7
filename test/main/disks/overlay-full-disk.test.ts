/** This computer runs out of room while a guest writes: errors, no crash, and never less than what was flushed. */

import { writeFileSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import { StorageError } from '../../../core/launcher/devices/block/storage.ts';
import type { DeviceModel } from '../../../core/launcher/devices/model.ts';
import { descriptorFlag } from '../../../core/launcher/ring-layout.ts';
import { Virtqueue } from '../../../core/launcher/virtqueue.ts';
import type { LentStorage } from '../../../main/disks/lent-storage.ts';
import { openDisk } from '../../../main/disks/open-disk.ts';
import { openStorage } from '../../../main/disks/open-storage.ts';
import { FakeDriver } from '../../core/launcher/fake-driver.ts';
import { FakeMemory } from '../../core/launcher/fake-guest.ts';
import { pattern, readAll, sameBytes } from './scratch-bytes.ts';
import { scratchFolder } from './scratch-folder.ts';

const room = vi.hoisted(() => ({ writes: Number.POSITIVE_INFINITY }));

vi.mock('../../../main/disks/file-bytes.ts', async (importOriginal) => {
  const real = await importOriginal<typeof import('../../../main/disks/file-bytes.ts')>();
  return {
    ...real,
    writeFully: (descriptor: number, from: Uint8Array, at: number) => {
      if (room.writes-- <= 0) throw new StorageError('this computer has no room left for it');
      real.writeFully(descriptor, from, at);
    },
  };
});

const inFolder = scratchFolder();
const DISK = 8 << 20;
const SPILLING = 5 << 20;
let path: string;
let disk: Uint8Array;
let storage: LentStorage;

const write = (at: number, bytes: Uint8Array) => {
  storage.write(at, bytes);
  disk.set(bytes, at);
};

beforeEach(() => {
  room.writes = Number.POSITIVE_INFINITY;
  path = inFolder('base');
  disk = pattern(1, DISK);
  writeFileSync(path, disk);
  storage = openStorage({ path, mode: 'overlay' }, false);
  write(4096, pattern(2, 100 * 4096));
  storage.flush();
});

test('no room to spill: the write fails, and goes through when there is room again', () => {
  room.writes = 0;
  expect(() => storage.write(0, pattern(3, SPILLING))).toThrow(StorageError);
  expect(() => storage.flush()).toThrow('no room left');
  room.writes = Number.POSITIVE_INFINITY;
  write(0, pattern(3, SPILLING));
  storage.flush();
  expect(sameBytes(readAll(storage), disk)).toBe(true);
  storage.close();
  storage = openStorage({ path, mode: 'overlay' }, false);
  expect(sameBytes(readAll(storage), disk)).toBe(true);
  storage.close();
});

test.each([1, 2, 3, 4])(
  'a flush that fails at its write number %d is not tried again, and the last one stands',
  (writes) => {
    const safe = disk.slice();
    write(0, pattern(4, 4096));
    room.writes = writes;
    expect(() => storage.flush()).toThrow(/nothing written since the last flush can be kept/);
    room.writes = Number.POSITIVE_INFINITY;
    expect(() => storage.flush()).toThrow(StorageError);
    expect(() => storage.write(0, pattern(5, 512))).toThrow(StorageError);
    expect(sameBytes(readAll(storage), disk)).toBe(true);
    storage.close();
    storage = openStorage({ path, mode: 'overlay' }, false);
    // At its last write the flush was through already, and only the twin of the superblock is missing.
    expect(sameBytes(readAll(storage), writes === 4 ? disk : safe)).toBe(true);
    storage.close();
  },
);

/** What a driver does for one write of a sector; returns the status. */
function guestWrites(model: DeviceModel): number {
  const memory = new FakeMemory(0x10000);
  const driver = new FakeDriver(memory, 0x8000, 8);
  const { largestChain } = model;
  const queue = new Virtqueue({ memory, place: driver.place, largestChain, interrupt() {}, onBroken() {} });
  model.connect([queue], { modern: true, accepted: () => true, configurationChanged() {} });
  memory.write32(0, 1);
  driver.chain(0, [
    { at: 0, length: 16 },
    { at: 512, length: 512 },
    { at: 1024, length: 1, flags: descriptorFlag.write },
  ]);
  driver.offer(0);
  model.onKick(0);
  return memory.read8(1024);
}

test('a device that cannot keep the last writes says so when it is closed', () => {
  storage.close();
  const reports: string[] = [];
  const device = openDisk({ path, mode: 'overlay' }, { throwaway: false, report: (said) => reports.push(said) });
  expect(guestWrites(device.newModel())).toBe(0);
  room.writes = 0;
  device.close();
  expect(reports).toEqual([`${path}: the last writes are not safe: this computer has no room left for it`]);
  room.writes = Number.POSITIVE_INFINITY;
  openStorage({ path, mode: 'overlay' }, false).close();
});

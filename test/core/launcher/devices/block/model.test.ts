/** Requests as drivers cut them up, and as no driver would: attack 68 of x86-trust §5. */

import { beforeEach, describe, expect, test } from 'vitest';
import { BlockModel } from '../../../../../core/launcher/devices/block/model.ts';
import type { DeviceLink } from '../../../../../core/launcher/devices/model.ts';
import { descriptorFlag } from '../../../../../core/launcher/ring-layout.ts';
import { Virtqueue } from '../../../../../core/launcher/virtqueue.ts';
import { FakeDriver, type Link } from '../../fake-driver.ts';
import { FakeMemory } from '../../fake-guest.ts';
import { FakeStorage } from './fake-storage.ts';

const RING = 0x100000;
const HEADER = 0x1000;
const DATA = 0x10000;
const STATUS = 0x2000;
const UNANSWERED = 0xee;
const [read, write, flush, identify] = [0, 1, 4, 8];
const [fine, failed, unsupported] = [0, 1, 2];

let memory: FakeMemory;
let driver: FakeDriver;
let storage: FakeStorage;
let model: BlockModel;
let queue: Virtqueue;
let interrupts: number;
let reports: string[];
let accepted: Set<number>;
const broken: string[] = [];

beforeEach(() => {
  [memory, interrupts, reports, accepted] = [new FakeMemory(0x180000), 0, [], new Set([9])];
  driver = new FakeDriver(memory, RING, 256);
  attach(new FakeStorage(64 * 1024));
});

function attach(disk: FakeStorage): void {
  storage = disk;
  for (let sector = 0; sector < disk.size / 512; sector++) disk.bytes.fill(sector, sector * 512, (sector + 1) * 512);
  model = new BlockModel(disk, (sentence) => reports.push(sentence), 'disk.img');
  queue = new Virtqueue({
    memory,
    place: driver.place,
    largestChain: model.largestChain,
    interrupt: () => interrupts++,
    onBroken: (reason) => broken.push(reason),
  });
  const link: DeviceLink = { modern: false, accepted: (bit) => accepted.has(bit), configurationChanged: () => {} };
  model.connect([queue], link);
}

function header(type: number, sector: number, sectorHigh = 0): void {
  memory.write32(HEADER, type);
  memory.write32(HEADER + 4, 0);
  memory.write32(HEADER + 8, sector);
  memory.write32(HEADER + 12, sectorHigh);
}

const readable = (at: number, length: number): Link => ({ at, length });
const writable = (at: number, length: number): Link => ({ at, length, flags: descriptorFlag.write });
const headerLink = readable(HEADER, 16);
const statusLink = writable(STATUS, 1);

/** Offers one chain, kicks, and returns the status byte. */
function ask(...links: Link[]): number {
  memory.write8(STATUS, UNANSWERED);
  driver.chain(0, links);
  driver.offer(0);
  model.onKick();
  return memory.read8(STATUS);
}

const lastUsed = () => driver.used(driver.usedIndex - 1);

describe('what a driver sees', () => {
  test('capacity in sectors, the largest segment and how many of them', () => {
    const view = new DataView(model.configuration.buffer);
    expect(view.getBigUint64(0, true)).toBe(128n);
    expect([view.getUint32(8, true), view.getUint32(12, true)]).toEqual([16384, 254]);
    expect(model.largestChain).toBe(16 + 254 * 16384 + 1);
  });

  test('offers segment limits, flush and indirect descriptors; read-only when it is', () => {
    const bits = (features: Uint8Array) => new DataView(features.buffer).getUint32(0, true);
    expect(bits(model.features)).toBe((1 << 1) | (1 << 2) | (1 << 9) | (1 << 28));
    attach(new FakeStorage(512, true));
    expect(bits(model.features)).toBe((1 << 1) | (1 << 2) | (1 << 5) | (1 << 9) | (1 << 28));
  });

  test('a disk beyond 2 TiB has a capacity of more than 32 bits', () => {
    const large = { size: 2 ** 43, readOnly: true, read() {}, write() {}, flush() {} };
    const { configuration } = new BlockModel(large, () => {});
    expect(new DataView(configuration.buffer).getBigUint64(0, true)).toBe(2n ** 34n);
  });
});

describe('requests as they should be', () => {
  test('a read fills its data and says how much it wrote', () => {
    header(read, 3);
    expect(ask(headerLink, writable(DATA, 1024), statusLink)).toBe(fine);
    expect([memory.read8(DATA), memory.read8(DATA + 511), memory.read8(DATA + 512)]).toEqual([3, 3, 4]);
    expect(lastUsed()).toEqual({ id: 0, length: 1025 });
    expect(interrupts).toBe(1);
  });

  test('a write changes just its sectors', () => {
    memory.fill(DATA, 512, 0xab);
    header(write, 127);
    expect(ask(headerLink, readable(DATA, 512), statusLink)).toBe(fine);
    expect([storage.bytes[126 * 512], storage.bytes[127 * 512], storage.bytes[128 * 512 - 1]]).toEqual([
      126, 0xab, 0xab,
    ]);
    expect(storage.calls).toEqual(['write']);
  });

  test('header, data and status may be cut anywhere, and the status may share a buffer with the data', () => {
    header(write, 5);
    memory.fill(DATA, 512, 0x55);
    memory.bytes.copyWithin(0x3000, HEADER, HEADER + 16);
    memory.fill(0x3010, 12, 0x55);
    expect(
      ask(readable(0x3000, 3), readable(0x3003, 9), readable(0x300c, 16), readable(DATA, 500), writable(STATUS, 1)),
    ).toBe(fine);
    expect(storage.bytes.subarray(5 * 512, 6 * 512).every((byte) => byte === 0x55)).toBe(true);
    header(read, 7);
    ask(headerLink, writable(DATA, 100), writable(DATA + 100, 0), writable(DATA + 100, 413));
    expect([memory.read8(DATA), memory.read8(DATA + 511), memory.read8(DATA + 512)]).toEqual([7, 7, fine]);
  });

  test('a flush flushes, an unknown type is unsupported', () => {
    header(flush, 0);
    expect(ask(headerLink, statusLink)).toBe(fine);
    expect(storage.calls).toEqual(['flush']);
    for (const type of [2, 3, 5, 11, 0x80000001, 0xffffffff]) {
      header(type, 0);
      expect(ask(headerLink, writable(DATA, 512), statusLink)).toBe(unsupported);
    }
    expect(storage.calls).toEqual(['flush']);
  });

  test('a serial number of twenty bytes, or as many as there is room for', () => {
    memory.fill(DATA, 20, 0xff);
    header(identify, 0);
    expect(ask(headerLink, writable(DATA, 20), statusLink)).toBe(fine);
    expect(Buffer.from(memory.readBytes(DATA, 20)).toString('latin1')).toBe('disk.img'.padEnd(20, '\0'));
    expect(ask(headerLink, writable(DATA, 3), statusLink)).toBe(fine);
    expect(ask(headerLink, statusLink)).toBe(fine);
  });

  test('four megabytes in one request', () => {
    memory = new FakeMemory(0x800000);
    driver = new FakeDriver(memory, RING, 256);
    attach(new FakeStorage(8 << 20));
    header(read, 9);
    const links = Array.from({ length: 254 }, (_, index) => writable(0x200000 + index * 16384, 16384));
    expect(ask(headerLink, ...links, statusLink)).toBe(fine);
    const got = memory.readBytes(0x200000, 254 * 16384);
    expect(Buffer.compare(got, storage.bytes.subarray(9 * 512, 9 * 512 + 254 * 16384))).toBe(0);
    expect(storage.calls).toEqual(['read']);
  });

  test('all that waits is served at one kick with one interrupt', () => {
    header(read, 1);
    for (const head of [0, 10, 20]) {
      driver.chain(head, [headerLink, writable(DATA, 512), statusLink]);
      driver.offer(head);
    }
    model.onKick();
    expect([driver.usedIndex, interrupts]).toEqual([3, 1]);
    model.onKick();
    expect([driver.usedIndex, interrupts]).toEqual([3, 1]);
  });

  test('a driver that knows no flush has its writes made safe before they are answered', () => {
    accepted.clear();
    header(write, 0);
    ask(headerLink, readable(DATA, 512), statusLink);
    expect(storage.calls).toEqual(['write', 'flush']);
  });
});

describe('requests that cannot be', () => {
  test.each([
    ['at the sector behind the last', 128, 0, 512],
    ['beginning on the disk and ending off it', 127, 0, 1024],
    ['larger than the disk', 0, 0, 65536 + 512],
    ['at a sector of 64 bits', 0xffffffff, 0xffffffff, 512],
    ['at a sector that wraps to 0 when shifted', 0, 0x00800000, 512],
    ['at a sector beyond exact numbers', 1, 0x80000000, 512],
    ['of half a sector', 0, 0, 256],
    ['of a sector and a byte', 0, 0, 513],
  ])('%s: an I/O error, and nothing is touched', (_, sector, sectorHigh, length) => {
    const before = storage.bytes.slice();
    header(read, sector, sectorHigh);
    expect(ask(headerLink, writable(DATA, length), statusLink)).toBe(failed);
    header(write, sector, sectorHigh);
    expect(ask(headerLink, readable(DATA, length), statusLink)).toBe(failed);
    expect(storage.calls).toEqual([]);
    expect(Buffer.compare(storage.bytes, before)).toBe(0);
  });

  test('no data: nothing to do, which is fine on the disk and wrong behind it', () => {
    header(read, 128);
    expect(ask(headerLink, statusLink)).toBe(fine);
    header(write, 129);
    expect(ask(headerLink, statusLink)).toBe(failed);
  });

  test('a write to a read-only disk', () => {
    attach(new FakeStorage(1024, true));
    header(write, 0);
    expect(ask(headerLink, readable(DATA, 512), statusLink)).toBe(failed);
    expect(storage.calls).toEqual([]);
  });

  test('a write with no room for a status is given back undone', () => {
    header(write, 0);
    ask(headerLink, readable(DATA, 512));
    expect([lastUsed().length, storage.calls.length, queue.broken]).toEqual([0, 0, null]);
  });

  test('a header cut short, and none at all', () => {
    expect(ask(readable(HEADER, 15), statusLink)).toBe(failed);
    expect(ask(statusLink)).toBe(failed);
    expect(ask(readable(HEADER, 0), writable(DATA, 512), statusLink)).toBe(failed);
  });

  test('a refused read leaves zeros, and nothing of the request before', () => {
    header(read, 77);
    ask(headerLink, writable(DATA, 512), statusLink);
    header(read, 500);
    ask(headerLink, writable(DATA, 512), statusLink);
    expect(memory.readBytes(DATA, 512).every((byte) => byte === 0)).toBe(true);
  });
});

describe('a medium that fails', () => {
  test('the guest gets an I/O error, we one sentence for each thing that fails', () => {
    storage.failing = true;
    for (let round = 0; round < 5; round++) {
      header(read, 0);
      expect(ask(headerLink, writable(DATA, 512), statusLink)).toBe(failed);
      header(flush, 0);
      expect(ask(headerLink, statusLink)).toBe(failed);
    }
    expect(reports).toEqual([
      'reading failed, and the guest was told so: it is on fire',
      'flushing failed, and the guest was told so: it is on fire',
    ]);
    storage.failing = false;
    header(read, 1);
    expect(ask(headerLink, writable(DATA, 512), statusLink)).toBe(fine);
  });

  test('a mistake of ours is not taken for a failing medium', () => {
    storage.read = () => {
      throw new TypeError('ours');
    };
    header(read, 0);
    expect(() => ask(headerLink, writable(DATA, 512), statusLink)).toThrow(TypeError);
  });
});

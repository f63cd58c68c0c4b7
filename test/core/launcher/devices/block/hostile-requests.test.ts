/**
 * Chains at random, as a guest would make them that wants to see us fall: whatever they say, the disk is touched only
 * where a plain reading of the request allows it, memory only in buffers the chain called writable.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlockModel } from '../../../../../core/launcher/devices/block/model.ts';
import { descriptorFlag } from '../../../../../core/launcher/ring-layout.ts';
import { Virtqueue } from '../../../../../core/launcher/virtqueue.ts';
import { FakeDriver, type Link } from '../../fake-driver.ts';
import { FakeMemory } from '../../fake-guest.ts';
import { FakeStorage } from './fake-storage.ts';

const BUFFERS_END = 0x8000;
const RING = 0x8000;
const MEMORY = 0x10000;
const DISK = 8 * 512;

const lengths = fc.oneof(
  fc.constantFrom(0, 1, 15, 16, 17, 511, 512, 513, 1024, 4096, 0xffffffff),
  fc.integer({ min: 0, max: 2048 }),
);
const links = fc.record({
  at: fc.oneof(fc.integer({ min: 0, max: BUFFERS_END - 4096 }), fc.nat(0xffffffff)),
  length: lengths,
  flags: fc.constantFrom(0, 0, 2, 2, 4, 1, 3, 0xffff),
});
const requests = fc.record({
  type: fc.oneof(fc.constantFrom(0, 0, 1, 1, 4, 8), fc.nat(0xffffffff)),
  sector: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.nat(0xffffffff)),
  sectorHigh: fc.constantFrom(0, 0, 0, 1, 0x7fffff, 0x800000, 0xffffffff),
  middle: fc.array(links, { maxLength: 5 }),
  orderly: fc.boolean(),
});
type Request = typeof requests extends fc.Arbitrary<infer Value> ? Value : never;

const HEADER = 0x7000;
const STATUS = 0x7800;

/** Either well framed around the random middle, or nothing but the random middle. */
function linksOf({ middle, orderly }: Request): Link[] {
  if (!orderly && middle.length > 0) return middle;
  const tame = middle.map((link) => ({
    at: link.at % (BUFFERS_END - 4096 - 0x1000),
    length: Math.min(link.length, 4096),
    flags: link.flags & descriptorFlag.write,
  }));
  const readable = tame.filter(({ flags }) => flags === 0);
  const writable = tame.filter(({ flags }) => flags !== 0);
  return [{ at: HEADER, length: 16 }, ...readable, ...writable, { at: STATUS, length: 1, flags: descriptorFlag.write }];
}

function writeHeader(memory: FakeMemory, { type, sector, sectorHigh }: Request): void {
  memory.write32(HEADER, type);
  memory.write32(HEADER + 8, sector);
  memory.write32(HEADER + 12, sectorHigh);
}

test.each([false, true])('no chain reaches beyond the disk or its own buffers (read-only: %s)', (readOnly) => {
  fc.assert(
    fc.property(fc.array(requests, { minLength: 1, maxLength: 4 }), fc.boolean(), (asked, indirect) => {
      const memory = new FakeMemory(MEMORY);
      const driver = new FakeDriver(memory, RING, 32);
      // It throws, and so fails the test, when it is asked for anything that is not on it.
      const storage = new FakeStorage(DISK, readOnly);
      const model = new BlockModel(storage, () => {});
      const queue = new Virtqueue({
        memory,
        place: driver.place,
        largestChain: model.largestChain,
        interrupt: () => {},
        onBroken: () => {},
      });
      queue.indirect = indirect;
      model.connect([queue], { modern: true, accepted: () => true, configurationChanged: () => {} });
      // A stray link may lead on into what an earlier chain left in the table.
      const described: Link[] = [];
      for (const request of asked) {
        writeHeader(memory, request);
        const chain = linksOf(request);
        described.push(...chain);
        driver.chain(0, chain);
        driver.offer(0);
        const before = memory.bytes.slice(0, RING);
        model.onKick();
        if (!indirect) expectChangesOnlyIn(described, before, memory.bytes);
      }
      if (readOnly) expect(storage.calls).not.toContain('write');
    }),
    { numRuns: 1500 },
  );
});

function expectChangesOnlyIn(described: readonly Link[], before: Uint8Array, after: Uint8Array): void {
  const forgiven = after.slice(0, before.length);
  for (const { at, length, flags = 0 } of described) {
    if (flags & descriptorFlag.write && at < before.length) forgiven.set(before.subarray(at, at + length), at);
  }
  expect(Buffer.compare(forgiven, before)).toBe(0);
}

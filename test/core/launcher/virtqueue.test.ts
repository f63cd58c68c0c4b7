/** The attacks are numbers 65 to 67 of x86-trust §5: a ring may say anything, and only its own device stops. */

import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { descriptorFlag } from '../../../core/launcher/ring-layout.ts';
import { Virtqueue } from '../../../core/launcher/virtqueue.ts';
import { FakeDriver } from './fake-driver.ts';
import { FakeMemory } from './fake-guest.ts';

const { next, write, indirect } = descriptorFlag;
const SIZE = 8;
const RING = 0x4000;
const MEMORY = 0x8000;
const LARGEST = 0x1000;

let memory: FakeMemory;
let driver: FakeDriver;
let interrupts: number;
let broken: string[];
let queue: Virtqueue;

beforeEach(() => {
  memory = new FakeMemory(MEMORY);
  driver = new FakeDriver(memory, RING, SIZE);
  interrupts = 0;
  broken = [];
  queue = newQueue();
});

function newQueue(): Virtqueue {
  return new Virtqueue({
    memory,
    place: driver.place,
    largestChain: LARGEST,
    interrupt: () => interrupts++,
    onBroken: (reason) => broken.push(reason),
  });
}

describe('a well-behaved ring', () => {
  test('gives its chains in order, and takes them back', () => {
    driver.chain(0, [
      { at: 0x100, length: 4 },
      { at: 0x200, length: 8 },
      { at: 0x300, length: 16, flags: write },
    ]);
    driver.chain(5, [{ at: 0x400, length: 1 }]);
    driver.offer(0);
    driver.offer(5);
    const chain = queue.take()!;
    expect(chain).toMatchObject({
      head: 0,
      readable: [
        { at: 0x100, length: 4 },
        { at: 0x200, length: 8 },
      ],
      writable: [{ at: 0x300, length: 16 }],
    });
    expect(queue.take()!.head).toBe(5);
    expect(queue.take()).toBeNull();
    queue.finish(chain, 16);
    expect(driver.usedIndex).toBe(1);
    expect(driver.used(0)).toEqual({ id: 0, length: 16 });
    expect(broken).toEqual([]);
  });

  test('reads a chain as one stretch and fills it from the start', () => {
    memory.writeBytes(0x100, Buffer.from('astr'));
    memory.writeBytes(0x200, Buffer.from('ide!'));
    driver.chain(0, [
      { at: 0x100, length: 4 },
      { at: 0x200, length: 3 },
      { at: 0x300, length: 2, flags: write },
      { at: 0x310, length: 8, flags: write },
    ]);
    driver.offer(0);
    const chain = queue.take()!;
    expect(Buffer.from(queue.read(chain)).toString()).toBe('astride');
    expect(queue.write(chain, Buffer.from('hello'))).toBe(5);
    expect(Buffer.from(memory.readBytes(0x300, 2)).toString()).toBe('he');
    expect(Buffer.from(memory.readBytes(0x310, 4)).toString()).toBe('llo\0');
  });

  test('goes round its indices', () => {
    driver.chain(3, [{ at: 0x100, length: 1 }]);
    for (let count = 0; count < 0x10000 + 5; count++) {
      driver.offer(3);
      const chain = queue.take();
      if (chain === null) throw new Error(`stopped at ${count}: ${broken}`);
      queue.finish(chain, 0);
    }
    expect(driver.usedIndex).toBe(5);
    expect(broken).toEqual([]);
  });

  test('interrupts unless asked not to', () => {
    queue.interrupt();
    driver.setAvailableFlags(1);
    queue.interrupt();
    expect(interrupts).toBe(1);
  });

  test('may use an indirect table once that is agreed', () => {
    driver.describe(0, { at: 0x500, length: 32, flags: indirect });
    driver.describe(0, { at: 0x100, length: 4, flags: next, next: 1 }, 0x500);
    driver.describe(1, { at: 0x200, length: 4, flags: write }, 0x500);
    driver.offer(0);
    queue.indirect = true;
    expect(queue.take()).toMatchObject({ readable: [{ at: 0x100 }], writable: [{ at: 0x200 }] });
  });

  test('may be full, and use all its links in one chain', () => {
    driver.chain(0, Array(SIZE).fill({ at: 0x100, length: 1 }));
    driver.offer(0);
    expect(queue.take()!.readable).toHaveLength(SIZE);
  });
});

describe('a ring that makes no sense is broken', () => {
  /** Takes once and expects no chain, one report, and silence ever after. */
  function expectBroken(sentence: RegExp): void {
    expect(queue.take()).toBeNull();
    expect(broken).toHaveLength(1);
    expect(broken[0]).toMatch(sentence);
    expect(queue.broken).toBe(broken[0]);
    driver.chain(0, [{ at: 0x100, length: 1 }]);
    driver.offer(0);
    expect(queue.take()).toBeNull();
    expect(broken).toHaveLength(1);
  }

  test('by an index that jumps ahead', () => {
    driver.setAvailableIndex(SIZE + 1);
    expectBroken(/jumped 9 entries ahead in a ring of 8/);
  });

  test('by an index that goes back', () => {
    driver.chain(0, [{ at: 0x100, length: 1 }]);
    driver.offer(0);
    queue.take();
    driver.setAvailableIndex(0);
    expectBroken(/jumped 65535/);
  });

  test('by a head outside of the ring', () => {
    driver.offer(SIZE);
    expectBroken(/descriptor 8 lies outside/);
  });

  test('by a link outside of the ring', () => {
    driver.describe(0, { at: 0x100, length: 1, flags: next, next: 0xffff });
    driver.offer(0);
    expectBroken(/descriptor 65535/);
  });

  test('by a chain that bites its tail', () => {
    driver.describe(0, { at: 0x100, length: 0, flags: next, next: 1 });
    driver.describe(1, { at: 0x100, length: 0, flags: next, next: 0 });
    driver.offer(0);
    expectBroken(/more than 8 links/);
  });

  test('by something to read behind something to write', () => {
    driver.chain(0, [
      { at: 0x100, length: 1, flags: write },
      { at: 0x200, length: 1 },
    ]);
    driver.offer(0);
    expectBroken(/readable buffer after/);
  });

  test.each([
    ['beyond memory', { at: MEMORY - 4, length: 5 }],
    ['far beyond memory', { at: 0xfffffff0, length: 16 }],
    ['that wraps around', { at: 0xffffffff, length: 0xffffffff }],
    ['above 4 GiB', { at: 0x100, length: 1, addressHigh: 1 }],
    ['at no address a number can hold', { at: 0xffffffff, length: 1, addressHigh: 0xffffffff }],
  ])('by a buffer %s', (_, link) => {
    driver.chain(0, [link]);
    driver.offer(0);
    expectBroken(/lies outside of memory/);
  });

  test('by a chain that names more than a device wants at once', () => {
    driver.chain(0, [
      { at: 0, length: LARGEST },
      { at: 0, length: 1 },
    ]);
    driver.offer(0);
    expectBroken(/more than 4096 bytes/);
  });

  test('by an indirect table nobody agreed to', () => {
    driver.describe(0, { at: 0x500, length: 16, flags: indirect });
    driver.offer(0);
    expectBroken(/without having agreed/);
  });

  test.each([
    ['empty', { at: 0x500, length: 0, flags: indirect }, /has 0 bytes/],
    ['ragged', { at: 0x500, length: 17, flags: indirect }, /has 17 bytes/],
    ['longer than the ring', { at: 0x500, length: (SIZE + 1) * 16, flags: indirect }, /9 entries/],
    ['outside of memory', { at: MEMORY - 16, length: 32, flags: indirect }, /outside of memory/],
    ['followed by another link', { at: 0x500, length: 16, flags: indirect | next, next: 1 }, /successor/],
  ])('by an indirect table that is %s', (_, link, sentence) => {
    queue.indirect = true;
    driver.describe(0, link);
    driver.offer(0);
    expectBroken(sentence);
  });

  test('by an indirect table within an indirect table', () => {
    queue.indirect = true;
    driver.describe(0, { at: 0x500, length: 16, flags: indirect });
    driver.describe(0, { at: 0x500, length: 16, flags: indirect }, 0x500);
    driver.offer(0);
    expectBroken(/names another/);
  });

  test('by an indirect table that bites its tail', () => {
    queue.indirect = true;
    driver.describe(0, { at: 0x500, length: 32, flags: indirect });
    driver.describe(0, { at: 0x100, length: 1, flags: next, next: 0 }, 0x500);
    driver.offer(0);
    expectBroken(/more than 8 links/);
  });
});

test('a buffer may lie over the ring itself: the guest only hurts itself', () => {
  driver.chain(0, [{ at: RING, length: 64, flags: write }]);
  driver.offer(0);
  const chain = queue.take()!;
  queue.write(chain, new Uint8Array(64).fill(0xff));
  queue.finish(chain, 64);
  expect(driver.used(0)).toEqual({ id: 0, length: 64 });
});

test('rings of random bytes give sound chains or break, and nothing else happens', () => {
  const property = fc.property(fc.uint8Array({ minLength: 150, maxLength: 150 }), fc.boolean(), (bytes, agreed) => {
    memory.fill(0, MEMORY, 0);
    memory.writeBytes(RING, bytes);
    // Some of the time the numbers are small enough to mean something.
    if (agreed) for (let at = 0; at < 128; at += 2) memory.write16(RING + at, memory.read16(RING + at) % 24);
    memory.write16(driver.place.available + 2, 1 + (bytes[0] % SIZE));
    queue = newQueue();
    queue.indirect = agreed;
    for (let count = 0; count <= SIZE; count++) {
      const chain = queue.take();
      if (chain === null) return;
      const spans = [...chain.readable, ...chain.writable];
      expect(spans.length).toBeLessThanOrEqual(SIZE + 1);
      for (const { at, length } of spans) expect(at + length).toBeLessThanOrEqual(MEMORY);
      expect(queue.read(chain).length).toBeLessThanOrEqual(LARGEST);
      queue.finish(chain, 0);
    }
    throw new Error('a ring gave more chains than it has entries');
  });
  fc.assert(property, { numRuns: 3000 });
});

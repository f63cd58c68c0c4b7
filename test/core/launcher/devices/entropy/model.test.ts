import { beforeEach, describe, expect, test } from 'vitest';
import { EntropyModel } from '../../../../../core/launcher/devices/entropy/model.ts';
import { descriptorFlag, legacyRing, legacyRingBytes } from '../../../../../core/launcher/ring-layout.ts';
import { Virtqueue } from '../../../../../core/launcher/virtqueue.ts';
import { FakeDriver } from '../../fake-driver.ts';
import { FakeMemory, physical } from '../../fake-guest.ts';

const ENTRIES = 256;
const RING_AT = 0x10_0000;
const { write } = descriptorFlag;

let asked: number[];
let interrupts: number;
let memory: FakeMemory;
let driver: FakeDriver;
let model: EntropyModel;

beforeEach(() => {
  [asked, interrupts] = [[], 0];
  memory = new FakeMemory(RING_AT + legacyRingBytes(ENTRIES));
  driver = new FakeDriver(memory, RING_AT, ENTRIES);
  model = new EntropyModel((bytes) => {
    asked.push(bytes);
    return new Uint8Array(bytes).fill(asked.length);
  });
  const queue = new Virtqueue({
    memory,
    place: legacyRing(physical(RING_AT), ENTRIES),
    largestChain: model.largestChain,
    interrupt: () => interrupts++,
    onBroken: () => {},
  });
  model.connect([queue]);
});

function offer(head: number, ...links: Parameters<FakeDriver['chain']>[1]): void {
  driver.chain(head, links);
  driver.offer(head);
}

describe('an entropy source', () => {
  test('fills what it is offered and no byte more', () => {
    offer(0, { at: 0x1000, length: 10, flags: write }, { at: 0x2000, length: 6, flags: write });
    model.onKick();
    expect([...memory.readBytes(0x1000, 12)]).toEqual([...new Array(10).fill(1), 0, 0]);
    expect([...memory.readBytes(0x2000, 8)]).toEqual([...new Array(6).fill(1), 0, 0]);
    expect(driver.used(0)).toEqual({ id: 0, length: 16 });
    expect(interrupts).toBe(1);
  });

  test('answers several requests with one interrupt', () => {
    for (const head of [0, 1, 2]) offer(head, { at: 0x1000 + head * 64, length: 64, flags: write });
    model.onKick();
    expect(asked).toEqual([64, 64, 64]);
    expect(driver.usedIndex).toBe(3);
    expect(interrupts).toBe(1);
  });

  test('fills only the beginning of a huge buffer', () => {
    offer(0, { at: 0, length: RING_AT, flags: write });
    model.onKick();
    expect(driver.used(0).length).toBe(4096);
    expect(asked).toEqual([4096]);
  });

  test('gives nothing to a request without room', () => {
    offer(0, { at: 0x1000, length: 64 });
    model.onKick();
    expect(driver.used(0).length).toBe(0);
    expect(memory.readBytes(0x1000, 64).every((byte) => byte === 0)).toBe(true);
  });

  test('without requests or without a queue does nothing', () => {
    model.onKick();
    const lonely = new EntropyModel(() => new Uint8Array(0));
    lonely.onKick();
    lonely.connect([]);
    lonely.onKick();
    expect(interrupts).toBe(0);
  });
});

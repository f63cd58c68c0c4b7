import { beforeEach, describe, expect, test } from 'vitest';
import { ConsoleModel } from '../../../../../core/launcher/devices/console/model.ts';
import type { DeviceLink } from '../../../../../core/launcher/devices/model.ts';
import { legacyRing, legacyRingBytes } from '../../../../../core/launcher/ring-layout.ts';
import { Virtqueue } from '../../../../../core/launcher/virtqueue.ts';
import { FakeDriver } from '../../fake-driver.ts';
import { FakeMemory, physical } from '../../fake-guest.ts';

const ENTRIES = 256;
const LARGEST_PRINT = 64 * 1024;
const RING_AT = 0x20_0000;

let printed: Uint8Array[];
let broken: string[];
let interrupts: number;
let changes: number;
let model: ConsoleModel;
let memory: FakeMemory;
let output: FakeDriver;

const printedBytes = () => printed.reduce((sum, bytes) => sum + bytes.length, 0);
const link: DeviceLink = {
  modern: true,
  accepted: () => true,
  configurationChanged: () => {
    changes++;
  },
};

function queueAt(base: number): Virtqueue {
  return new Virtqueue({
    memory,
    place: legacyRing(physical(base), ENTRIES),
    largestChain: model.largestChain,
    interrupt: () => interrupts++,
    onBroken: (reason) => broken.push(reason),
  });
}

beforeEach(() => {
  [printed, broken, interrupts, changes] = [[], [], 0, 0];
  model = new ConsoleModel((bytes) => printed.push(bytes));
  memory = new FakeMemory(RING_AT + 2 * legacyRingBytes(ENTRIES));
  output = new FakeDriver(memory, RING_AT + legacyRingBytes(ENTRIES), ENTRIES);
});

const connect = () => model.connect([queueAt(RING_AT), queueAt(output.place.descriptors)], link);

describe('the size of the screen', () => {
  const size = () => [...model.configuration.subarray(0, 4)];

  test('is in the configuration, columns first', () => {
    connect();
    model.resize({ columns: 132, rows: 43 });
    expect(size()).toEqual([132, 0, 43, 0]);
    expect(changes).toBe(1);
  });

  test('known beforehand is announced as soon as somebody can hear it, and again after a reset', () => {
    model.resize({ columns: 300, rows: 50 });
    expect(size()).toEqual([300 & 0xff, 1, 50, 0]);
    connect();
    expect(changes).toBe(1);
    model.connect([], link);
    expect(changes).toBe(1);
    connect();
    expect(changes).toBe(2);
  });

  test('is not announced while nobody knows it', () => {
    connect();
    expect(changes).toBe(0);
  });

  test.each([
    [1e9, 0xffff],
    [-3, 0],
    [80.9, 80],
  ])('%d fits the field as %d', (columns, shown) => {
    model.resize({ columns, rows: 1 });
    expect(model.configuration[0] | (model.configuration[1] << 8)).toBe(shown);
  });
});

describe('an emergency write', () => {
  const EMERGENCY_WRITE = 8;

  test('prints one character, before there are queues', () => {
    model.onConfigurationWrite(EMERGENCY_WRITE, 4, 0x41);
    model.onConfigurationWrite(EMERGENCY_WRITE, 4, 0xffff_ff42);
    expect(Buffer.concat(printed).toString()).toBe('AB');
  });

  test('elsewhere changes nothing', () => {
    model.resize({ columns: 80, rows: 24 });
    const before = [...model.configuration];
    for (const offset of [0, 2, 4, 9, 11, 12, 1000]) model.onConfigurationWrite(offset, 1, 0x41);
    expect(printed).toEqual([]);
    expect([...model.configuration]).toEqual(before);
  });
});

describe('a ring full of large buffers', () => {
  const fillRing = (length: number) => {
    for (let index = 0; index < ENTRIES; index++) {
      output.describe(index, { at: 0x1000, length });
      output.offer(index);
    }
  };

  test('is printed in helpings, all of it, with an interrupt for each', () => {
    connect();
    fillRing(LARGEST_PRINT);
    model.onKick(1);
    const helping = printedBytes();
    expect(helping).toBeLessThan(1024 * 1024);
    expect(helping).toBeGreaterThan(0);
    expect(interrupts).toBe(1);
    let calls = 1;
    while (model.printOn()) calls++;
    expect(printedBytes()).toBe(ENTRIES * LARGEST_PRINT);
    expect(output.usedIndex).toBe(ENTRIES);
    expect(interrupts).toBe(calls);
  });

  test('that a reset took away is not printed any more', () => {
    connect();
    fillRing(LARGEST_PRINT);
    model.onKick(1);
    const helping = printedBytes();
    model.connect([], link);
    expect(model.printOn()).toBe(false);
    expect(printedBytes()).toBe(helping);
  });

  test('too large for one of them breaks the ring', () => {
    connect();
    output.describe(0, { at: 0x1000, length: LARGEST_PRINT + 1 });
    output.offer(0);
    model.onKick(1);
    expect(broken).toHaveLength(1);
    expect(printed).toEqual([]);
    expect(model.printOn()).toBe(false);
  });
});

test('kicks without queues, and of queues it has not, do nothing', () => {
  model.onKick(0);
  model.onKick(1);
  connect();
  model.onKick(2);
  expect(interrupts).toBe(0);
});

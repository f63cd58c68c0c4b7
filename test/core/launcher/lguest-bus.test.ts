import { beforeEach, describe, expect, test } from 'vitest';
import { ConsoleModel } from '../../../core/launcher/devices/console/model.ts';
import { type DeviceModel, deviceType } from '../../../core/launcher/devices/model.ts';
import { LguestBus } from '../../../core/launcher/lguest-bus.ts';
import { descriptors2625 } from '../../../core/launcher/lguest-bus-descriptors.ts';
import { type BusPlan, planBus } from '../../../core/launcher/lguest-bus-plan.ts';
import { descriptorFlag } from '../../../core/launcher/ring-layout.ts';
import type { Virtqueue } from '../../../core/launcher/virtqueue.ts';
import { FakeDriver } from './fake-driver.ts';
import { FakeGuest, physical } from './fake-guest.ts';

const RAM = 0x10000;
const ENTRIES = 256;
const { write } = descriptorFlag;

let guest: FakeGuest;
let printed: string;
let reports: string[];
let console_: ConsoleModel;
let bus: LguestBus;
let input: FakeDriver;
let output: FakeDriver;

function newGuest(plan: BusPlan): FakeGuest {
  return new FakeGuest({ name: 'guest', memoryBytes: RAM, deviceBytes: plan.deviceBytes, fastPath: true });
}

beforeEach(() => {
  printed = '';
  reports = [];
  console_ = new ConsoleModel((bytes) => {
    printed += Buffer.from(bytes).toString('latin1');
  });
  const plan = planBus([console_], RAM);
  guest = newGuest(plan);
  bus = new LguestBus(guest, plan, descriptors2625, (sentence) => reports.push(sentence));
  input = new FakeDriver(guest.memory, queuePage(0) << 12, ENTRIES);
  output = new FakeDriver(guest.memory, queuePage(1) << 12, ENTRIES);
});

/** Read as a driver reads it: vqconfigs of 8 bytes behind a descriptor of 5. */
const queueConfig = (index: number) => RAM + 5 + index * 8;
const queuePage = (index: number) => guest.memory.read32(queueConfig(index) + 4);
const kick = (driver: FakeDriver) => bus.onNotify(driver.place.descriptors);
const setStatus = (status: number) => {
  guest.memory.write8(RAM + 4, status);
  bus.onNotify(physical(RAM));
};

function printLine(text: string, at = 0x100): void {
  guest.memory.writeBytes(at, Buffer.from(text, 'latin1'));
  output.chain(0, [{ at, length: text.length }]);
  output.offer(0);
  kick(output);
}

describe('the device page', () => {
  test('describes a console with two queues, then ends', () => {
    expect([...guest.memory.readBytes(RAM, 5)]).toEqual([3, 2, 0, 0, 0]);
    expect([0, 1].map((index) => guest.memory.read16(queueConfig(index)))).toEqual([ENTRIES, ENTRIES]);
    expect([0, 1].map((index) => guest.memory.read16(queueConfig(index) + 2))).toEqual([1, 2]);
    expect(queuePage(0) << 12).toBe(RAM + 0x1000);
    expect(queuePage(1)).toBe(queuePage(0) + 3);
    expect(guest.memory.read8(RAM + 5 + 16)).toBe(0);
    expect(guest.memory.size).toBe(RAM + 0x7000);
  });

  test('numbers interrupts from 1 across devices, features and configuration behind the queues', () => {
    const other: DeviceModel = {
      name: 'entropy',
      type: deviceType.entropy,
      queueSizes: [128],
      largestChain: 4096,
      features: Uint8Array.from([1, 0, 0, 0x10]),
      configuration: Uint8Array.from([7, 8]),
      connect: () => {},
      onKick: () => {},
    };
    const plan = planBus([other, console_], RAM);
    guest = newGuest(plan);
    bus = new LguestBus(guest, plan, descriptors2625, () => {});
    expect([...guest.memory.readBytes(RAM, 5)]).toEqual([4, 1, 4, 2, 0]);
    expect(guest.memory.read16(RAM + 5 + 2)).toBe(1);
    expect([...guest.memory.readBytes(RAM + 13, 10)]).toEqual([1, 0, 0, 0x10, 0, 0, 0, 0, 7, 8]);
    expect(guest.memory.read8(RAM + 23)).toBe(3);
    expect(guest.memory.read16(RAM + 23 + 5 + 2)).toBe(2);
    expect(guest.memory.read16(RAM + 23 + 5 + 8 + 2)).toBe(3);
  });

  test('agrees to indirect descriptors only if the device offered and the guest accepted them', () => {
    const queues: Virtqueue[] = [];
    const model = (offered: number): DeviceModel => ({
      name: 'block',
      type: deviceType.block,
      queueSizes: [8],
      largestChain: 4096,
      features: Uint8Array.from([0, 0, 0, offered]),
      configuration: new Uint8Array(0),
      connect: (made) => queues.push(...made),
      onKick: () => {},
    });
    for (const offered of [0x10, 0]) {
      const plan = planBus([model(offered)], RAM);
      guest = newGuest(plan);
      bus = new LguestBus(guest, plan, descriptors2625, () => {});
      guest.memory.write8(RAM + 5 + 8 + 4 + 3, 0xff);
      setStatus(7);
    }
    expect(queues.map((queue) => queue.indirect)).toEqual([true, false]);
  });

  test('believes a driver that kicks before it is ready: Linux 3.11 broke its own disk reading partitions', () => {
    const queues: Virtqueue[] = [];
    const seen: boolean[] = [];
    const model: DeviceModel = {
      name: 'block',
      type: deviceType.block,
      queueSizes: [8],
      largestChain: 4096,
      features: Uint8Array.from([0, 0, 0, 0x10]),
      configuration: new Uint8Array(0),
      connect: (made) => queues.push(...made),
      onKick: () => seen.push(queues[0].indirect),
    };
    const plan = planBus([model], RAM);
    guest = newGuest(plan);
    bus = new LguestBus(guest, plan, descriptors2625, () => {});
    guest.memory.write8(RAM + 5 + 8 + 4 + 3, 0x10);
    bus.onNotify(physical(plan.devices[0].queues[0].base));
    expect(seen).toEqual([true]);
  });
});

describe('printing', () => {
  test('reaches the sink, is taken back and interrupts', () => {
    printLine('hello\n');
    expect(printed).toBe('hello\n');
    expect(output.usedIndex).toBe(1);
    expect(guest.interrupts).toEqual([2]);
  });

  test('of several buffers interrupts once', () => {
    guest.memory.writeBytes(0x100, Buffer.from('abc'));
    for (const index of [0, 1, 2]) {
      output.describe(index, { at: 0x100 + index, length: 1 });
      output.offer(index);
    }
    kick(output);
    expect(printed).toBe('abc');
    expect(guest.interrupts).toEqual([2]);
  });

  test('nothing is nothing, and no interrupt', () => {
    kick(output);
    expect(guest.interrupts).toEqual([]);
  });

  test('over a broken ring is reported once and ignored until a reset', () => {
    output.setAvailableIndex(300);
    kick(output);
    kick(output);
    expect(reports).toEqual([expect.stringMatching(/^queue 1 of the console is broken.*jumped 300/)]);
    expect(guest.dead).toBeNull();
    setStatus(0);
    output.setAvailableIndex(0);
    printLine('alive');
    expect(printed).toBe('alive');
  });
});

describe('typing', () => {
  const offerBuffers = (count: number, length: number) => {
    for (let index = 0; index < count; index++) {
      input.describe(index, { at: 0x1000 + index * length, length, flags: write });
      input.offer(index);
    }
  };

  test('waits for a buffer, then arrives with an interrupt', () => {
    console_.typeInput(Buffer.from('ls\n'));
    expect(console_.waitingBytes).toBe(3);
    expect(guest.interrupts).toEqual([]);
    offerBuffers(1, 16);
    kick(input);
    expect(input.used(0)).toEqual({ id: 0, length: 3 });
    expect(Buffer.from(guest.memory.readBytes(0x1000, 3)).toString()).toBe('ls\n');
    expect(guest.interrupts).toEqual([1]);
    expect(console_.waitingBytes).toBe(0);
  });

  test('arrives at once when a buffer waits', () => {
    offerBuffers(1, 16);
    kick(input);
    expect(guest.interrupts).toEqual([]);
    console_.typeInput(Buffer.from('x'));
    expect(guest.interrupts).toEqual([1]);
  });

  test('a flood arrives whole and in order, in small buffers, some of them useless', () => {
    const flood = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251));
    for (let at = 0; at < flood.length; at += 37) console_.typeInput(flood.subarray(at, at + 37));
    const arrived: number[] = [];
    let seen = 0;
    for (let round = 0; round < 2000 && console_.waitingBytes > 0; round++) {
      const flags = round % 5 === 0 ? 0 : write;
      input.describe(0, { at: 0x1000, length: 7, flags });
      input.offer(0);
      kick(input);
      for (; seen < input.usedIndex; seen++) arrived.push(...guest.memory.readBytes(0x1000, input.used(seen).length));
    }
    expect(Buffer.from(arrived)).toEqual(flood);
  });

  test('survives a reset in mid-flight', () => {
    console_.typeInput(Buffer.from('kept'));
    setStatus(0);
    offerBuffers(1, 16);
    kick(input);
    expect(input.used(0).length).toBe(4);
  });

  test('into a buffer outside of memory breaks the ring and loses nothing', () => {
    console_.typeInput(Buffer.from('kept'));
    input.describe(0, { at: 0xffff0000, length: 16, flags: write });
    input.offer(0);
    kick(input);
    expect(reports).toHaveLength(1);
    expect(console_.waitingBytes).toBe(4);
  });
});

describe('status', () => {
  test('reset zeroes the rings and what was accepted, and starts them over', () => {
    printLine('one');
    setStatus(0);
    expect(guest.memory.readBytes(output.place.descriptors, 0x3000).every((byte) => byte === 0)).toBe(true);
    output.setAvailableIndex(0);
    printLine('two');
    expect(printed).toBe('onetwo');
  });

  test('driver ready forgets nothing of a running ring', () => {
    printLine('one');
    setStatus(7);
    printLine('two');
    expect(printed).toBe('onetwo');
  });

  test('failed is reported', () => {
    setStatus(0x83);
    expect(reports).toEqual([expect.stringMatching(/gave up on the console/)]);
  });

  test('what the guest scribbles over its queue descriptors moves nothing', () => {
    const { descriptors } = output.place;
    guest.memory.fill(RAM, 4, 0xff);
    guest.memory.fill(RAM + 5, 16, 0xff);
    printLine('still here');
    expect(bus.onNotify(descriptors)).toBe(true);
    expect(printed).toBe('still here');
  });
});

test.each([0, 0x100, RAM + 1, RAM + 0x1000 + 1, 0xfffff000])('address %i is none of the bus’s', (address) => {
  expect(bus.onNotify(physical(address))).toBe(false);
});

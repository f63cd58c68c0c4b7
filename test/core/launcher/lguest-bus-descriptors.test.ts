import { describe, expect, test } from 'vitest';
import { ConsoleModel } from '../../../core/launcher/devices/console/model.ts';
import { type DeviceModel, deviceType } from '../../../core/launcher/devices/model.ts';
import { LguestBus } from '../../../core/launcher/lguest-bus.ts';
import { descriptors2624 } from '../../../core/launcher/lguest-bus-descriptors.ts';
import { planBus } from '../../../core/launcher/lguest-bus-plan.ts';
import { FakeDriver } from './fake-driver.ts';
import { FakeGuest, physical } from './fake-guest.ts';
import { FakeModel } from './fake-model.ts';

const RAM = 0x10000;
const HEAD_BYTES = 3;
const USED = 0x80;
const QUEUE = 2;

const net = () =>
  new FakeModel({
    name: 'network card',
    type: deviceType.net,
    queueSizes: [256, 256],
    features: Uint8Array.of(0x20),
    configuration: Uint8Array.of(2, 0, 0, 0, 0, 9, 1, 0),
  });
const disk = (features: number) =>
  new FakeModel({
    name: 'disk',
    type: deviceType.block,
    features: Uint8Array.of(features),
    configuration: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0, 0, 0, 254, 0, 0, 0),
  });

function standUp(models: readonly DeviceModel[]) {
  const plan = planBus(models, RAM);
  const guest = new FakeGuest({ name: 'guest', memoryBytes: RAM, deviceBytes: plan.deviceBytes, fastPath: true });
  const reports: string[] = [];
  const bus = new LguestBus(guest, plan, descriptors2624, (sentence) => reports.push(sentence));
  return { guest, bus, reports };
}

/** As the drivers of 2.6.24 look for a field: the first unused one of this type, which is then marked as used. */
function findField(guest: FakeGuest, device: number, type: number): Uint8Array | null {
  const { memory } = guest;
  const end = device + HEAD_BYTES + memory.read8(device + 1);
  for (let at = device + HEAD_BYTES; at < end; at += 2 + memory.read8(at + 1)) {
    if (memory.read8(at) !== type) continue;
    memory.write8(at, type | USED);
    return memory.readBytes(at + 2, memory.read8(at + 1));
  }
  return null;
}

const queueOf = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { entries: view.getUint16(0, true), irq: view.getUint16(2, true), page: view.getUint32(4, true) };
};

describe('what a driver of 2.6.24 finds', () => {
  test('devices one behind the other, and a type of 0 at the end', () => {
    const { guest } = standUp([net(), disk(0), new ConsoleModel(() => {})]);
    const types: number[] = [];
    for (let at = RAM; guest.memory.read8(at) !== 0; at += HEAD_BYTES + guest.memory.read8(at + 1)) {
      types.push(guest.memory.read8(at));
      expect(guest.memory.read8(at + 2)).toBe(0);
    }
    expect(types).toEqual([1, 2, 3]);
  });

  test('each queue once, of 128 entries, with an interrupt and pages of its own', () => {
    const { guest } = standUp([net()]);
    const [receive, transmit] = [findField(guest, RAM, QUEUE)!, findField(guest, RAM, QUEUE)!];
    expect(queueOf(receive)).toEqual({ entries: 128, irq: 1, page: (RAM >> 12) + 1 });
    expect(queueOf(transmit)).toEqual({ entries: 128, irq: 2, page: (RAM >> 12) + 4 });
    expect(findField(guest, RAM, QUEUE)).toBeNull();
  });

  test('the address of a network card', () => {
    const { guest } = standUp([net()]);
    expect([...findField(guest, RAM, 0x41)!]).toEqual([2, 0, 0, 0, 0, 9]);
    expect(findField(guest, RAM, 0x40)).toBeNull();
  });

  test('the capacity of a disk, and what else it says about itself', () => {
    const all = standUp([disk(0b110)]).guest;
    expect([...findField(all, RAM, 0x41)!]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...findField(all, RAM, 0x42)!]).toEqual([0x10, 0, 0, 0]);
    expect([...findField(all, RAM, 0x43)!]).toEqual([254, 0, 0, 0]);
    const bare = standUp([disk(0)]).guest;
    expect(findField(bare, RAM, 0x41)).not.toBeNull();
    expect(findField(bare, RAM, 0x42)).toBeNull();
    expect(findField(bare, RAM, 0x43)).toBeNull();
  });
});

describe('a bus of 2.6.24', () => {
  test('serves rings of 128 entries, however the descriptors are marked or scribbled over', () => {
    let printed = '';
    const { guest, bus } = standUp([
      new ConsoleModel((bytes) => {
        printed += Buffer.from(bytes).toString();
      }),
    ]);
    findField(guest, RAM, QUEUE);
    const { page, entries } = queueOf(findField(guest, RAM, QUEUE)!);
    guest.memory.fill(RAM, 64, 0xff);
    const output = new FakeDriver(guest.memory, page << 12, entries);
    guest.memory.writeBytes(0x100, Buffer.from('hello'));
    for (let round = 0; round < 300; round++) {
      output.chain(round % entries, [{ at: 0x100, length: 5 }]);
      output.offer(round % entries);
      expect(bus.onNotify(physical(page << 12))).toBe(true);
    }
    expect(printed).toBe('hello'.repeat(300));
    expect(output.usedIndex).toBe(300);
    expect(guest.interrupts.every((irq) => irq === 2)).toBe(true);
  });

  test('accepts no features, because it offered none', () => {
    const model = disk(0xff);
    const { guest } = standUp([model]);
    guest.memory.fill(RAM, 0x100, 0xff);
    expect(Array.from({ length: 32 }, (_, feature) => model.connected[0].link.accepted(feature))).not.toContain(true);
  });

  test.each([0, 1, 2, 3, 4, 7, 0x7f, 0x80, 0xff])('takes a status of %i for what it is', (status) => {
    const model = net();
    const { guest, bus, reports } = standUp([model]);
    guest.memory.write8(RAM + 2, status);
    expect(bus.onNotify(physical(RAM))).toBe(true);
    expect(model.connected).toHaveLength(status === 0 ? 2 : 1);
    expect(reports).toHaveLength(status & 0x80 ? 1 : 0);
  });
});

import { describe, expect, test } from 'vitest';
import { deviceType } from '../../../../core/launcher/devices/model.ts';
import { planPci } from '../../../../core/launcher/pci/pci-plan.ts';
import { readNumber } from '../../../../core/launcher/record.ts';
import { busOfFour, configurationBytes, FakeModel, MEMORY_BYTES } from './fake-card.ts';

const MIB = 1024 * 1024;
type Bus = ReturnType<typeof busOfFour>;

const select = ({ face }: Bus, slot: number, register: number) =>
  face.writePort(0xcf8, 4, (0x8000_0000 | (slot << 11) | (register & 0xfc)) >>> 0);

function read(bus: Bus, slot: number, register: number, bytes: 1 | 2 | 4): number {
  select(bus, slot, register);
  return bus.face.readPort(0xcfc + (register & 3), bytes);
}

function write(bus: Bus, slot: number, register: number, bytes: 1 | 2 | 4, value: number): void {
  select(bus, slot, register);
  bus.face.writePort(0xcfc + (register & 3), bytes, value);
}

describe('where devices are put', () => {
  test('the console first, then in order, above the megabyte behind RAM', () => {
    const sizes = [
      ['console', 12],
      ['block', 60],
      ['entropy', 0],
      ['net', 8],
    ] as const;
    const models = sizes.map(([name, bytes]) => new FakeModel(deviceType[name], bytes));
    const plan = planPci([models[1], models[0], models[2], models[3]], 64 * MIB);
    expect(plan.windowStart).toBe(65 * MIB);
    expect(plan.windowBytes).toBe(4096);
    const placed = plan.devices.map(({ model, slot, irq, at, bytes }) => [model.name, slot, irq, at, bytes]);
    expect(placed).toEqual([
      ['console', 1, 1, 0x410_0000, 128],
      ['block', 2, 2, 0x410_0080, 128],
      ['entropy', 3, 3, 0x410_0100, 64],
      ['net', 4, 4, 0x410_0180, 128],
    ]);
  });

  test('interrupts are shared by more devices than a kernel has numbers for', () => {
    const models = Array.from({ length: 31 }, () => new FakeModel(deviceType.entropy, 0));
    const irqs = planPci(models, 64 * MIB).devices.map(({ irq }) => irq);
    expect([irqs[14], irqs[15], irqs[29], irqs[30]]).toEqual([15, 1, 15, 1]);
  });

  test('registers are aligned to their length, and never below other pages above RAM', () => {
    const models = [new FakeModel(deviceType.entropy, 0), new FakeModel(deviceType.net, 300)];
    const plan = planPci(models, 64 * MIB, 3 * MIB);
    expect(plan.windowStart).toBe(67 * MIB);
    expect(plan.devices.map(({ at, bytes }) => [at - plan.windowStart, bytes])).toEqual([
      [0, 64],
      [512, 512],
    ]);
  });
});

describe('the bus through its ports', () => {
  test('looks as Linux wants it: the address reads back, and there is a host bridge', () => {
    const bus = busOfFour();
    bus.face.writePort(0xcfb, 1, 1);
    bus.face.writePort(0xcf8, 4, 0x8000_0000);
    expect(bus.face.readPort(0xcf8, 4)).toBe(0x8000_0000);
    expect(read(bus, 0, 0x0a, 2)).toBe(0x0600);
    expect(read(bus, 0, 0x00, 4)).toBe(0);
    write(bus, 0, 0x10, 4, 0xffff_ffff);
    expect(read(bus, 0, 0x10, 4)).toBe(0);
  });

  test.each([
    [1, 0x1043_1af4, 0x0700, 1],
    [2, 0x1042_1af4, 0x0180, 2],
    [3, 0x1044_1af4, 0xff00, 3],
    [4, 0x1041_1af4, 0x0200, 4],
  ])('slot %i says what it is', (slot, identity, deviceClass, irq) => {
    const bus = busOfFour();
    expect(read(bus, slot, 0x00, 4)).toBe(identity);
    expect(read(bus, slot, 0x0a, 2)).toBe(deviceClass);
    expect(read(bus, slot, 0x08, 1)).toBe(1);
    expect(read(bus, slot, 0x2e, 2)).toBe(0x40);
    expect(read(bus, slot, 0x06, 2)).toBe(0x10);
    expect(read(bus, slot, 0x0e, 1)).toBe(0);
    expect(read(bus, slot, 0x3c, 2)).toBe(irq);
    expect(read(bus, slot, 0x10, 4)).toBe(bus.plan.devices[slot - 1].at);
  });

  test('nobody answers elsewhere', () => {
    const bus = busOfFour();
    for (const address of [0x8000_2800, 0x8001_0800, 0x8000_0900, 0x8000_0898, 0x0000_0800]) {
      bus.face.writePort(0xcf8, 4, address);
      expect(bus.face.readPort(0xcfc, 4)).toBe(0xffff_ffff);
      expect(bus.face.readPort(0xcfe, 2)).toBe(0xffff);
      expect(bus.face.readPort(0xcff, 1)).toBe(0xff);
    }
    select(bus, 1, 0);
    expect(bus.face.readPort(0xcfd, 4)).toBe(0xffff_ffff);
    expect(bus.face.readPort(0xcf8, 1)).toBe(0xff);
    expect(bus.face.readPort(0x3f8, 1)).toBe(0xff);
    expect(bus.face.readPort(0x64, 1)).toBe(1);
    expect(bus.face.readWindow(bus.plan.windowStart, 4)).not.toBe(0xffff_ffff);
    expect(bus.face.readWindow((bus.plan.windowStart + 0x800) as never, 4)).toBe(0xffff_ffff);
  });

  test('the length of the registers is found by writing ones', () => {
    const bus = busOfFour();
    const [{ at, bytes }] = bus.plan.devices;
    write(bus, 1, 0x10, 4, 0xffff_ffff);
    expect(read(bus, 1, 0x10, 4)).toBe(2 ** 32 - bytes);
    write(bus, 1, 0x10, 4, at);
    expect(read(bus, 1, 0x10, 4)).toBe(at);
    for (const register of [0x14, 0x18, 0x1c, 0x20, 0x24, 0x30]) {
      write(bus, 1, register, 4, 0xffff_ffff);
      expect(read(bus, 1, register, 4)).toBe(0);
    }
  });

  test('what may be written sticks, and only that', () => {
    const bus = busOfFour();
    write(bus, 1, 0x04, 2, 0xffff);
    expect(read(bus, 1, 0x04, 2)).toBe(0x0006);
    write(bus, 1, 0x0c, 2, 0x4010);
    expect(read(bus, 1, 0x0c, 2)).toBe(0x4010);
    for (const register of [0x00, 0x06, 0x08, 0x2c, 0x34, 0x3c, 0x40, 0x48]) {
      const before = read(bus, 1, register, 4);
      write(bus, 1, register, 1, ~before & 0xff);
      expect(read(bus, 1, register, 4)).toBe(before);
    }
  });
});

describe('the chain of capabilities', () => {
  function chain(bus: Bus, slot: number) {
    const found = [];
    for (let at = read(bus, slot, 0x34, 1); at !== 0; at = read(bus, slot, at + 1, 1)) {
      const bytes = Uint8Array.from({ length: read(bus, slot, at + 2, 1) }, (_, byte) => read(bus, slot, at + byte, 1));
      const [id, , length, kind, bar] = bytes;
      found.push({ at, id, length, kind, bar, offset: readNumber(bytes, 8, 4), extent: readNumber(bytes, 12, 4) });
    }
    return found;
  }
  const common = { id: 9, bar: 0 };
  const expected = [
    { ...common, at: 0x40, kind: 1, length: 16, offset: 0, extent: 0x38 },
    { ...common, at: 0x50, kind: 2, length: 20, offset: 0x38, extent: 2 },
    { ...common, at: 0x64, kind: 3, length: 16, offset: 0x3a, extent: 1 },
    { ...common, at: 0x84, kind: 5, length: 20, offset: 0, extent: 0 },
  ];

  test('is lguest’s, with the device’s own part last', () => {
    const device = { ...common, at: 0x74, kind: 4, length: 16, offset: 0x3c, extent: configurationBytes.console };
    expect(chain(busOfFour(), 1)).toEqual([...expected, device]);
  });

  test('ends earlier where there is nothing to configure', () => {
    expect(chain(busOfFour(), 3)).toEqual(expected);
  });
});

describe('the small window in configuration space', () => {
  function aim(bus: Bus, offset: number, length: number, bar = 0) {
    write(bus, 1, 0x88, 1, bar);
    write(bus, 1, 0x8c, 4, offset);
    write(bus, 1, 0x90, 4, length);
  }

  test('carries an early console’s characters, before there is any driver', () => {
    const bus = busOfFour();
    aim(bus, 0x3c + 8, 4);
    for (const letter of 'ok') write(bus, 1, 0x94, 4, letter.charCodeAt(0));
    expect(bus.console.model.events).toEqual(['configure 8 4 6f', 'configure 8 4 6b']);
  });

  test('reads and writes registers of every length', () => {
    const bus = busOfFour();
    aim(bus, 0x14, 1);
    write(bus, 1, 0x94, 1, 3);
    expect(bus.console.read('status')).toBe(3);
    expect(read(bus, 1, 0x94, 1)).toBe(3);
    aim(bus, 0x12, 2);
    expect(read(bus, 1, 0x94, 2)).toBe(2);
    aim(bus, 0x3c, 4);
    expect(read(bus, 1, 0x94, 4)).toBe(0x0403_0201);
  });

  test.each([
    ['another BAR', 0x14, 1, 1],
    ['an odd length', 0x14, 3, 0],
    ['no length', 0x14, 0, 0],
    ['beyond the registers', 0x80, 4, 0],
    ['at the end of all numbers', 0xffff_fffc, 4, 0],
    ['across', 0x3e, 4, 0],
  ])('leads nowhere when aimed at %s', (_, offset, length, bar) => {
    const bus = busOfFour();
    aim(bus, offset, length, bar);
    write(bus, 1, 0x94, 4, 0x1234_5678);
    expect(read(bus, 1, 0x94, 4)).toBe(0x1234_5678);
    expect(bus.console.read('status')).toBe(0);
    expect(bus.console.model.events).toEqual([]);
  });
});

test('a guest that moves a device’s registers within the window finds them there', () => {
  const bus = busOfFour();
  const moved = bus.plan.windowStart + 0x400;
  write(bus, 1, 0x10, 4, moved);
  bus.face.writeWindow((moved + 0x14) as never, 1, 1);
  expect(bus.face.readWindow((moved + 0x14) as never, 1)).toBe(1);
  expect(bus.face.readWindow((MEMORY_BYTES + MIB + 0x14) as never, 1)).toBe(0xff);
});

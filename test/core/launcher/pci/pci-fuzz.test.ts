import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commonConfiguration, deviceStatus } from '../../../../core/launcher/pci/registers.ts';
import { busOfFour, type CardDriver, DEVICE_BYTES, MEMORY_BYTES } from './fake-card.ts';

type Bus = ReturnType<typeof busOfFour>;

const width = fc.constantFrom(1 as const, 2 as const, 4 as const);
const value = fc.oneof(
  fc.nat(0xffff_ffff),
  fc.nat(MEMORY_BYTES + DEVICE_BYTES).map((at) => at & ~0xfff),
  fc.constantFrom(0, 1, 2, 4, 8, 15, 16, 0xff, 0xffff, 0x8000_0800, 0x8000_0894),
);
const card = fc.constantFrom('console' as const, 'block' as const, 'entropy' as const, 'net' as const);
const names = Object.keys(commonConfiguration.at) as (keyof typeof commonConfiguration.at)[]; // its own keys

/** Something a hostile guest does: an access of any kind, a plausible step of a driver, or scribbling in its rings. */
const deed: fc.Arbitrary<(bus: Bus) => void> = fc.oneof(
  fc.tuple(fc.integer({ min: 0xcf0, max: 0xd00 }), width, value).map(([port, bytes, what]) => (bus: Bus) => {
    bus.face.writePort(port, bytes, what % 2 ** (8 * bytes));
    answers(bus.face.readPort(port, bytes), bytes);
  }),
  fc.tuple(fc.nat(0xfff - 4), width, value).map(([offset, bytes, what]) => (bus: Bus) => {
    const at = (bus.plan.windowStart + (offset % 0x240)) as typeof bus.plan.windowStart; // within the window
    bus.face.writeWindow(at, bytes, what % 2 ** (8 * bytes));
    answers(bus.face.readWindow(at, bytes), bytes);
  }),
  fc.tuple(card, fc.constantFrom(...names), value).map(([which, name, what]) => (bus: Bus) => {
    bus[which].write(name, what % 2 ** (8 * commonConfiguration.sizeOf[name]));
    bus[which].read(name);
  }),
  fc.tuple(card, fc.constantFrom<keyof CardDriver>('start', 'prepare')).map(([which, step]) => (bus: Bus) => {
    if (step === 'start') bus[which].start();
    else bus[which].prepare();
  }),
  fc
    .tuple(card, fc.nat(1), fc.nat(MEMORY_BYTES), fc.nat(0x2000), fc.nat(7))
    .map(([which, queue, at, length, flags]) => (bus: Bus) => {
      const ring = bus[which].rings[queue];
      ring.describe(at % 16, { at: at * 2, length, flags, next: length % 20 });
      ring.offer(at % 18);
      bus[which].kick(queue);
    }),
  fc.tuple(card, fc.nat(1), fc.nat(0x1fff), fc.nat(0xffff_ffff)).map(([which, queue, offset, what]) => (bus: Bus) => {
    bus.guest.memory.write32(bus[which].rings[queue].place.descriptors + Math.min(offset, 0x1ffc), what);
    bus[which].kick(queue);
  }),
);

function answers(result: number, bytes: number): void {
  expect(Number.isInteger(result)).toBe(true);
  expect(result).toBeGreaterThanOrEqual(0);
  expect(result).toBeLessThan(2 ** (8 * bytes));
}

test('nothing a guest does to ports, registers and rings is more than its own trouble', () => {
  let started = 0;
  const sentences = new Set<string>();
  fc.assert(
    fc.property(fc.array(deed, { minLength: 20, maxLength: 120 }), (deeds) => {
      const bus = busOfFour();
      for (const one of deeds) one(bus);
      expect(bus.guest.dead).toBeNull();
      for (const irq of bus.guest.interrupts) expect([1, 2, 3, 4]).toContain(irq);
      for (const sentence of bus.said) sentences.add(sentence.replace(/0x[0-9a-f]+|\d+/g, 'N'));
      if (bus.block.read('status') & deviceStatus.driverReady) started++;
      // Whatever happened, a reset and good manners set a device right, unless its registers were moved.
      if (bus.block.read('status') !== 0xff) {
        bus.block.start();
        expect(bus.block.read('status')).toBe(15);
      }
    }),
    { numRuns: 300, seed: 11 },
  );
  // The fuzz is worth something only if it reaches live devices and many ways to go wrong.
  expect(started).toBeGreaterThan(50);
  expect(sentences.size).toBeGreaterThan(15);
});

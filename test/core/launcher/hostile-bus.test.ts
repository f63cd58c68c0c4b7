import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConsoleModel } from '../../../core/launcher/devices/console/model.ts';
import { EntropyModel } from '../../../core/launcher/devices/entropy/model.ts';
import { LguestBus } from '../../../core/launcher/lguest-bus.ts';
import { type DescriptorLayout, descriptorLayouts } from '../../../core/launcher/lguest-bus-descriptors.ts';
import { planBus } from '../../../core/launcher/lguest-bus-plan.ts';
import { FakeDriver } from './fake-driver.ts';
import { FakeGuest, physical } from './fake-guest.ts';

const RAM = 0x8000;
const PAGE = 0x1000;
const RINGS = [RAM + PAGE, RAM + 4 * PAGE, RAM + 7 * PAGE];
const PAGES = 10;

const anyWord = fc.integer({ min: 0, max: 0xffff_ffff });
/** What a guest may do: write anything anywhere, */
const scribble = fc.record({
  what: fc.constant('write' as const),
  /** mostly where descriptors, ring heads and status bytes lie, */
  at: fc.tuple(fc.nat(PAGES - 1), fc.oneof(fc.nat(64), fc.nat(PAGE - 1))).map(([page, offset]) => page * PAGE + offset),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }),
});
/** knock anywhere, mostly at doors, */
const knock = fc.record({
  what: fc.constant('notify' as const),
  at: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(RAM, ...RINGS) }, fc.nat(0xffff), anyWord),
});
/** offer what looks like a request, */
const offer = fc.record({
  what: fc.constant('offer' as const),
  ring: fc.nat(2),
  head: fc.oneof(fc.nat(4), fc.nat(0xffff)),
  link: fc.record({
    at: fc.oneof(fc.nat(RAM), anyWord),
    length: fc.oneof(fc.nat(64), anyWord),
    flags: fc.nat(7),
    next: fc.oneof(fc.nat(4), fc.nat(0xffff)),
  }),
});
/** and be typed at. */
const typing = fc.record({ what: fc.constant('type' as const), bytes: fc.uint8Array({ maxLength: 8 }) });
const deed = fc.oneof(scribble, knock, offer, typing);
type Deed = typeof deed extends fc.Arbitrary<infer One> ? One : never;

function standUp(layout: DescriptorLayout) {
  let printed = 0;
  const console_ = new ConsoleModel((bytes) => {
    printed += bytes.length;
  });
  const plan = planBus([new EntropyModel((bytes) => new Uint8Array(bytes)), console_], RAM);
  const guest = new FakeGuest({ name: 'guest', memoryBytes: RAM, deviceBytes: plan.deviceBytes, fastPath: true });
  const bus = new LguestBus(guest, plan, layout, () => {});
  const entries = Math.min(256, layout.largestRing);
  const drivers = RINGS.map((base) => new FakeDriver(guest.memory, base, entries));
  return { console_, guest, bus, drivers, entries, printed: () => printed };
}

/** Answers how many knocks the bus knew. */
function misbehave(bench: ReturnType<typeof standUp>, deeds: readonly Deed[]): number {
  const { console_, guest, bus, drivers, entries } = bench;
  let answered = 0;
  for (const one of deeds) {
    if (one.what === 'type') console_.typeInput(one.bytes);
    else if (one.what === 'notify') answered += Number(bus.onNotify(physical(one.at)));
    else if (one.what === 'write') guest.memory.writeBytes(RAM + one.at, one.bytes.subarray(0, PAGES * PAGE - one.at));
    else {
      drivers[one.ring].describe(one.head % entries, one.link);
      drivers[one.ring].offer(one.head);
    }
  }
  return answered;
}

describe.each(descriptorLayouts.map((layout) => [layout.since, layout] as const))('the bus since %s', (_, layout) => {
  test('survives whatever a guest writes into its pages, and stays within the guest’s memory', () => {
    let [answered, interrupts, printed] = [0, 0, 0];
    const property = fc.property(fc.array(deed, { maxLength: 60, size: 'max' }), (deeds) => {
      const bench = standUp(layout);
      answered += misbehave(bench, deeds);
      interrupts += bench.guest.interrupts.length;
      printed += bench.printed();
      expect(bench.guest.interrupts.every((irq) => irq >= 1 && irq <= 3)).toBe(true);
    });
    fc.assert(property, { numRuns: 300, seed: 7 });
    expect(answered).toBeGreaterThan(1000);
    expect(interrupts).toBeGreaterThan(0);
    expect(printed).toBeGreaterThan(0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { descriptorFlag } from '../../../../../core/launcher/ring-layout.ts';
import { NetBench } from './net-bench.ts';

/** Mostly sense, so that rings live long enough to see some nonsense. */
const mostly = <One, Other>(sense: fc.Arbitrary<One>, nonsense: fc.Arbitrary<Other>) =>
  fc.oneof({ weight: 9, arbitrary: sense }, { weight: 1, arbitrary: nonsense });
const word = fc.integer({ min: 0, max: 0xffff });
const long = fc.integer({ min: 0, max: 0xffffffff });
const descriptor = fc.record({
  index: fc.nat(7),
  at: mostly(fc.integer({ min: 0x10000, max: 0x18000 }), mostly(fc.nat(0x8000), long)),
  length: mostly(fc.nat(1600), long),
  flags: mostly(fc.constantFrom(0, 0, 2, 2, 1, 3), word),
  next: mostly(fc.nat(7), word),
});
const queue = fc.nat(1);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('describe' as const), queue, descriptor }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('offer' as const), queue, head: mostly(fc.nat(7), word) }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('kick' as const), queue: mostly(queue, fc.constant(2)) }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('frame' as const), bytes: fc.nat(1600) }) },
  fc.record({ does: fc.constant('jump' as const), queue, index: word }),
  fc.record({ does: fc.constant('reset' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function take(bench: NetBench, what: Step): void {
  const driver = 'queue' in what && what.queue === 0 ? bench.receiver : bench.transmitter;
  if (what.does === 'kick') bench.model.onKick(what.queue);
  else if (what.does === 'frame') bench.send(new Uint8Array(what.bytes).fill(0xee));
  else if (what.does === 'reset') bench.connect();
  else if (what.does === 'describe') driver.describe(what.descriptor.index, what.descriptor);
  else if (what.does === 'offer') driver.offer(what.head);
  else driver.setAvailableIndex(what.index);
}

/** Eight chains a driver that follows the rules might make, for each ring. */
function sensibleBench(modern: boolean): NetBench {
  const bench = new NetBench({ modern });
  for (let index = 0; index < 8; index++) {
    bench.receiver.describe(index, { at: bench.buffer(index), length: 1526, flags: descriptorFlag.write });
    bench.transmitter.describe(index, { at: bench.buffer(index + 8), length: 12 + 60 });
  }
  return bench;
}

describe('a guest that fills its rings at random', () => {
  it.each([false, true])('hurts nobody (virtio 1.0: %s)', (modern) => {
    let [sent, delivered] = [0, 0];
    fc.assert(
      fc.property(fc.array(step, { minLength: 30, maxLength: 80 }), (steps) => {
        const bench = sensibleBench(modern);
        for (const each of steps) {
          const before = bench.sent.length;
          take(bench, each);
          expect(bench.sent.length - before).toBeLessThanOrEqual(256);
        }
        for (const frame of bench.sent) expect(frame.length).toBeGreaterThanOrEqual(14);
        for (const frame of bench.sent) expect(frame.length).toBeLessThanOrEqual(1518);
        sent += bench.sent.length;
        delivered += bench.receiver.usedIndex;
        // Each kind of complaint once, and each ring breaks once a life.
        const resets = steps.filter(({ does }) => does === 'reset').length;
        expect(bench.reports.length).toBeLessThanOrEqual(8 + 2 * (resets + 1));
      }),
      { numRuns: 120, seed: 4711 },
    );
    // Else the walk above would prove little.
    expect(sent).toBeGreaterThan(40);
    expect(delivered).toBeGreaterThan(40);
  });
});

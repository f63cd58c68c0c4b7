import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cable } from '../../../../core/launcher/network/cable.ts';
import { createUserNetwork } from '../../../../core/launcher/network/user-network.ts';
import { FakeOutside } from './fake-outside.ts';
import { GuestPeer } from './guest-peer.ts';
import { GATEWAY, hex } from './packets.ts';

/** In how many of a thousand frames each accident happens. */
interface Accidents {
  readonly seed: number;
  readonly lost: number;
  readonly delayed: number;
  readonly doubled: number;
}

/** A cable that loses, delays and doubles frames, as a seed says: the same seed, the same accidents. */
class Trouble {
  private readonly accidents: Accidents;
  private readonly deliver: (frame: Uint8Array) => void;
  private delayed: Uint8Array[] = [];
  private state: number;

  constructor(accidents: Accidents, deliver: (frame: Uint8Array) => void) {
    this.accidents = accidents;
    this.deliver = deliver;
    this.state = accidents.seed;
  }

  pass(frame: Uint8Array): void {
    const { lost, delayed, doubled } = this.accidents;
    if (this.happens(lost)) return;
    if (this.happens(delayed)) this.delayed.push(frame);
    else this.deliver(frame);
    if (this.happens(doubled)) this.deliver(frame.slice());
  }

  /** What was delayed arrives after what was sent later, last first. */
  settle(): void {
    for (const frame of this.delayed.splice(0).reverse()) this.deliver(frame);
  }

  private happens(perMille: number): boolean {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return (this.state >>> 8) % 1000 < perMille;
  }
}

function run(outward: Accidents, inward: Accidents, sizes: { up: number; down: number; first: number }) {
  const [card, wire] = cable();
  const outside = new FakeOutside();
  const network = createUserNetwork({ outside, wire, forwards: [], report: () => {} });
  const up = Uint8Array.from({ length: sizes.up }, (_, index) => (index * 31) ^ (index >> 8));
  const down = Uint8Array.from({ length: sizes.down }, (_, index) => (index * 17) ^ (index >> 7));
  const toRouter = new Trouble(outward, (frame) => card.send(frame));
  const peer = new GuestPeer({
    to: GATEWAY,
    ports: [4000, 80],
    first: sizes.first,
    send: (frame) => toRouter.pass(frame),
  });
  const toGuest = new Trouble(inward, (frame) => peer.hear(frame));
  card.onFrame = (frame) => {
    if (frame[23] === 6 && frame[13] === 0) toGuest.pass(frame);
  };
  peer.connect();
  peer.give(up);
  peer.end();
  let answered: number | null = null;
  for (let nowMs = 0; nowMs < 3_000_000; nowMs += 100) {
    network.tick(nowMs);
    toRouter.settle();
    toGuest.settle();
    peer.tick(nowMs);
    const [stream] = outside.streams;
    if (stream) answered ??= nowMs;
    if (nowMs - 1000 === answered) stream.events.connected();
    if (nowMs - 2000 === answered) {
      stream.events.data(down);
      stream.events.ended();
    }
    if (peer.said && peer.heardEnd && stream?.ended && network.openConversations === 0) break;
  }
  return { peer, stream: outside.streams[0], network, up, down };
}

const accidents = fc.record({
  seed: fc.nat(),
  lost: fc.nat({ max: 200 }),
  delayed: fc.nat({ max: 200 }),
  doubled: fc.nat({ max: 100 }),
});

const sizes = fc.record({
  up: fc.nat({ max: 40_000 }),
  down: fc.nat({ max: 40_000 }),
  first: fc.constantFrom(1000, 0xffff_f000, 0x7fff_ff00),
});

test('bytes arrive intact both ways over a cable that drops, doubles and reorders', () => {
  fc.assert(
    fc.property(accidents, accidents, sizes, (outward, inward, size) => {
      const { peer, stream, up, down, network } = run(outward, inward, size);
      expect(peer.reset).toBe(false);
      expect(hex(stream.bytes)).toBe(hex(up));
      expect(hex(peer.received)).toBe(hex(down));
      expect(stream.ended).toBe(true);
      expect(peer.heardEnd).toBe(true);
      expect(network.openConversations).toBe(0);
    }),
    { numRuns: 40 },
  );
}, 60_000);

/** Hubs that reach beyond one board: a frame goes to every other thread's cards, once, and to nobody's own. */

import { afterEach, expect, test } from 'vitest';
import type { WireEnd } from '../../../core/launcher/network/wire.ts';
import type { DeviceRequest } from '../../../main/guest-requests.ts';
import { type JoinedHubs, joinHubs } from '../../../main/machines/hub-channels.ts';

const joined: JoinedHubs[] = [];
afterEach(() => {
  for (const hubs of joined.splice(0)) hubs.close();
});

const card = (hub: string): DeviceRequest => ({ kind: 'net', spec: { to: 'hub', hub, mac: null } });

/** A machine as its thread would join it, and what its card hears. */
function machine(...names: string[]): { heard: number[]; say(byte: number): void } {
  const hubs = joinHubs(names.map(card));
  joined.push(hubs);
  const heard: number[] = [];
  const wires = names.map((name): WireEnd => {
    const wire = hubs.hubs.get(name)!.plug();
    wire.onFrame = (frame) => heard.push(frame[0]);
    return wire;
  });
  return {
    heard,
    say(byte) {
      // In the middle of something larger, as frames in a guest's memory are.
      wires[0].send(Uint8Array.of(99, byte, 99).subarray(1, 2));
      wires[0].deliver();
    },
  };
}

/** Until whatever is on its way between threads has arrived. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 50));

test('what one says every other hears, once and in order', async () => {
  const [one, two, three] = [machine('lab'), machine('lab'), machine('lab')];
  for (const byte of [1, 2, 3]) one.say(byte);
  await settle();
  expect([one.heard, two.heard, three.heard]).toEqual([[], [1, 2, 3], [1, 2, 3]]);
  two.say(4);
  await settle();
  expect(one.heard).toEqual([4]);
});

test('two cards of one machine are two ends of it, and another hub hears nothing', async () => {
  const [both, other] = [machine('lab', 'lab'), machine('attic')];
  both.say(1);
  await settle();
  expect([both.heard, other.heard]).toEqual([[1], []]);
});

test('one that is gone hears nothing, and keeps nobody from going', async () => {
  const [one, two] = [machine('lab'), machine('lab')];
  joined[1].close();
  one.say(1);
  await settle();
  expect(two.heard).toEqual([]);
});

test('who does not listen for a while misses what does not fit into a cable', async () => {
  const [one, two] = [machine('lab'), machine('lab')];
  const wire = joined[1].hubs.get('lab')!.plug();
  let heard = 0;
  let listens = false;
  wire.onFrame = () => heard++;
  wire.hasRoom = () => listens;
  for (let frame = 0; frame < 1000; frame++) one.say(7);
  await settle();
  expect(two.heard).toHaveLength(1000);
  listens = true;
  wire.deliver();
  expect(heard).toBeGreaterThan(0);
  expect(heard).toBeLessThan(1000);
});

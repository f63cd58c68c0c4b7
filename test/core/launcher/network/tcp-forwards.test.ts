import { expect, test } from 'vitest';
import { arp, workbench } from './bench.ts';
import { bytesOf, peerOn, textOf } from './conversations.ts';
import { ACK, GATEWAY, GUEST, RST, readTcp, tcp } from './packets.ts';

test('a forward: somebody calls, the guest is asked for by ARP, and called from the gateway', () => {
  const bench = workbench([{ hostPort: 8080, guestPort: 80 }]);
  const stream = bench.outside.call(8080);
  bench.pass();
  const [asked] = bench.heard();
  expect([...asked.subarray(38, 42)]).toEqual(GUEST);
  const peer = peerOn(bench, { ports: [80, 49153] });
  bench.card.send(arp(2, GUEST, GATEWAY));
  bench.pass();
  expect(peer.open).toBe(true);
  stream.events.data(bytesOf('knock'));
  peer.give(bytesOf('who?'));
  bench.pass();
  expect(textOf(peer.received)).toBe('knock');
  expect(stream.text).toBe('who?');
});

test('a forward to a guest that refuses, or is not there, hangs up', () => {
  const bench = workbench([{ hostPort: 8080, guestPort: 80 }]);
  const refused = bench.outside.call(8080);
  bench.card.send(arp(2, GUEST, GATEWAY));
  bench.pass();
  const { sequence } = readTcp(bench.heard().at(-1) ?? new Uint8Array());
  bench.say(tcp(GATEWAY, { ports: [80, 49153], sequence: 0, acknowledgement: sequence + 1, flags: RST | ACK }));
  expect(refused.destroyed).toBe(true);
  const unheard = bench.outside.call(8080);
  for (let round = 0; round < 200; round++) bench.pass(1000);
  expect(unheard.destroyed).toBe(true);
});

import { expect, test } from 'vitest';
import { arp, workbench } from './bench.ts';
import { GuestPeer } from './guest-peer.ts';
import { ascii, be16, GATEWAY, GUEST, hex, NAMES, readUdp, udp } from './packets.ts';

const A = 1;
const name = (text: string) => [...text.split('.').flatMap((label) => [label.length, ...ascii(label)]), 0];
const question = (text: string, type: number, kind = 1) => [...name(text), ...be16(type), ...be16(kind)];
const query = (asked: number[], flags = 0x0100, count = 1) => [
  0xab,
  0xcd,
  ...be16(flags),
  ...be16(count),
  0,
  0,
  0,
  0,
  0,
  0,
  ...asked,
];

function ask(bytes: number[], found?: readonly string[]) {
  const bench = workbench();
  bench.say(arp(1, GUEST, GATEWAY));
  const at = bench.say(udp(NAMES, [5353, 53], bytes));
  if (found) {
    expect(bench.network.openConversations).toBe(1);
    bench.outside.lookups[0].answer(found);
    bench.pass();
    expect(bench.network.openConversations).toBe(0);
  }
  const [frame] = [...at, ...bench.heard()];
  if (!frame) return null;
  const reply = readUdp(frame);
  expect(reply).toMatchObject({ from: NAMES, ports: [53, 5353] });
  return {
    bytes: reply.bytes,
    header: hex(reply.bytes.subarray(0, 12)),
    names: bench.outside.lookups.map((one) => one.name),
  };
}

test('an address is looked up outside, and the question comes back with the answer', () => {
  const asked = query(question('Example.com', A));
  const reply = ask(asked, ['93.184.216.34', '::1', '1.2.3.4']);
  expect(reply?.names).toEqual(['Example.com']);
  const record = (address: string) => `c00c000100010000003c0004${address}`;
  expect(hex(reply?.bytes ?? [])).toBe(
    `abcd81800001000200000000${hex(asked.slice(12))}${record('5db8d822')}${record('01020304')}`,
  );
});

test('a name nobody knows does not exist', () => {
  expect(ask(query(question('nowhere.invalid', A)), [])?.header).toBe('abcd81830001000000000000');
});

test('other records: the name may exist, the record does not', () => {
  for (const type of [12, 15, 16]) {
    expect(ask(query(question('example.com', type)))?.header).toBe('abcd81800001000000000000');
  }
});

test('IPv6: a name that has an IPv4 address exists and has no other, one that has none does not exist', () => {
  expect(ask(query(question('example.com', 28)), ['1.2.3.4'])?.header).toBe('abcd81800001000000000000');
  expect(ask(query(question('example.com', 28)), [])?.header).toBe('abcd81830001000000000000');
});

test('two questions about one name: asked outside once, answered in the order they came (busybox numbers both alike)', () => {
  const bench = workbench();
  for (const type of [A, 28]) bench.say(udp(NAMES, [5353, 53], query(question('localhost', type))));
  expect(bench.heard()).toEqual([]);
  expect(bench.network.openConversations).toBe(2);
  expect(bench.outside.lookups).toHaveLength(1);
  bench.outside.lookups[0].answer(['127.0.0.1']);
  bench.pass();
  const counts = bench.heard().map((frame) => readUdp(frame).bytes[7]);
  expect(counts).toEqual([1, 0]);
});

test('other classes and operations are not implemented, broken questions are said to be', () => {
  expect(ask(query(question('example.com', A, 3)))?.header).toBe('abcd81840001000000000000');
  expect(ask(query(question('example.com', A), 0x2800))?.header).toBe('abcda8840000000000000000');
  expect(ask(query(question('example.com', A), 0x0100, 2))?.header).toBe('abcd81810000000000000000');
  expect(ask(query([63, 1, 2]))?.header).toBe('abcd81810000000000000000');
  expect(ask(query([0xc0, 0x0c, 0, 1, 0, 1]))?.header).toBe('abcd81810000000000000000');
  expect(ask(query(new Array(300).fill(1)))?.header).toBe('abcd81810000000000000000');
  expect(ask(query([...name('example.com'), 0]))?.header).toBe('abcd81810000000000000000');
});

test('what is itself an answer, or no message at all, gets none', () => {
  expect(ask(query(question('example.com', A), 0x8180))).toBeNull();
  expect(ask([1, 2, 3])).toBeNull();
});

test('a name with letters no name has is not even asked for', () => {
  const reply = ask(query([3, 97, 0, 98, 0, ...be16(A), ...be16(1)]));
  expect(reply?.header).toBe('abcd81830001000000000000');
  expect(reply?.names).toEqual([]);
});

test('more addresses than fit into a datagram are cut, and the answer says so', () => {
  const many = Array.from({ length: 100 }, (_, index) => `10.1.1.${index}`);
  const reply = ask(query(question('example.com', A)), many);
  expect(reply?.bytes.length).toBeLessThanOrEqual(512);
  expect(reply?.bytes[2]).toBe(0x83);
});

test('look-ups under way are bounded, and a guest that is gone hears of none', () => {
  const bench = workbench();
  for (let index = 0; index < 100; index++) bench.say(udp(NAMES, [5353, 53], query(question(`n${index}.com`, A))));
  expect(bench.outside.lookups).toHaveLength(32);
  expect(bench.reports).toHaveLength(1);
  bench.network.reset();
  for (const { answer } of bench.outside.lookups) answer(['1.2.3.4']);
  bench.pass();
  expect(bench.heard()).toEqual([]);
  expect(bench.network.openConversations).toBe(0);
});

test('over TCP: two questions in one breath, two answers, then the end', () => {
  const bench = workbench();
  const peer = new GuestPeer({ to: NAMES, ports: [4000, 53], send: (frame) => bench.card.send(frame) });
  bench.card.onFrame = (frame) => {
    if (frame[23] === 6) peer.hear(frame);
  };
  peer.connect();
  bench.pass();
  const many = Array.from({ length: 100 }, (_, index) => `10.1.1.${index}`);
  const asked = query(question('example.com', A));
  const framed = [...be16(asked.length), ...asked];
  peer.give(Uint8Array.from([...framed, ...framed.slice(0, 9)]));
  bench.pass();
  peer.give(Uint8Array.from(framed.slice(9)));
  peer.end();
  bench.pass();
  expect(bench.outside.lookups).toHaveLength(1);
  for (const { answer } of bench.outside.lookups) answer(many);
  bench.pass();
  const length = asked.length + 100 * 16;
  expect(peer.received).toHaveLength(2 * (2 + length));
  expect(peer.received.slice(0, 2)).toEqual(be16(length));
  expect(peer.heardEnd).toBe(true);
  expect(bench.network.openConversations).toBe(0);
});

import { expect, test } from 'vitest';
import { arp, workbench } from './bench.ts';
import {
  ascii,
  BROADCAST_MAC,
  be16,
  ethernet,
  GATEWAY,
  GUEST,
  GUEST_MAC,
  hex,
  ip,
  NAMES,
  ROUTER_MAC,
  read,
  readUdp,
  sum16,
  udp,
  udpBody,
} from './packets.ts';

const ping = (body: readonly number[] = ascii('abcdefg')) => {
  const message = [8, 0, 0, 0, 0x12, 0x34, 0, 1, ...body];
  message.splice(2, 2, ...be16(~sum16(message) & 0xffff));
  return message;
};

test('ARP: the router answers for its two addresses, and for nobody else', () => {
  const bench = workbench();
  for (const owned of [GATEWAY, NAMES]) {
    const [reply] = bench.say(arp(1, GUEST, owned));
    const expected = [...GUEST_MAC, ...ROUTER_MAC, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, ...ROUTER_MAC, ...owned];
    expect(hex(reply)).toBe(hex([...expected, ...GUEST_MAC, ...GUEST]));
  }
  expect(bench.say(arp(1, GUEST, [10, 0, 2, 99]))).toEqual([]);
  expect(bench.say(arp(1, GUEST, GUEST))).toEqual([]);
  expect(bench.say(ethernet(0x0806, [0, 1, 8, 0, 6, 4, 0, 1]))).toEqual([]);
  expect(bench.network.drops['bad ARP']).toBe(1);
});

test('ping: both router addresses echo, options skipped and padding cut', () => {
  const bench = workbench();
  for (const to of [GATEWAY, NAMES]) {
    const asked = ip({ to, protocol: 1, options: [7, 3, 4, 0] }, ping());
    const [reply] = bench.say(Uint8Array.from([...asked, 0, 0, 0]));
    const { from, payload, mac } = read(reply);
    expect(from).toEqual(to);
    expect(mac).toEqual(GUEST_MAC);
    expect(payload[0]).toBe(0);
    expect(hex(payload.subarray(4))).toBe(hex(ping().slice(4)));
  }
});

test('ping beyond: politely prohibited, with the question quoted', () => {
  const bench = workbench();
  const [reply] = bench.say(ip({ to: [8, 8, 8, 8], protocol: 1 }, ping()));
  const { payload, from } = read(reply);
  expect(from).toEqual(GATEWAY);
  expect([...payload.subarray(0, 2)]).toEqual([3, 13]);
  expect(hex(payload.subarray(28))).toBe(hex(ping().slice(0, 8)));
});

test('nobody complains about a complaint', () => {
  const bench = workbench();
  const complaint = [3, 1, 0, 0, 0, 0, 0, 0];
  complaint.splice(2, 2, ...be16(~sum16(complaint) & 0xffff));
  expect(bench.say(ip({ to: [8, 8, 8, 8], protocol: 1 }, complaint))).toEqual([]);
});

test('an unknown protocol, a strange neighbour and a closed port are unreachable, each in its own way', () => {
  const bench = workbench();
  const codeOf = (frame: Uint8Array) => {
    const [reply] = bench.say(frame);
    return [...read(reply).payload.subarray(0, 2)];
  };
  expect(codeOf(ip({ protocol: 47 }, [1, 2, 3, 4]))).toEqual([3, 2]);
  expect(codeOf(udp([10, 0, 2, 77], [1000, 2000], [1]))).toEqual([3, 1]);
  expect(codeOf(udp([127, 0, 0, 1], [1000, 2000], [1]))).toEqual([3, 1]);
  expect(codeOf(udp(NAMES, [1000, 54], [1]))).toEqual([3, 3]);
  expect(bench.outside.sockets).toEqual([]);
});

test('broken and foreign frames are dropped by reason', () => {
  const bench = workbench();
  const good = ip({ protocol: 1 }, ping());
  const withByte = (at: number, value: number) => Uint8Array.from(good, (byte, index) => (index === at ? value : byte));
  bench.say(good.subarray(0, 13));
  bench.say(good.subarray(0, 30));
  bench.say(withByte(0, 0x50));
  bench.say(withByte(12, 0x86));
  bench.say(withByte(14, 0x65));
  bench.say(withByte(14, 0x44));
  bench.say(withByte(16, 0xff));
  bench.say(withByte(22, 63));
  bench.say(withByte(42, 0));
  bench.say(ip({ from: [10, 0, 3, 15], protocol: 1 }, ping()));
  bench.say(ip({ from: GATEWAY, protocol: 1 }, ping()));
  bench.say(ip({ to: [224, 0, 0, 251], protocol: 1, mac: BROADCAST_MAC }, ping()));
  expect(bench.heard()).toEqual([]);
  expect(bench.network.drops).toMatchObject({
    'frame too short': 1,
    'not for us': 1,
    'unknown ether type': 1,
    'bad IPv4 header': 4,
    'bad IPv4 checksum': 1,
    'bad ICMP': 1,
    'not a source of this network': 2,
    'broadcast or multicast': 1,
  });
});

test('UDP: the gateway is 127.0.0.1, others are themselves, and answers find back', () => {
  const bench = workbench();
  const { say, outside, heard } = bench;
  say(udp(GATEWAY, [5000, 6000], ascii('hello')), udp([9, 8, 7, 6], [5000, 7000], ascii('there')));
  expect(outside.sockets).toHaveLength(1);
  const [socket] = outside.sockets;
  expect(socket.sent.map(({ address, port }) => `${address}:${port}`)).toEqual(['127.0.0.1:6000', '9.8.7.6:7000']);
  expect(bench.network.openConversations).toBe(1);
  socket.receive('127.0.0.1', 6001, Uint8Array.from(ascii('from another port')));
  socket.receive('9.8.7.5', 7000, Uint8Array.from(ascii('from a stranger')));
  bench.pass();
  const answers = heard().map(readUdp);
  expect(answers).toHaveLength(1);
  expect(answers[0]).toMatchObject({ from: GATEWAY, to: GUEST, ports: [6001, 5000] });
  expect(hex(answers[0].bytes)).toBe(hex(ascii('from another port')));
  expect(bench.network.openConversations).toBe(0);
});

test('UDP: sockets are few, and given back after a minute of silence', () => {
  const bench = workbench();
  for (let port = 1; port <= 300; port++) bench.say(udp(GATEWAY, [port, 9], [1]));
  const open = () => bench.outside.sockets.filter(({ closed }) => !closed).length;
  expect(bench.outside.sockets).toHaveLength(300);
  expect(open()).toBeLessThanOrEqual(64);
  bench.pass(59_000);
  expect(open()).toBeGreaterThan(0);
  bench.pass(2_000);
  expect(open()).toBe(0);
});

test('a datagram too long for a frame comes in pieces, and goes in pieces, in any order', () => {
  const bench = workbench();
  const bytes = Array.from({ length: 4000 }, (_, index) => (index * 7) & 255);
  const body = udpBody(GUEST, GATEWAY, [5000, 6000], bytes);
  const piece = (from: number, to: number) =>
    ip({ protocol: 17, fragment: (from / 8) | (to < body.length ? 0x2000 : 0) }, body.slice(from, to));
  bench.say(piece(2960, body.length), piece(0, 1480), piece(1480, 2960));
  expect(hex(bench.outside.sockets[0].sent[0].bytes)).toBe(hex(bytes));

  bench.outside.sockets[0].receive('127.0.0.1', 6000, Uint8Array.from(bytes));
  bench.pass();
  const pieces = bench.heard().map(read);
  expect(pieces.map(({ fragment }) => fragment)).toEqual([0x2000, 0x2000 | 185, 370]);
  expect(new Set(pieces.map(({ id }) => id)).size).toBe(1);
  expect(hex(pieces.flatMap(({ payload }) => [...payload]).slice(8))).toBe(hex(bytes));
});

test('pieces that overlap, or end beyond the end, give the packet up', () => {
  const bench = workbench();
  const part = new Array(16).fill(1);
  bench.say(ip({ protocol: 17, fragment: 0x2000 }, part), ip({ protocol: 17, fragment: 0x2001 }, part));
  bench.say(ip({ protocol: 17, fragment: 1, id: 8 }, part), ip({ protocol: 17, fragment: 0x2004, id: 8 }, part));
  bench.say(ip({ protocol: 17, fragment: 0x1fff, id: 9 }, part));
  expect(bench.network.drops['fragment that does not fit']).toBe(3);
});

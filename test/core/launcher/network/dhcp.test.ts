import { expect, test } from 'vitest';
import { type Workbench, workbench } from './bench.ts';
import {
  BROADCAST_MAC,
  be16,
  be32,
  GATEWAY,
  GUEST,
  GUEST_MAC,
  hex,
  ip,
  NAMES,
  readUdp,
  udp,
  udpBody,
} from './packets.ts';

const NOBODY = [0, 0, 0, 0];
const EVERYONE = [255, 255, 255, 255];
const [DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM] = [1, 2, 3, 4, 5, 6, 7, 8];

interface Message {
  readonly type: number;
  readonly mac?: number[];
  readonly client?: number[];
  readonly flags?: number;
  readonly wanted?: number[];
  readonly server?: number[];
}

/** A message as udhcpc lays it out: hardware address, cookie, then the options it sends. */
function message({ type, mac = GUEST_MAC, client = NOBODY, flags = 0, wanted, server }: Message): number[] {
  const head = [1, 1, 6, 0, ...be32(0x12345678), 0, 0, ...be16(flags), ...client, ...NOBODY, ...NOBODY, ...NOBODY];
  const body = [...head, ...mac, ...new Array(10 + 64 + 128).fill(0), 0x63, 0x82, 0x53, 0x63, 53, 1, type];
  if (wanted) body.push(50, 4, ...wanted);
  if (server) body.push(54, 4, ...server);
  return [...body, 0, 55, 3, 1, 3, 6, 61, 7, 1, ...mac, 255];
}

function ask(bench: Workbench, what: Message) {
  const { client = NOBODY } = what;
  const [frame, ...more] = bench.say(udp(EVERYONE, [68, 67], message(what), client));
  expect(more).toEqual([]);
  if (!frame) return null;
  const reply = readUdp(frame);
  const options = new Map<number, string>();
  for (let at = 240; reply.bytes[at] !== 255; at += 2 + reply.bytes[at + 1]) {
    options.set(reply.bytes[at], hex(reply.bytes.subarray(at + 2, at + 2 + reply.bytes[at + 1])));
  }
  return { ...reply, options, type: Number(options.get(53)), yours: [...reply.bytes.subarray(16, 20)] };
}

test('discover, offer, request, acknowledge: address, mask, router, names and a lease', () => {
  const bench = workbench();
  const offer = ask(bench, { type: DISCOVER });
  expect(offer).toMatchObject({ type: OFFER, yours: GUEST, from: GATEWAY, to: GUEST, mac: GUEST_MAC, ports: [67, 68] });
  expect(hex(offer?.bytes.subarray(0, 8) ?? [])).toBe('0201060012345678');
  expect(hex(offer?.bytes.subarray(28, 34) ?? [])).toBe(hex(GUEST_MAC));
  const ack = ask(bench, { type: REQUEST, wanted: GUEST, server: GATEWAY });
  expect(ack).toMatchObject({ type: ACK, yours: GUEST });
  expect(Object.fromEntries(ack?.options ?? [])).toMatchObject({
    1: 'ffffff00',
    3: hex(GATEWAY),
    6: hex(NAMES),
    28: '0a0002ff',
    51: '00015180',
    54: hex(GATEWAY),
  });
});

test('a client that asks for broadcast gets it, one that has an address is answered there', () => {
  const bench = workbench();
  expect(ask(bench, { type: DISCOVER, flags: 0x8000 })).toMatchObject({ to: EVERYONE, mac: BROADCAST_MAC });
  expect(ask(bench, { type: REQUEST, client: GUEST })).toMatchObject({ type: ACK, to: GUEST, mac: GUEST_MAC });
});

test('a renewal straight to the gateway is answered too', () => {
  const bench = workbench();
  ask(bench, { type: DISCOVER });
  const [frame] = bench.say(udp(GATEWAY, [68, 67], message({ type: REQUEST, client: GUEST })));
  expect([...readUdp(frame).bytes.subarray(16, 20)]).toEqual(GUEST);
});

test('an address that is not to be had is refused, by broadcast', () => {
  const bench = workbench();
  const nak = ask(bench, { type: REQUEST, wanted: [192, 168, 1, 5] });
  expect(nak).toMatchObject({ type: NAK, yours: NOBODY, to: EVERYONE, mac: BROADCAST_MAC });
  expect(nak?.options.has(51)).toBe(false);
});

test('a request meant for another server is none of our business', () => {
  expect(ask(workbench(), { type: REQUEST, wanted: GUEST, server: [10, 0, 2, 9] })).toBeNull();
});

test('inform is answered without an address, release and decline with silence', () => {
  const bench = workbench();
  const informed = ask(bench, { type: INFORM, client: [10, 0, 2, 40] });
  expect(informed).toMatchObject({ type: ACK, yours: NOBODY, to: [10, 0, 2, 40] });
  expect(informed?.options.has(51)).toBe(false);
  expect(ask(bench, { type: RELEASE })).toBeNull();
  expect(ask(bench, { type: DECLINE })).toBeNull();
});

test('each card has its own address, keeps it, and may have the one it remembers', () => {
  const bench = workbench();
  const lastByte = (what: Partial<Message>) => ask(bench, { type: DISCOVER, ...what })?.yours[3];
  const mac = (last: number) => [2, 0, 0, 0, 0, last];
  expect(lastByte({ mac: mac(1) })).toBe(15);
  expect(lastByte({ mac: mac(2), wanted: [10, 0, 2, 20] })).toBe(20);
  expect(lastByte({ mac: mac(3), wanted: [10, 0, 2, 15] })).toBe(16);
  expect(lastByte({ mac: mac(1) })).toBe(15);
  for (let last = 4; last < 100; last++) expect(lastByte({ mac: mac(last) })).toBeLessThanOrEqual(30);
});

test('a forward follows the address the guest was given', () => {
  const bench = workbench([{ hostPort: 8080, guestPort: 80 }]);
  ask(bench, { type: REQUEST, wanted: [10, 0, 2, 22] });
  bench.outside.call(8080);
  bench.pass();
  const [asked] = bench.heard();
  expect([...asked.subarray(38, 42)]).toEqual([10, 0, 2, 22]);
});

test('messages that make no sense are counted, nothing else', () => {
  const bench = workbench();
  const good = message({ type: DISCOVER });
  const broken = [
    good.slice(0, 239),
    [...good.slice(0, 236), 0, 0, 0, 0, ...good.slice(240)],
    [2, ...good.slice(1)],
    [...good.slice(0, 240), 53],
    [...good.slice(0, 240), 53, 9, 1],
    [...good.slice(0, 240), 53, 1, 77, 255],
  ];
  for (const bytes of broken) {
    const body = udpBody(NOBODY, EVERYONE, [68, 67], bytes);
    expect(bench.say(ip({ from: NOBODY, to: EVERYONE, protocol: 17, mac: BROADCAST_MAC }, body))).toEqual([]);
  }
  expect(bench.network.drops['bad DHCP']).toBe(broken.length);
});

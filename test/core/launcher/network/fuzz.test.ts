import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arp, workbench } from './bench.ts';
import { ACK, ascii, be16, FIN, GATEWAY, GUEST, ip, NAMES, RST, SYN, sum16, tcp, udp, udpBody } from './packets.ts';

const EVERYONE = [255, 255, 255, 255];
const dhcp = [1, 1, 6, 0, 1, 2, 3, 4, ...new Array(228).fill(0), 0x63, 0x82, 0x53, 0x63, 53, 1, 1, 255];
const dns = [0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, ...ascii('abc'), 0, 0, 1, 0, 1];
const ports = [4000, 80] as const;

const wellFormed = [
  arp(1, GUEST, GATEWAY),
  ip({ protocol: 1 }, [8, 0, 0xf7, 0xff, 0, 0, 0, 0]),
  ip({ protocol: 17, fragment: 0x2000 }, udpBody(GUEST, GATEWAY, [1, 2], new Array(24).fill(3))),
  udp(EVERYONE, [68, 67], dhcp, [0, 0, 0, 0]),
  udp(NAMES, [5353, 53], dns),
  udp(GATEWAY, [5000, 6000], [1, 2, 3]),
  tcp(GATEWAY, { ports, sequence: 1, flags: SYN, options: [2, 4, 5, 0xb4, 1, 3, 3, 7] }),
  tcp(NAMES, { ports: [4000, 53], sequence: 1, flags: SYN }),
  tcp(NAMES, {
    ports: [4000, 53],
    sequence: 2,
    acknowledgement: 16777620,
    flags: ACK,
    bytes: [...be16(dns.length), ...dns],
  }),
  tcp(GATEWAY, { ports, sequence: 2, acknowledgement: 16777620, flags: ACK, bytes: [1, 2, 3] }),
  tcp(GATEWAY, { ports, sequence: 5, acknowledgement: 16777620, flags: ACK | FIN }),
  tcp(GATEWAY, { ports, sequence: 5, flags: RST }),
];

const at16 = (bytes: Uint8Array, at: number) => bytes[at] * 256 + bytes[at + 1];

/** Puts the checksums right again, as far as there is anything to put right: damage then reaches the inner layers. */
function sealed(frame: Uint8Array): Uint8Array {
  const headerBytes = (frame[14] & 15) * 4;
  if (frame.length < 34 || at16(frame, 12) !== 0x0800 || headerBytes < 20 || frame.length < 14 + headerBytes)
    return frame;
  const fix = (at: number, zeroFirst: () => number) => {
    if (at + 2 > frame.length) return;
    frame.set([0, 0], at);
    frame.set(be16(~zeroFirst() & 0xffff), at);
  };
  fix(24, () => sum16(frame.subarray(14, 14 + headerBytes)));
  const body = frame.subarray(14 + headerBytes, 14 + Math.max(headerBytes, at16(frame, 16)));
  const checksumAt = { 1: 2, 6: 16, 17: 6 }[frame[23]];
  if (checksumAt === undefined || body.length < checksumAt + 2) return frame;
  const pseudo = frame[23] === 1 ? [] : [...frame.subarray(26, 34), 0, frame[23], ...be16(body.length)];
  fix(14 + headerBytes + checksumAt, () => sum16([...pseudo, ...body]));
  return frame;
}

const mutated = fc
  .record({
    base: fc.constantFrom(...wellFormed),
    changes: fc.array(fc.tuple(fc.nat({ max: 120 }), fc.nat({ max: 255 })), { maxLength: 6 }),
    cut: fc.option(fc.nat({ max: 120 }), { freq: 4 }),
    seal: fc.boolean(),
  })
  .map(({ base, changes, cut, seal }) => {
    const frame = base.slice(0, cut ?? base.length);
    for (const [at, value] of changes) if (at < frame.length) frame[at] = value;
    return seal ? sealed(frame) : frame;
  });
const frames = fc.array(fc.oneof(mutated, mutated, fc.uint8Array({ maxLength: 80 })), { minLength: 1, maxLength: 60 });

test('no frame makes the router throw, and what it keeps stays bounded', () => {
  fc.assert(
    fc.property(frames, fc.nat({ max: 3000 }), (row, ms) => {
      const bench = workbench([{ hostPort: 8080, guestPort: 80 }]);
      bench.outside.call(8080);
      for (const [index, frame] of row.entries()) {
        bench.say(frame);
        if (index % 7 !== 0) continue;
        bench.pass(ms);
        for (const stream of bench.outside.streams) stream.events.connected();
        bench.outside.streams.at(-1)?.events.data(Uint8Array.of(1, 2, 3));
      }
      for (const { answer } of bench.outside.lookups) answer(['1.2.3.4']);
      bench.pass(1);
      expect(bench.network.openConversations).toBeLessThanOrEqual(128 + 64 + 32);
      expect(bench.outside.sockets.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(64);
      bench.network.reset();
      expect(bench.network.openConversations).toBe(0);
    }),
    { numRuns: 300 },
  );
}, 60_000);

test('mutations reach every layer: hardly a reason to drop is never given', () => {
  const reasons = new Set<string>();
  for (const row of fc.sample(frames, { numRuns: 300, seed: 3 })) {
    const bench = workbench();
    bench.say(...row);
    for (const [reason, count] of Object.entries(bench.network.drops)) if (count > 0) reasons.add(reason);
  }
  for (const reason of [
    'bad ARP',
    'bad IPv4 header',
    'bad IPv4 checksum',
    'bad ICMP',
    'bad UDP',
    'bad DHCP',
    'bad TCP',
  ]) {
    expect(reasons).toContain(reason);
  }
});

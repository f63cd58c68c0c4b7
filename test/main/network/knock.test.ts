/** From a socket of this computer to a card and back, through everything between: a guest of a few handmade frames. */

import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Arrivals } from '../../../main/arrivals.ts';
import type { AttachedDevice } from '../../../main/attached-device.ts';
import { openNet } from '../../../main/network/open-net.ts';
import { CardBench } from '../../core/launcher/devices/net/net-bench.ts';
import { freePort, until } from './loopback.ts';

const GUEST_MAC = [2, 0, 0, 0, 1, 1];
const GUEST_IP = [10, 0, 2, 15];
const ROUTER_IP = [10, 0, 2, 2];
const HEADER_BYTES = 10;
const arpRequest = [
  ...[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...GUEST_MAC, 0x08, 0x06],
  ...[0, 1, 8, 0, 6, 4, 0, 1, ...GUEST_MAC, ...GUEST_IP, 0, 0, 0, 0, 0, 0, ...ROUTER_IP],
];
const at = { type: 12, protocol: 23, sourcePort: 34, port: 36, sequence: 38, flags: 47 };
const flag = { syn: 2, resetAndAcknowledge: 0x14 };

let device: AttachedDevice | null = null;
afterEach(() => device?.close());

/** The one's complement sum, for the frames of this test. */
function checksum(bytes: readonly number[]): number[] {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 2) sum += bytes[index] * 256 + (bytes[index + 1] ?? 0);
  const folded = ~(sum % 0xffff) & 0xffff;
  return [folded >> 8, folded & 255];
}

/** What a closed port of the guest says to a SYN. */
function refusal(syn: Uint8Array): number[] {
  const [router, from, to] = [syn.slice(6, 12), syn.slice(at.port, at.port + 2), syn.slice(at.sourcePort, at.port)];
  const sequence = new DataView(syn.buffer, syn.byteOffset).getUint32(at.sequence) + 1;
  const acknowledgement = [24, 16, 8, 0].map((shift) => (sequence >>> shift) & 255);
  const segment = [...from, ...to, 0, 0, 0, 0, ...acknowledgement, 0x50, flag.resetAndAcknowledge, 0, 0, 0, 0, 0, 0];
  const [source, destination] = [GUEST_IP, [...syn.slice(26, 30)]];
  segment.splice(16, 2, ...checksum([...source, ...destination, 0, 6, 0, segment.length, ...segment]));
  const header = [0x45, 0, 0, 20 + segment.length, 0, 0, 0, 0, 64, 6, 0, 0, ...source, ...destination];
  header.splice(10, 2, ...checksum(header));
  return [...router, ...GUEST_MAC, 0x08, 0x00, ...header, ...segment];
}

it('lets a caller knock at the guest, and hear that nobody opens', async () => {
  const port = await freePort();
  const arrivals = new Arrivals();
  const place = { arrivals, hubs: new Map(), machineIndex: 0, cardIndex: 0, report: () => {} };
  device = await openNet({ to: 'user', forwards: [{ hostPort: port, guestPort: 80 }], mac: null }, place);
  const card = new CardBench(device.newModel());
  for (let count = 0; count < 16; count++) card.postBuffer(1526);
  let boardMs = 0;
  const frames = () => {
    device?.tick(boardMs++);
    return Array.from({ length: card.receiver.usedIndex }, (_, index) => card.received(index).subarray(HEADER_BYTES));
  };
  const send = (bytes: readonly number[]) => card.transmit([...new Uint8Array(HEADER_BYTES), ...bytes]);

  send(arpRequest);
  expect(frames().map((frame) => [...frame.subarray(at.type, at.type + 2)])).toEqual([[8, 6]]);
  arrivals.takeFresh();
  const caller = connect(port, '127.0.0.1').on('error', () => {});
  const closed = new Promise((resolve) => caller.once('close', resolve));
  caller.resume();
  const knock = () => frames().find((frame) => frame[at.protocol] === 6 && frame[at.flags] === flag.syn);
  await until(() => knock() !== undefined);
  expect(arrivals.takeFresh()).toBe(true);
  expect(device.awaitsOutside).toBe(true);
  const syn = knock()!; // the wait above saw it
  expect([...syn.subarray(at.port, at.port + 2)]).toEqual([0, 80]);
  send(refusal(syn));
  frames();
  await closed;
});

import { describe, expect, it } from 'vitest';
import { NetModel } from '../../../../../core/launcher/devices/net/model.ts';
import { CABLE_FRAMES } from '../../../../../core/launcher/network/cable.ts';
import { descriptorFlag } from '../../../../../core/launcher/ring-layout.ts';
import { NetBench } from './net-bench.ts';

const { write } = descriptorFlag;
const frame = (length: number, fill = 7) => new Uint8Array(length).fill(fill);

describe('the network card', () => {
  it('says its address, and that it says it', () => {
    const { model } = new NetBench();
    expect([...model.configuration]).toEqual([2, 0, 0, 0, 1, 1]);
    expect([...model.features]).toEqual([(1 << 5) | 1]);
  });

  it.each([
    ['legacy', false, 10],
    ['modern', true, 12],
  ])('sends a frame from behind a %s header', (_name, modern, headerBytes) => {
    const bench = new NetBench({ modern });
    bench.transmit([...new Uint8Array(headerBytes), ...frame(60)]);
    expect(bench.sent).toEqual([frame(60)]);
    expect(bench.transmitter.usedIndex).toBe(1);
    expect(bench.interrupts).toEqual(['transmit']);
  });

  it.each([
    ['legacy', false, 10],
    ['modern', true, 12],
  ])('hands on a frame behind a %s header', (_name, modern, headerBytes) => {
    const bench = new NetBench({ modern });
    bench.postBuffer(1526);
    bench.send(frame(60));
    expect(bench.received(0)).toEqual(new Uint8Array([...header(headerBytes), ...frame(60)]));
    expect(bench.interrupts).toEqual(['receive']);
  });

  it('lets frames wait until there is a buffer, in order', () => {
    const bench = new NetBench();
    for (let count = 0; count < 5; count++) bench.send(frame(60, count));
    expect(bench.interrupts).toEqual([]);
    expect(bench.wire.hasRoom()).toBe(false);
    for (let count = 0; count < 3; count++) bench.postBuffer(1526);
    bench.kickReceive();
    expect(bench.interrupts).toContain('receive');
    expect(bench.receiver.usedIndex).toBe(3);
    bench.postBuffer(1526);
    bench.postBuffer(1526);
    bench.kickReceive();
    expect([0, 1, 2, 3, 4].map((index) => bench.received(index).at(-1))).toEqual([0, 1, 2, 3, 4]);
    expect(bench.wire.hasRoom()).toBe(true);
  });

  it('keeps no more than a cable and a frame for a guest that fetches nothing', () => {
    const bench = new NetBench();
    for (let count = 0; count < 1000; count++) bench.send(frame(1514));
    expect(bench.far.otherEndHasRoom).toBe(false);
    for (let round = 0; round < 4; round++) {
      for (let count = 0; count < 256; count++) bench.postBuffer(1526);
      bench.kickReceive();
    }
    expect(bench.receiver.usedIndex).toBe(CABLE_FRAMES + 1);
    expect(bench.far.otherEndHasRoom).toBe(true);
  });

  it('leaves what the other end has no room for in the ring', () => {
    const bench = new NetBench();
    let room = false;
    bench.far.hasRoom = () => room;
    for (let count = 0; count < CABLE_FRAMES + 100; count++) bench.transmit([...new Uint8Array(10), ...frame(60)]);
    expect(bench.transmitter.usedIndex).toBe(CABLE_FRAMES);
    room = true;
    bench.model.resume();
    expect(bench.sent.length).toBe(CABLE_FRAMES + 100);
    expect(bench.transmitter.usedIndex).toBe(CABLE_FRAMES + 100);
  });

  it('hears the answer to what it sends at once', () => {
    const bench = new NetBench();
    bench.postBuffer(1526);
    bench.onSent = () => bench.far.send(frame(60, 9));
    bench.transmit([...new Uint8Array(10), ...frame(60)]);
    expect(bench.received(0).at(-1)).toBe(9);
    expect(bench.interrupts.toSorted()).toEqual(['receive', 'transmit']);
  });

  it('hears nothing while there are no queues, and forgets what waited at a reset', () => {
    const bench = new NetBench();
    bench.send(frame(60, 1));
    bench.disconnect();
    bench.send(frame(60, 2));
    bench.model.onKick(0);
    bench.model.onKick(1);
    bench.model.resume();
    bench.connect();
    bench.postBuffer(1526);
    bench.kickReceive();
    expect(bench.receiver.usedIndex).toBe(0);
    bench.send(frame(60, 3));
    expect(bench.received(0).at(-1)).toBe(3);
  });

  it('leaves the wire to the model of the next life', () => {
    const bench = new NetBench();
    const next = new NetModel({
      mac: new Uint8Array(6),
      wire: bench.wire,
      report: () => {},
      toRouter: false,
    });
    bench.postBuffer(1526);
    bench.send(frame(60));
    expect(bench.receiver.usedIndex).toBe(0);
    expect(next.name).toBe('net');
  });
});

describe('a network card that is left some of the work', () => {
  /** Header fields from byte 0: flags, segmentation, header length, segment size, checksum start and offset. */
  const asking = (start: number, offset: number) => [
    1,
    0,
    0,
    0,
    0,
    0,
    start & 255,
    start >> 8,
    offset & 255,
    offset >> 8,
  ];

  it('fills in a checksum from where it is told', () => {
    const bench = new NetBench();
    // As of RFC 1071 §3: the words 0001 f203 f4f5 f6f7 sum up to ddf2.
    const words = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
    bench.transmit([...asking(20, 8), ...frame(20), ...words, 0, 0]);
    expect([...bench.sent[0].subarray(20)]).toEqual([...words, 0x22, 0x0d]);
  });

  it('counts an odd byte, and what the driver left in the checksum itself', () => {
    const bench = new NetBench();
    bench.transmit([...asking(14, 0), ...frame(14), 0x10, 0x00, 0x01]);
    expect([...bench.sent[0].subarray(14)]).toEqual([0xee, 0xff, 0x01]);
  });

  it('never leaves a checksum out', () => {
    const bench = new NetBench();
    bench.transmit([...asking(14, 2), ...frame(14), 0xff, 0xff, 0x00, 0x00]);
    expect([...bench.sent[0].subarray(16)]).toEqual([0xff, 0xff]);
  });

  it.each([
    [59, 0],
    [0, 59],
    [0xffff, 0xffff],
  ])('drops a frame whose checksum from %i at %i is not in it', (start, offset) => {
    const bench = new NetBench();
    bench.transmit([...asking(start, offset), ...frame(60)]);
    expect(bench.sent).toEqual([]);
    expect(bench.reports).toEqual([expect.stringContaining('checksum')]);
  });

  it('vouches for what comes from the router, to a driver that asks', () => {
    const guestChecksum = 1;
    const bench = new NetBench({ toRouter: true, accepts: [guestChecksum] });
    bench.postBuffer(1526);
    bench.send(frame(60));
    expect([...bench.received(0).subarray(0, 10)]).toEqual([2, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('takes large segments where it offered to, and where the driver knows', () => {
    const largeSegments = 11;
    const segment = [...new Uint8Array(10), ...new Uint8Array(14 + 0xffff)];
    const offered = new NetBench({ toRouter: true });
    expect([...offered.model.features]).toEqual([0b100011, 0b1000]);
    offered.transmit(segment);
    expect(offered.sent).toEqual([]);
    const accepted = new NetBench({ toRouter: true, accepts: [largeSegments] });
    accepted.transmit(segment);
    accepted.transmit([...segment, 0]);
    expect(accepted.sent.map(({ length }) => length)).toEqual([14 + 0xffff]);
  });
});

describe('a network card given nonsense', () => {
  it('drops a frame that does not fit its buffer, and goes on', () => {
    const bench = new NetBench();
    bench.postBuffer(69);
    bench.postBuffer(70);
    bench.send(frame(60, 1));
    bench.send(frame(60, 2));
    expect(bench.receiver.used(0)).toEqual({ id: 0, length: 0 });
    expect(bench.received(1).at(-1)).toBe(2);
    expect(bench.reports).toEqual([expect.stringContaining('a buffer of 69 bytes for a frame of 70')]);
  });

  it('does not write where it may only read, nor send what it may only write', () => {
    const bench = new NetBench();
    bench.receiver.chain(0, [{ at: bench.buffer(0), length: 100 }]);
    bench.receiver.offer(0);
    bench.send(frame(60));
    expect(bench.memory.bytes.subarray(bench.buffer(0), bench.buffer(0) + 100).every((byte) => byte === 0)).toBe(true);
    bench.transmitter.chain(0, [{ at: bench.buffer(0), length: 100, flags: write }]);
    bench.transmitter.offer(0);
    bench.model.onKick(1);
    expect(bench.sent).toEqual([]);
    expect(bench.transmitter.usedIndex).toBe(1);
    expect(bench.reports.length).toBe(2);
  });

  it.each([0, 9, 10, 23, 1529, 65_000])('drops a chain of %i bytes to send', (length) => {
    const bench = new NetBench();
    bench.transmit(new Array(length).fill(0));
    expect(bench.sent).toEqual([]);
    expect(bench.transmitter.usedIndex).toBe(1);
  });

  it('complains once of each kind', () => {
    const bench = new NetBench();
    for (let length = 0; length < 20; length++) bench.transmit(new Array(length).fill(0));
    for (let length = 2000; length < 2020; length++) bench.transmit(new Array(length).fill(0));
    expect(bench.reports.length).toBe(2);
  });

  it('sends no more than a ring of frames for one kick', () => {
    const bench = new NetBench();
    bench.transmitter.chain(0, [{ at: bench.buffer(0), length: 70 }]);
    for (let count = 0; count < 256; count++) bench.transmitter.offer(0);
    bench.onSent = () => bench.transmitter.offer(0);
    bench.model.onKick(1);
    expect(bench.sent.length).toBe(256);
  });
});

/** What precedes a received frame: zeroes, and in the long form the number of buffers. */
function header(bytes: number): number[] {
  const header: number[] = new Array(bytes).fill(0);
  if (bytes === 12) header[10] = 1;
  return header;
}

/**
 * The network card: queue 0 carries frames to the guest, queue 1 frames from it (virtio 1.0 §5.1).  At its back is one
 * end of a wire, and what lies beyond is none of its business.  It keeps no clock, and no more than one frame: those
 * behind it wait in the cable, which has an end.
 */

import type { WireEnd } from '../../network/wire.ts';
import { bytesIn, type Chain, type Virtqueue } from '../../virtqueue.ts';
import { type DeviceLink, type DeviceModel, deviceType } from '../model.ts';
import { fillChecksum, LONG_HEADER_BYTES, netFeature, receiveHeader, SHORT_HEADER_BYTES } from './header.ts';

const RECEIVE = 0;
const TRANSMIT = 1;
const QUEUE_ENTRIES = 256;
export const MAC_BYTES = 6;
/** Destination, source and type; less is no frame. */
const ETHERNET_HEADER_BYTES = 14;
/** With a VLAN tag and 1500 bytes of payload. */
const LARGEST_FRAME = ETHERNET_HEADER_BYTES + 4 + 1500;
/** As much as IPv4 can say. */
const LARGEST_SEGMENT = ETHERNET_HEADER_BYTES + 0xffff;
/** Enough for the largest segment and its headers. */
const LARGEST_CHAIN = 128 * 1024;

export interface NetOptions {
  /** Six bytes. */
  readonly mac: Uint8Array;
  readonly wire: WireEnd;
  /** Hears each kind of complaint once. */
  readonly report: (sentence: string) => void;
  /**
   * Whether the wire leads to the router of our own process and nowhere else.  It takes TCP segments of up to 64 KiB in
   * one frame, which no Ethernet would carry, and whatever it sends is undamaged: that spares the guest much work.
   */
  readonly toRouter: boolean;
}

export class NetModel implements DeviceModel {
  readonly name = 'net';
  readonly type = deviceType.net;
  readonly queueSizes = [QUEUE_ENTRIES, QUEUE_ENTRIES];
  readonly largestChain = LARGEST_CHAIN;
  readonly features: Uint8Array;
  readonly configuration: Uint8Array;
  private readonly wire: WireEnd;
  private readonly report: (sentence: string) => void;
  private readonly reported = new Set<string>();
  private queues: readonly Virtqueue[] = [];
  private link: DeviceLink | null = null;
  /** A frame the guest had no buffer for. */
  private waiting: Uint8Array | null = null;

  constructor({ mac, wire, report, toRouter }: NetOptions) {
    this.configuration = mac.slice(0, MAC_BYTES);
    const { checksum, guestChecksum, largeSegments } = netFeature;
    this.features = featureBytes([netFeature.mac, checksum, ...(toRouter ? [guestChecksum, largeSegments] : [])]);
    this.wire = wire;
    this.report = report;
    wire.onFrame = (frame) => this.receive(frame);
    wire.hasRoom = () => this.waiting === null;
  }

  connect(queues: readonly Virtqueue[], link: DeviceLink): void {
    this.queues = queues;
    this.link = link;
    this.waiting = null;
  }

  onKick(queue: number): void {
    if (queue === TRANSMIT) this.transmit();
    if (queue === RECEIVE) this.fetch();
  }

  /** Goes on with what had to wait because the other end had no room. Called between slices. */
  resume(): void {
    this.transmit();
  }

  // @journey drivers/network-card  Frames come when they come
  // Receiving is the awkward half of a network card: frames come when they come, and may only be put where the guest has
  // left buffers.  The first that finds none waits here, those behind it wait in the cable, and beyond the cable's end
  // they fall on the floor, as they do with any card; the protocols above were built for that.
  private receive(frame: Uint8Array): void {
    const queue = this.queues[RECEIVE];
    // Nobody is at home before the driver is ready.
    if (queue === undefined) return;
    const chain = queue.take();
    if (chain === null) {
      this.waiting = frame;
      return;
    }
    this.waiting = null;
    queue.finish(chain, this.fill(queue, chain, frame));
    // A flag is raised once however often it is raised: all frames of a batch are one interrupt to the guest.
    queue.interrupt();
  }

  /** The guest left buffers: first for the frame at the door, then for those in the cable. */
  private fetch(): void {
    if (this.waiting !== null) this.receive(this.waiting);
    this.wire.deliver();
  }
  // @end

  /** Bytes written: none if the buffer cannot hold the frame, which is dropped then. */
  private fill(queue: Virtqueue, chain: Chain, frame: Uint8Array): number {
    const headerBytes = this.headerBytes;
    const room = bytesIn(chain.writable);
    if (chain.readable.length > 0) return this.refuse('a buffer for receiving that it may not be written to');
    if (room < headerBytes + frame.length) {
      return this.refuse(`a buffer of ${room} bytes for a frame of ${headerBytes + frame.length}`);
    }
    const bytes = new Uint8Array(headerBytes + frame.length);
    bytes.set(receiveHeader(headerBytes, this.link?.accepted(netFeature.guestChecksum) ?? false));
    bytes.set(frame, headerBytes);
    return queue.write(chain, bytes);
  }

  /** At most one ring's worth per kick, and no more than the cable has room for; answers may come at once. */
  private transmit(): void {
    const queue = this.queues[TRANSMIT];
    if (queue === undefined) return;
    let served = 0;
    for (let taken = -1; taken !== 0; served += taken) {
      this.wire.deliver();
      taken = this.fillCable(queue, queue.size - served);
    }
    if (served > 0) queue.interrupt();
  }

  /** Takes up to `most` chains as long as their frames find room; returns how many it took. */
  private fillCable(queue: Virtqueue, most: number): number {
    for (let taken = 0; taken < most; taken++) {
      const chain = this.wire.otherEndHasRoom ? queue.take() : null;
      if (chain === null) return taken;
      const frame = this.frameOf(queue, chain);
      queue.finish(chain, 0);
      if (frame !== null) this.wire.send(frame);
    }
    return most;
  }

  private frameOf(queue: Virtqueue, chain: Chain): Uint8Array | null {
    const { headerBytes } = this;
    const length = bytesIn(chain.readable) - headerBytes;
    const most = this.link?.accepted(netFeature.largeSegments) ? LARGEST_SEGMENT : LARGEST_FRAME;
    if (chain.writable.length > 0) this.refuse('a frame to send in a buffer to write to');
    else if (length < ETHERNET_HEADER_BYTES) this.refuse('a frame too short for its own header');
    else if (length > most) this.refuse(`a frame of ${length} bytes`);
    else {
      const bytes = queue.read(chain);
      const frame = bytes.subarray(headerBytes);
      if (fillChecksum(bytes.subarray(0, headerBytes), frame)) return frame;
      this.refuse('a frame whose checksum lies outside of it');
    }
    return null;
  }

  private get headerBytes(): number {
    return this.link?.modern ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES;
  }

  /** Says once what kind of thing was wrong. Returns the bytes written: none. */
  private refuse(what: string): 0 {
    const kind = what.replaceAll(/[0-9]+/g, '#');
    if (!this.reported.has(kind)) this.report(`its network card was given ${what}, and drops such frames`);
    this.reported.add(kind);
    return 0;
  }
}

function featureBytes(features: readonly number[]): Uint8Array {
  const bytes = new Uint8Array((Math.max(...features) >> 3) + 1);
  for (const feature of features) bytes[feature >> 3] |= 1 << (feature & 7);
  return bytes;
}

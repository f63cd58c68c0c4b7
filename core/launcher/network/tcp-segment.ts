/**
 * TCP segments (RFC 793 §3.1; window scale: RFC 7323 §2).
 *
 *      0        2             4          8                 12       13      14       16         18       20
 *      | source | destination | sequence | acknowledgement | length | flags | window | checksum | urgent | options … | payload …
 */

import { read16, read32, write16, write32 } from './byte-order.ts';
import { addWords, checksumOf, isIntact, pseudoHeaderSum } from './checksum.ts';
import { LARGEST_PAYLOAD, newPacket, PAYLOAD_AT, type Packet, protocol } from './ipv4.ts';
import { advance } from './tcp-sequence.ts';
import type { Endpoint } from './udp.ts';

const at = {
  source: 0,
  destination: 2,
  sequence: 4,
  acknowledgement: 8,
  length: 12,
  flags: 13,
  window: 14,
  checksum: 16,
} as const;
const TCP_HEADER_BYTES = 20;
const WORD_BYTES = 4;

export const tcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;
const option = { end: 0, nothing: 1, segmentSize: 2, windowScale: 3 } as const;
const SEGMENT_SIZE_BYTES = 4;
const WINDOW_SCALE_BYTES = 3;
/** RFC 7323 §2.3: more counts as this. */
const LARGEST_SHIFT = 14;

/** What one segment carries in a frame of full length. */
export const LARGEST_SEGMENT = LARGEST_PAYLOAD - TCP_HEADER_BYTES;
/** What a guest gets that does not say (RFC 1122 §4.2.2.6), and the least anybody gets: frames of one byte help nobody. */
const DEFAULT_SEGMENT = 536;
const LEAST_SEGMENT = 64;

export interface Segment {
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  /** As it stands in the header, not yet scaled. */
  readonly window: number;
  readonly payload: Uint8Array;
  /** Only a SYN has these. */
  readonly segmentSize: number | null;
  readonly windowShift: number | null;
}

export function hasFlag({ flags }: Segment, flag: number): boolean {
  return (flags & flag) !== 0;
}

/** Bytes of payload to put into one segment for who sent this SYN. */
export function agreedSegmentBytes({ segmentSize }: Segment): number {
  return Math.max(LEAST_SEGMENT, Math.min(LARGEST_SEGMENT, segmentSize ?? DEFAULT_SEGMENT));
}

/** Sequence numbers a segment takes up. */
export function sequenceLength(segment: Segment): number {
  return segment.payload.length + (hasFlag(segment, tcpFlag.syn) ? 1 : 0) + (hasFlag(segment, tcpFlag.fin) ? 1 : 0);
}

/** Reads a packet's segment and its two ports; null if it is damaged. */
export function parseTcp(packet: Packet): { source: number; destination: number; segment: Segment } | null {
  const { payload: bytes } = packet;
  if (bytes.length < TCP_HEADER_BYTES) return null;
  const headerBytes = (bytes[at.length] >>> 4) * WORD_BYTES;
  if (headerBytes < TCP_HEADER_BYTES || headerBytes > bytes.length) return null;
  const pseudo = pseudoHeaderSum(packet.source, packet.destination, protocol.tcp, bytes.length);
  if (!isIntact(addWords(pseudo, bytes, 0, bytes.length))) return null;
  const flags = bytes[at.flags];
  const isSyn = (flags & tcpFlag.syn) !== 0;
  const options = isSyn ? parseOptions(bytes.subarray(TCP_HEADER_BYTES, headerBytes)) : NO_OPTIONS;
  const segment = {
    sequence: read32(bytes, at.sequence),
    acknowledgement: read32(bytes, at.acknowledgement),
    flags,
    window: read16(bytes, at.window),
    payload: bytes.subarray(headerBytes),
    ...options,
  };
  return { source: read16(bytes, at.source), destination: read16(bytes, at.destination), segment };
}

const NO_OPTIONS = { segmentSize: null, windowShift: null } as const;

/** Each step moves on by at least one byte, so the loop ends; an option that runs over the end ends it too. */
function parseOptions(bytes: Uint8Array): { segmentSize: number | null; windowShift: number | null } {
  let [segmentSize, windowShift]: (number | null)[] = [null, null];
  let position = 0;
  while (position < bytes.length && bytes[position] !== option.end) {
    if (bytes[position] === option.nothing) {
      position++;
      continue;
    }
    const length = bytes[position + 1] ?? 0;
    if (length < 2 || position + length > bytes.length) break;
    if (bytes[position] === option.segmentSize && length === SEGMENT_SIZE_BYTES)
      segmentSize = read16(bytes, position + 2);
    if (bytes[position] === option.windowScale && length === WINDOW_SCALE_BYTES) {
      windowShift = Math.min(bytes[position + 2], LARGEST_SHIFT);
    }
    position += length;
  }
  return { segmentSize, windowShift };
}

/** The options of a SYN of ours, padded to whole words. */
export function synOptions(segmentSize: number, windowShift: number | null): Uint8Array {
  const size = [option.segmentSize, SEGMENT_SIZE_BYTES, segmentSize >>> 8, segmentSize & 255];
  const scale = windowShift === null ? [] : [option.nothing, option.windowScale, WINDOW_SCALE_BYTES, windowShift];
  return Uint8Array.of(...size, ...scale);
}

export interface Outgoing {
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly window: number;
  readonly options?: Uint8Array;
}

/** A frame with a segment; `fill` writes so many bytes of payload. */
export function tcpPacket(
  [from, to]: readonly [Endpoint, Endpoint],
  header: Outgoing,
  payloadBytes = 0,
  fill: (payload: Uint8Array) => void = () => {},
): Uint8Array {
  const headerBytes = TCP_HEADER_BYTES + (header.options?.length ?? 0);
  const length = headerBytes + payloadBytes;
  const frame = newPacket(protocol.tcp, from.address, to.address, length);
  const body = frame.subarray(PAYLOAD_AT);
  write16(body, at.source, from.port);
  write16(body, at.destination, to.port);
  write32(body, at.sequence, header.sequence);
  write32(body, at.acknowledgement, header.acknowledgement);
  body[at.length] = (headerBytes / WORD_BYTES) << 4;
  body[at.flags] = header.flags;
  write16(body, at.window, header.window);
  if (header.options) body.set(header.options, TCP_HEADER_BYTES);
  fill(body.subarray(headerBytes));
  const pseudo = pseudoHeaderSum(from.address, to.address, protocol.tcp, length);
  write16(body, at.checksum, checksumOf(addWords(pseudo, body, 0, length)));
  return frame;
}

/** The answer to a segment that belongs to no connection (RFC 793 §3.4); null for one that is itself a reset. */
export function resetFor([from, to]: readonly [Endpoint, Endpoint], segment: Segment): Uint8Array | null {
  if (hasFlag(segment, tcpFlag.rst)) return null;
  const acknowledges = hasFlag(segment, tcpFlag.ack);
  return tcpPacket([from, to], {
    sequence: acknowledges ? segment.acknowledgement : 0,
    acknowledgement: acknowledges ? 0 : advance(segment.sequence, sequenceLength(segment)),
    flags: acknowledges ? tcpFlag.rst : tcpFlag.rst | tcpFlag.ack,
    window: 0,
  });
}

/**
 * IPv4 (RFC 791).  Headers going in are checked and their options skipped; headers going out have none.
 *
 *      0              2        4     6        8     9          10         12       16
 *      | version, ihl | length | id  | offset | ttl | protocol | checksum | source | destination | options … | payload …
 */

import { MTU, ROUTER_MAC } from './addresses.ts';
import { read16, read32, write16, write32 } from './byte-order.ts';
import { addWords, checksumOf, isIntact } from './checksum.ts';
import type { DropReason } from './drops.ts';
import { ETHERNET_HEADER_BYTES, etherType, MAC_BYTES, writeEthernet } from './ethernet.ts';

const at = {
  version: 0,
  length: 2,
  id: 4,
  fragment: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
};
export const IPV4_HEADER_BYTES = 20;
const VERSION_4 = 4;
const WORD_BYTES = 4;
const TIME_TO_LIVE = 64;
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_UNITS = 0x1fff;
export const FRAGMENT_UNIT_BYTES = 8;

export const protocol = { icmp: 1, tcp: 6, udp: 17 } as const;

/** Where a packet of ours has its payload, counted from the start of the frame. */
export const PAYLOAD_AT = ETHERNET_HEADER_BYTES + IPV4_HEADER_BYTES;
export const LARGEST_PAYLOAD = MTU - IPV4_HEADER_BYTES;

export interface Packet {
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly payload: Uint8Array;
  /** The header with its options, to be quoted in complaints. */
  readonly header: Uint8Array;
  readonly fragment: { readonly id: number; readonly offset: number; readonly more: boolean } | null;
}

/** Reads what follows the Ethernet header, padding cut off. */
export function parseIpv4(bytes: Uint8Array): Packet | DropReason {
  if (bytes.length < IPV4_HEADER_BYTES || bytes[at.version] >>> 4 !== VERSION_4) return 'bad IPv4 header';
  const headerBytes = (bytes[at.version] & 15) * WORD_BYTES;
  const length = read16(bytes, at.length);
  if (headerBytes < IPV4_HEADER_BYTES || length < headerBytes || length > bytes.length) return 'bad IPv4 header';
  if (!isIntact(addWords(0, bytes, 0, headerBytes))) return 'bad IPv4 checksum';
  const flags = read16(bytes, at.fragment);
  const [more, offset] = [(flags & MORE_FRAGMENTS) !== 0, (flags & FRAGMENT_UNITS) * FRAGMENT_UNIT_BYTES];
  return {
    source: read32(bytes, at.source),
    destination: read32(bytes, at.destination),
    protocol: bytes[at.protocol],
    payload: bytes.subarray(headerBytes, length),
    header: bytes.subarray(0, headerBytes),
    fragment: more || offset > 0 ? { id: read16(bytes, at.id), offset, more } : null,
  };
}

/** A frame with room for so many bytes of payload at PAYLOAD_AT, complete but for its destination on the Ethernet. */
export function newPacket(
  protocolNumber: number,
  source: number,
  destination: number,
  payloadBytes: number,
): Uint8Array {
  const frame = new Uint8Array(PAYLOAD_AT + payloadBytes);
  writeEthernet(frame, NOBODY, ROUTER_MAC, etherType.ipv4);
  const header = frame.subarray(ETHERNET_HEADER_BYTES, PAYLOAD_AT);
  header[at.version] = (VERSION_4 << 4) | (IPV4_HEADER_BYTES / WORD_BYTES);
  write16(header, at.length, IPV4_HEADER_BYTES + payloadBytes);
  header[at.ttl] = TIME_TO_LIVE;
  header[at.protocol] = protocolNumber;
  write32(header, at.source, source);
  write32(header, at.destination, destination);
  seal(header);
  return frame;
}

const NOBODY = new Uint8Array(MAC_BYTES);

function seal(header: Uint8Array): void {
  write16(header, at.checksum, 0);
  write16(header, at.checksum, checksumOf(addWords(0, header, 0, IPV4_HEADER_BYTES)));
}

/** Whom a frame made by `newPacket` is for. */
export function packetDestination(frame: Uint8Array): number {
  return read32(frame, ETHERNET_HEADER_BYTES + at.destination);
}

/** The frame itself, or as many as it takes: each piece but the last is a multiple of eight bytes long. */
export function fragmented(frame: Uint8Array, id: number): readonly Uint8Array[] {
  const payloadBytes = frame.length - PAYLOAD_AT;
  if (payloadBytes <= LARGEST_PAYLOAD) return [frame];
  const step = LARGEST_PAYLOAD - (LARGEST_PAYLOAD % FRAGMENT_UNIT_BYTES);
  const pieces: Uint8Array[] = [];
  for (let offset = 0; offset < payloadBytes; offset += step) {
    const bytes = Math.min(step, payloadBytes - offset);
    const piece = new Uint8Array(PAYLOAD_AT + bytes);
    piece.set(frame.subarray(0, PAYLOAD_AT));
    piece.set(frame.subarray(PAYLOAD_AT + offset, PAYLOAD_AT + offset + bytes), PAYLOAD_AT);
    const header = piece.subarray(ETHERNET_HEADER_BYTES, PAYLOAD_AT);
    write16(header, at.length, IPV4_HEADER_BYTES + bytes);
    write16(header, at.id, id & 0xffff);
    write16(header, at.fragment, (offset + bytes < payloadBytes ? MORE_FRAGMENTS : 0) | (offset / FRAGMENT_UNIT_BYTES));
    seal(header);
    pieces.push(piece);
  }
  return pieces;
}

/**
 * UDP (RFC 768).
 *
 *      0        2             4        6          8
 *      | source | destination | length | checksum | payload …
 */

import { read16, write16 } from './byte-order.ts';
import { addWords, checksumOf, isIntact, isLeftOut, pseudoHeaderSum } from './checksum.ts';
import { newPacket, PAYLOAD_AT, type Packet, protocol } from './ipv4.ts';

const at = { source: 0, destination: 2, length: 4, checksum: 6 } as const;
const UDP_HEADER_BYTES = 8;
/** What fits into an IPv4 packet, in pieces if need be. */
export const LARGEST_DATAGRAM = 65507;
const ALL_ONES = 0xffff;

export interface Datagram {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly bytes: Uint8Array;
}

export function parseUdp({ source, destination, payload }: Packet): Datagram | null {
  if (payload.length < UDP_HEADER_BYTES) return null;
  const length = read16(payload, at.length);
  if (length < UDP_HEADER_BYTES || length > payload.length) return null;
  const sum = addWords(pseudoHeaderSum(source, destination, protocol.udp, length), payload, 0, length);
  if (!isLeftOut(payload, at.checksum) && !isIntact(sum)) return null;
  return {
    sourcePort: read16(payload, at.source),
    destinationPort: read16(payload, at.destination),
    bytes: payload.subarray(UDP_HEADER_BYTES, length),
  };
}

/** An address and a port there. */
export interface Endpoint {
  readonly address: number;
  readonly port: number;
}

/** A frame, perhaps longer than the cable takes at once. Precondition: at most LARGEST_DATAGRAM bytes. */
export function udpPacket(from: Endpoint, to: Endpoint, bytes: Uint8Array): Uint8Array {
  const length = UDP_HEADER_BYTES + bytes.length;
  const frame = newPacket(protocol.udp, from.address, to.address, length);
  const body = frame.subarray(PAYLOAD_AT);
  write16(body, at.source, from.port);
  write16(body, at.destination, to.port);
  write16(body, at.length, length);
  body.set(bytes, UDP_HEADER_BYTES);
  const sum = addWords(pseudoHeaderSum(from.address, to.address, protocol.udp, length), body, 0, length);
  // Zero would mean that there is no checksum.
  write16(body, at.checksum, checksumOf(sum) || ALL_ONES);
  return frame;
}

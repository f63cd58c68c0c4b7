/**
 * ICMP (RFC 792): the router answers when it is pinged, and says politely when something leads nowhere.
 *
 *      0      1      2          4
 *      | type | code | checksum | four bytes, then what the type says
 */

import { write16 } from './byte-order.ts';
import { addWords, checksumOf, isIntact } from './checksum.ts';
import { newPacket, PAYLOAD_AT, type Packet, protocol } from './ipv4.ts';

const at = { type: 0, code: 1, checksum: 2, body: 8 } as const;
const ICMP_HEADER_BYTES = 8;
const icmpType = { echoReply: 0, unreachable: 3, echoRequest: 8 } as const;
/** How much of a packet's payload a complaint quotes. */
const QUOTED_BYTES = 8;

export const unreachable = { host: 1, protocol: 2, port: 3, prohibited: 13 } as const;
export type Unreachable = (typeof unreachable)[keyof typeof unreachable];

/** Whether the packet asks for an echo, asks for nothing, or is broken. */
export function icmpAsks({ payload }: Packet): 'echo' | 'nothing' | 'bad ICMP' {
  if (payload.length < ICMP_HEADER_BYTES || !isIntact(addWords(0, payload, 0, payload.length))) return 'bad ICMP';
  return payload[at.type] === icmpType.echoRequest && payload[at.code] === 0 ? 'echo' : 'nothing';
}

/** The same bytes back. The packet must ask for an echo. */
export function echoReply({ source, destination, payload }: Packet): Uint8Array {
  const frame = newPacket(protocol.icmp, destination, source, payload.length);
  const body = frame.subarray(PAYLOAD_AT);
  body.set(payload);
  body[at.type] = icmpType.echoReply;
  return seal(frame, body);
}

/** Tells a packet's sender that it leads nowhere; `from` is who says so. Null for what must not be complained about. */
export function complaint(about: Packet, code: Unreachable, from: number): Uint8Array | null {
  if (about.protocol === protocol.icmp && about.payload[at.type] !== icmpType.echoRequest) return null;
  const quoted = about.payload.subarray(0, QUOTED_BYTES);
  const bytes = ICMP_HEADER_BYTES + about.header.length + quoted.length;
  const frame = newPacket(protocol.icmp, from, about.source, bytes);
  const body = frame.subarray(PAYLOAD_AT);
  body[at.type] = icmpType.unreachable;
  body[at.code] = code;
  body.set(about.header, at.body);
  body.set(quoted, at.body + about.header.length);
  return seal(frame, body);
}

function seal(frame: Uint8Array, body: Uint8Array): Uint8Array {
  write16(body, at.checksum, 0);
  write16(body, at.checksum, checksumOf(addWords(0, body, 0, body.length)));
  return frame;
}

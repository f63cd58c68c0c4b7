/**
 * DHCP messages (RFC 2131 §2) and their options (RFC 2132).
 *
 *      0    1       2         3      4     8      10      12       16      20     24      28           44     236      240
 *      | op | space | mac len | hops | xid | secs | flags | client | yours | next | relay | hardware 16| names | cookie | options …
 */

import { read16, read32, write16, write32 } from './byte-order.ts';
import { MAC_BYTES } from './ethernet.ts';

const at = {
  operation: 0,
  space: 1,
  macBytes: 2,
  transaction: 4,
  flags: 10,
  client: 12,
  yours: 16,
  relay: 24,
  hardware: 28,
  cookie: 236,
  options: 240,
} as const;
const operation = { request: 1, reply: 2 } as const;
const ETHERNET_SPACE = 1;
const COOKIE = 0x63825363;
const BROADCAST_FLAG = 0x8000;
/** Old clients take nothing shorter (RFC 1542 §2.1). */
const SHORTEST_REPLY = 300;

export const dhcpType = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const;

export const dhcpOption = {
  pad: 0,
  mask: 1,
  router: 3,
  nameServer: 6,
  mtu: 26,
  broadcast: 28,
  wantedAddress: 50,
  leaseSeconds: 51,
  type: 53,
  server: 54,
  renewSeconds: 58,
  rebindSeconds: 59,
  end: 255,
} as const;

export interface DhcpRequest {
  readonly type: number;
  readonly client: number;
  readonly mac: Uint8Array;
  readonly wantsBroadcast: boolean;
  readonly wanted: number | null;
  readonly server: number | null;
  /** As it came: a reply echoes most of it. */
  readonly bytes: Uint8Array;
}

/** Reads a client's message; null if it is none, or came through a relay, of which this network has none. */
export function parseDhcp(bytes: Uint8Array): DhcpRequest | null {
  if (bytes.length < at.options) return null;
  const proper =
    bytes[at.operation] === operation.request &&
    bytes[at.space] === ETHERNET_SPACE &&
    bytes[at.macBytes] === MAC_BYTES &&
    read32(bytes, at.cookie) === COOKIE &&
    read32(bytes, at.relay) === 0;
  const options = proper ? parseOptions(bytes.subarray(at.options)) : null;
  const type = options?.get(dhcpOption.type);
  if (!options || type?.length !== 1) return null;
  return {
    type: type[0],
    client: read32(bytes, at.client),
    mac: bytes.subarray(at.hardware, at.hardware + MAC_BYTES),
    wantsBroadcast: (read16(bytes, at.flags) & BROADCAST_FLAG) !== 0,
    wanted: addressIn(options.get(dhcpOption.wantedAddress)),
    server: addressIn(options.get(dhcpOption.server)),
    bytes,
  };
}

/** Options by number, the first of each; null if one runs over the end. Each step moves on, so the loop ends. */
function parseOptions(bytes: Uint8Array): Map<number, Uint8Array> | null {
  const options = new Map<number, Uint8Array>();
  let position = 0;
  while (position < bytes.length && bytes[position] !== dhcpOption.end) {
    const code = bytes[position++];
    if (code === dhcpOption.pad) continue;
    if (position >= bytes.length) return null;
    const start = position + 1;
    position = start + bytes[position];
    if (position > bytes.length) return null;
    if (!options.has(code)) options.set(code, bytes.subarray(start, position));
  }
  return options;
}

function addressIn(option: Uint8Array | undefined): number | null {
  return option?.length === 4 ? read32(option, 0) : null;
}

export type DhcpOptions = readonly (readonly [code: number, value: Uint8Array])[];

/** The server's answer to a request: `yours` is the address given, or 0. */
export function dhcpReply(request: DhcpRequest, yours: number, options: DhcpOptions): Uint8Array {
  const optionBytes = options.reduce((sum, [, value]) => sum + 2 + value.length, 0);
  const reply = new Uint8Array(Math.max(SHORTEST_REPLY, at.options + optionBytes + 1));
  reply.set(request.bytes.subarray(0, at.yours));
  reply[at.operation] = operation.reply;
  write32(reply, at.yours, yours);
  reply.set(request.mac, at.hardware);
  write32(reply, at.cookie, COOKIE);
  let position: number = at.options;
  for (const [code, value] of options) {
    reply[position] = code;
    reply[position + 1] = value.length;
    reply.set(value, position + 2);
    position += 2 + value.length;
  }
  reply[position] = dhcpOption.end;
  return reply;
}

export function option32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  write32(bytes, 0, value);
  return bytes;
}

export function option16(value: number): Uint8Array {
  const bytes = new Uint8Array(2);
  write16(bytes, 0, value);
  return bytes;
}

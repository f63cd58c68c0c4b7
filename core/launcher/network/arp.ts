/**
 * ARP (RFC 826): answers for the two addresses that are the router's own, and asks for those that are not.
 *
 *      0       2       4   5   6    8         14       18        24       28
 *      | space | proto | 6 | 4 | op | from mac| from ip| to mac  | to ip  |
 */

import { EVERY_MAC, ROUTER_MAC } from './addresses.ts';
import { read16, read32, write16, write32 } from './byte-order.ts';
import { ETHERNET_HEADER_BYTES, etherType, MAC_BYTES, writeEthernet } from './ethernet.ts';

const at = {
  space: 0,
  protocol: 2,
  macBytes: 4,
  addressBytes: 5,
  operation: 6,
  fromMac: 8,
  from: 14,
  toMac: 18,
  to: 24,
};
const ARP_BYTES = 28;
const ETHERNET_SPACE = 1;
const ADDRESS_BYTES = 4;
export const arpOperation = { request: 1, reply: 2 } as const;

export interface ArpMessage {
  readonly operation: number;
  readonly fromMac: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** Reads what follows the Ethernet header; null if it is not about IPv4 on Ethernet. */
export function parseArp(bytes: Uint8Array): ArpMessage | null {
  if (bytes.length < ARP_BYTES) return null;
  const fits =
    read16(bytes, at.space) === ETHERNET_SPACE &&
    read16(bytes, at.protocol) === etherType.ipv4 &&
    bytes[at.macBytes] === MAC_BYTES &&
    bytes[at.addressBytes] === ADDRESS_BYTES;
  if (!fits) return null;
  return {
    operation: read16(bytes, at.operation),
    fromMac: bytes.subarray(at.fromMac, at.fromMac + MAC_BYTES),
    from: read32(bytes, at.from),
    to: read32(bytes, at.to),
  };
}

/** A whole frame from the router, which speaks as `from`. */
function arpFrame(operation: number, from: number, toMac: Uint8Array, to: number): Uint8Array {
  const frame = new Uint8Array(ETHERNET_HEADER_BYTES + ARP_BYTES);
  writeEthernet(frame, toMac, ROUTER_MAC, etherType.arp);
  const body = frame.subarray(ETHERNET_HEADER_BYTES);
  write16(body, at.space, ETHERNET_SPACE);
  write16(body, at.protocol, etherType.ipv4);
  body[at.macBytes] = MAC_BYTES;
  body[at.addressBytes] = ADDRESS_BYTES;
  write16(body, at.operation, operation);
  body.set(ROUTER_MAC, at.fromMac);
  write32(body, at.from, from);
  if (operation === arpOperation.reply) body.set(toMac, at.toMac);
  write32(body, at.to, to);
  return frame;
}

export function arpReply(request: ArpMessage): Uint8Array {
  return arpFrame(arpOperation.reply, request.to, request.fromMac, request.from);
}

export function arpRequest(from: number, to: number): Uint8Array {
  return arpFrame(arpOperation.request, from, EVERY_MAC, to);
}

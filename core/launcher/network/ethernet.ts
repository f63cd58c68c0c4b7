/**
 * Ethernet frames, as they lie in memory:
 *
 *      0           6           12     14
 *      | to (6)    | from (6)  | type | payload …
 */

import { read16, write16 } from './byte-order.ts';

export const MAC_BYTES = 6;
const at = { destination: 0, source: 6, type: 12 } as const;
export const ETHERNET_HEADER_BYTES = 14;

export const etherType = { ipv4: 0x0800, arp: 0x0806 } as const;

/** Writes the header; the addresses must have six bytes. */
export function writeEthernet(frame: Uint8Array, destination: Uint8Array, source: Uint8Array, type: number): void {
  frame.set(destination, at.destination);
  frame.set(source, at.source);
  write16(frame, at.type, type);
}

/** Fills in who an otherwise finished frame is for. */
export function addressTo(frame: Uint8Array, destination: Uint8Array): void {
  frame.set(destination, at.destination);
}

/** The three readers want a frame of at least a header's length. */
export function frameType(frame: Uint8Array): number {
  return read16(frame, at.type);
}

export function frameSource(frame: Uint8Array): Uint8Array {
  return frame.subarray(at.source, at.source + MAC_BYTES);
}

export function frameDestination(frame: Uint8Array): Uint8Array {
  return frame.subarray(at.destination, at.destination + MAC_BYTES);
}

export function sameMac(one: Uint8Array, other: Uint8Array): boolean {
  for (let index = 0; index < MAC_BYTES; index++) if (one[index] !== other[index]) return false;
  return true;
}

/** The lowest bit of the first byte: for several, or for all. */
export function isGroupMac(mac: Uint8Array): boolean {
  return (mac[0] & 1) !== 0;
}

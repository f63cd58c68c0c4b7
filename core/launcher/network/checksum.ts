/**
 * The Internet checksum (RFC 1071): sixteen-bit words, summed with the carry brought round.  A sum over bytes that carry
 * their own checksum comes out as all ones.
 */

import { read16 } from './byte-order.ts';

const ALL_ONES = 0xffff;

/** Adds the words of a stretch to a sum; an odd last byte counts as the high half of a word. */
export function addWords(sum: number, bytes: Uint8Array, from: number, to: number): number {
  let total = sum;
  let at = from;
  // 64 KiB of ones stay far below 2^53, so the carry may wait until the end.
  for (; at + 1 < to; at += 2) total += (bytes[at] << 8) | bytes[at + 1];
  return at < to ? total + (bytes[at] << 8) : total;
}

function fold(sum: number): number {
  let folded = sum;
  while (folded > ALL_ONES) folded = (folded % (ALL_ONES + 1)) + Math.floor(folded / (ALL_ONES + 1));
  return folded;
}

/** What goes into the checksum field, which must have counted as zero. */
export function checksumOf(sum: number): number {
  return fold(sum) ^ ALL_ONES;
}

/** Whether a sum that included the checksum field is that of undamaged bytes. */
export function isIntact(sum: number): boolean {
  return fold(sum) === ALL_ONES;
}

/** The words of the pseudo header that TCP and UDP count in (RFC 793 §3.1, RFC 768). */
export function pseudoHeaderSum(source: number, destination: number, protocol: number, length: number): number {
  return (source >>> 16) + (source & ALL_ONES) + (destination >>> 16) + (destination & ALL_ONES) + protocol + length;
}

/** Whether the checksum field at `at` was left out, as UDP senders may. */
export function isLeftOut(bytes: Uint8Array, at: number): boolean {
  return read16(bytes, at) === 0;
}

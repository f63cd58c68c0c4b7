/**
 * Reads the records that `layout` draws out of bytes nobody has vouched for.  It refuses nothing itself: whoever asks
 * for a record first asks `holds` whether the bytes reach that far.
 */

import type { Layout } from '../agreement/layout.ts';

/** True if `length` bytes at `offset` lie within `bytes`. Neither sum nor sign can be made to lie. */
export function holds(bytes: Uint8Array, offset: number, length: number): boolean {
  return offset >= 0 && length >= 0 && offset <= bytes.length && length <= bytes.length - offset;
}

/** Little-endian, unsigned; eight-byte fields become the nearest number. Precondition: `holds`. */
export function readNumber(bytes: Uint8Array, offset: number, size: number): number {
  let value = 0;
  for (let index = size - 1; index >= 0; index--) value = value * 256 + bytes[offset + index];
  return value;
}

/** A function that reads fields of the record at `offset` by name. Precondition: the whole record is held. */
export function recordAt<Name extends string>(bytes: Uint8Array, offset: number, record: Layout<Name>) {
  return (name: Name): number => readNumber(bytes, offset + record.at[name], record.sizeOf[name]);
}

/** Puts `value` little-endian into a field of the record at `offset`. Precondition: `holds`. */
export function putField<Name extends string>(
  bytes: Uint8Array,
  offset: number,
  record: Layout<Name>,
  name: Name,
  value: number,
): void {
  let rest = value;
  for (let index = 0; index < record.sizeOf[name]; index++) {
    bytes[offset + record.at[name] + index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

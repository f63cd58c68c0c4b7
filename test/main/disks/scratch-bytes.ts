/** Bytes that can be told apart. */

import type { Storage } from '../../../core/launcher/devices/block/storage.ts';

/** The same for the same seed, different nearly everywhere for another. */
export function pattern(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed * 2654435761 + 12345) >>> 0;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

export function readAll(storage: Storage): Uint8Array {
  const bytes = new Uint8Array(storage.size);
  storage.read(0, bytes);
  return bytes;
}

export const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

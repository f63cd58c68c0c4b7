/**
 * The area of memory that fnsave, fxsave and their like fill or empty: put together here, where nothing can fault, and
 * moved as a whole.  A kernel does it at every change of the program that computes.
 */

import type { SegmentNumber } from '../instruction.ts';
import type { MemoryAccess, Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome } from '../service.ts';

const LARGEST_BYTES = 512;

/** Index in the 32-bit views where so many bytes may be moved as words at once, or -1. */
function placeOfWords(
  access: MemoryAccess,
  segment: SegmentNumber,
  offset: number,
  bytes: number,
  write: boolean,
): number {
  const place = access.placeOf(segment, offset, bytes, write);
  return ((bytes | place) & 3) === 0 ? place >>> 2 : -1;
}

export class StateArea {
  /** The same bytes twice. */
  readonly words = new Uint32Array(LARGEST_BYTES / 4);
  readonly halves = new Uint16Array(this.words.buffer);

  /** Writes the first `bytes`, an even number; all of them are known to be writable. */
  write({ access, state }: Processor, segment: SegmentNumber, offset: number, bytes: number): void {
    const place = placeOfWords(access, segment, offset, bytes, true);
    if (place < 0) {
      this.writeHalves(access, segment, offset, bytes);
      return;
    }
    const { words } = this;
    const { u32 } = state;
    for (let index = 0; index < bytes >>> 2; index++) u32[place + index] = words[index];
  }

  /** Reads so many, or nothing that anybody may look at. */
  read({ access, state }: Processor, segment: SegmentNumber, offset: number, bytes: number): Outcome {
    const place = placeOfWords(access, segment, offset, bytes, false);
    if (place < 0) return this.readHalves(access, segment, offset, bytes);
    const { words } = this;
    const { u32 } = state;
    for (let index = 0; index < bytes >>> 2; index++) words[index] = u32[place + index];
    return NEXT;
  }

  /** By halves, for ten bytes never stay aligned to four, and #AC has already had its say. */
  private writeHalves(access: MemoryAccess, segment: SegmentNumber, offset: number, bytes: number): void {
    for (let at = 0; at < bytes; at += 2) access.write(segment, (offset + at) >>> 0, 2, this.halves[at >>> 1]);
  }

  private readHalves(access: MemoryAccess, segment: SegmentNumber, offset: number, bytes: number): Outcome {
    for (let at = 0; at < bytes; at += 2) {
      const half = access.read(segment, (offset + at) >>> 0, 2);
      if (half < 0) return FAULT;
      this.halves[at >>> 1] = half;
    }
    return NEXT;
  }
}

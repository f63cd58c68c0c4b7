/**
 * Writes that nobody keeps: they lie in memory over storage that is only read.  Memory grows with what the guest writes,
 * up to the size of the disk.
 */

import { BLOCK_BYTES, blockPieces } from './block-pieces.ts';
import type { LentStorage } from './lent-storage.ts';

export class ThrowawayStorage implements LentStorage {
  readonly size: number;
  readonly readOnly = false;
  private readonly below: LentStorage;
  private readonly written = new Map<number, Uint8Array>();

  constructor(below: LentStorage) {
    this.below = below;
    this.size = below.size;
  }

  read(at: number, into: Uint8Array): void {
    this.below.read(at, into);
    if (this.written.size === 0) return;
    for (const piece of blockPieces(at, into.length)) {
      const block = this.written.get(piece.block);
      if (block !== undefined) into.set(block.subarray(piece.offset, piece.offset + piece.length), piece.from);
    }
  }

  write(at: number, from: Uint8Array): void {
    for (const piece of blockPieces(at, from.length)) {
      this.blockToWrite(piece.block).set(from.subarray(piece.from, piece.from + piece.length), piece.offset);
    }
  }

  flush(): void {}

  close(): void {
    this.written.clear();
    this.below.close();
  }

  private blockToWrite(index: number): Uint8Array {
    const known = this.written.get(index);
    if (known !== undefined) return known;
    const at = index * BLOCK_BYTES;
    const block = new Uint8Array(BLOCK_BYTES);
    this.below.read(at, block.subarray(0, Math.min(BLOCK_BYTES, this.size - at)));
    this.written.set(index, block);
    return block;
  }
}

/** Written blocks that are not in the overlay file yet, so that a block written ten times goes there once. */

import { BLOCK_BYTES } from './block-pieces.ts';

/** 4 MiB: the largest request fits, and one write to the file carries a lot. */
const SLOTS = 1024;

export class OverlayArena {
  private readonly bytes = new Uint8Array(SLOTS * BLOCK_BYTES);
  private readonly slots = new Map<number, number>();

  get isEmpty(): boolean {
    return this.slots.size === 0;
  }

  get isFull(): boolean {
    return this.slots.size === SLOTS;
  }

  /** Block numbers in the order of their slots. */
  get blocks(): number[] {
    return [...this.slots.keys()];
  }

  has(block: number): boolean {
    return this.slots.has(block);
  }

  /** Null if the block is not here. The bytes are the arena's own. */
  find(block: number): Uint8Array | null {
    const slot = this.slots.get(block);
    return slot === undefined ? null : this.inSlots(slot, 1);
  }

  /** Precondition: not full, and the block is not here. */
  add(block: number): Uint8Array {
    const slot = this.slots.size;
    this.slots.set(block, slot);
    return this.inSlots(slot, 1);
  }

  inSlots(first: number, count: number): Uint8Array {
    return this.bytes.subarray(first * BLOCK_BYTES, (first + count) * BLOCK_BYTES);
  }

  clear(): void {
    this.slots.clear();
  }
}

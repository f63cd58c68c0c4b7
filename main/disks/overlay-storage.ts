/**
 * A disk whose writes go into an overlay file (`overlay-layout.ts` draws it) over a base that is only read.  Written
 * blocks gather in memory, spill into free places of the file when they become many, and become part of the disk's safe
 * state at a flush.  A block whose checksum is wrong is never handed out; a failed flush is never retried, because
 * nobody can say what the file holds then.
 */

import { closeSync } from 'node:fs';
import { StorageError } from '../../core/launcher/devices/block/storage.ts';
import { BLOCK_BYTES, type BlockPiece, blockPieces, eachRun } from './block-pieces.ts';
import { readFully, syncFile, writeFully } from './file-bytes.ts';
import type { LentStorage } from './lent-storage.ts';
import { OverlayArena } from './overlay-arena.ts';
import { blockChecksum, SUPERBLOCK_PLACES, type Superblock, writeSuperblock } from './overlay-layout.ts';
import type { OverlayMap } from './overlay-map.ts';
import type { OverlayPlaces } from './overlay-places.ts';

/** An overlay file that was opened and found in order. */
export interface OpenedOverlay {
  readonly descriptor: number;
  readonly superblock: Superblock;
  readonly map: OverlayMap;
  readonly places: OverlayPlaces;
}

export class OverlayStorage implements LentStorage {
  readonly size: number;
  readonly readOnly: boolean;
  private readonly base: LentStorage;
  private readonly file: OpenedOverlay;
  private readonly giveBack: () => void;
  private readonly arena = new OverlayArena();
  /** One block, for requests that begin or end within it. */
  private readonly edge = new Uint8Array(BLOCK_BYTES);
  private generation: number;
  private failure: StorageError | null = null;

  /** The base is closed with the overlay, after `giveBack` was called. */
  constructor(base: LentStorage, file: OpenedOverlay, readOnly: boolean, giveBack: () => void) {
    this.base = base;
    this.size = base.size;
    this.file = file;
    this.readOnly = readOnly;
    this.generation = file.superblock.generation;
    this.giveBack = giveBack;
  }

  read(at: number, into: Uint8Array): void {
    const firstWhole = Math.ceil(at / BLOCK_BYTES);
    const wholes = Math.floor((at + into.length) / BLOCK_BYTES) - firstWhole;
    const head = Math.min(firstWhole * BLOCK_BYTES - at, into.length);
    this.readEdge(at, into.subarray(0, head));
    if (head === into.length) return;
    const tail = head + Math.max(0, wholes) * BLOCK_BYTES;
    if (wholes > 0) this.readBlocks(firstWhole, wholes, into.subarray(head, tail));
    this.readEdge(at + tail, into.subarray(tail));
  }

  write(at: number, from: Uint8Array): void {
    if (this.failure !== null) throw this.failure;
    for (const piece of blockPieces(at, from.length)) {
      this.blockToWrite(piece).set(from.subarray(piece.from, piece.from + piece.length), piece.offset);
    }
  }

  // @journey drivers/overlay
  // The base is a book we may not write in, so we keep slips of paper.  A flush must turn a heap of slips into the truth
  // at one instant, for power fails between any two others: new slips and a new table of contents go where nothing of
  // value lies, we wait until they have dried, and only then does one small block at the front say: this contents, not
  // that.  Before it, the old truth stands whole; after it, the new one does.  There is no between.
  flush(): void {
    if (this.failure !== null) throw this.failure;
    this.spill();
    if (!this.file.map.isChanged) return;
    try {
      this.makeSafe();
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.failure = new StorageError(`${error.message}; nothing written since the last flush can be kept`);
      throw this.failure;
    }
  }

  private makeSafe(): void {
    const { descriptor, map, places, superblock } = this.file;
    const { nodes, root } = map.renew();
    for (const { place, bytes } of nodes) writeFully(descriptor, bytes, place * BLOCK_BYTES);
    syncFile(descriptor);
    this.generation++;
    const block = writeSuperblock({ ...superblock, generation: this.generation, root, places: places.count });
    const [first, second] = SUPERBLOCK_PLACES;
    writeFully(descriptor, block, first * BLOCK_BYTES);
    syncFile(descriptor);
    // The twin may dry later: it is needed only if the first one rots.
    writeFully(descriptor, block, second * BLOCK_BYTES);
    places.settle();
  }
  // @end

  close(): void {
    closeSync(this.file.descriptor);
    this.giveBack();
    this.base.close();
  }

  /** Where a piece goes: a block of the arena, with what the block held before unless all of it is replaced. */
  private blockToWrite({ block, length }: BlockPiece): Uint8Array {
    const known = this.arena.find(block);
    if (known !== null) return known;
    const partial = length < BLOCK_BYTES;
    if (partial) this.readBlocks(block, 1, this.edge);
    if (this.arena.isFull) this.spill();
    const fresh = this.arena.add(block);
    if (partial) fresh.set(this.edge);
    return fresh;
  }

  /** Moves the arena into free places of the file. If that fails the arena stays as it was, for another attempt. */
  private spill(): void {
    const { descriptor, map, places } = this.file;
    const { arena } = this;
    if (arena.isEmpty) return;
    const { blocks } = arena;
    const taken: number[] = [];
    try {
      for (let slot = 0; slot < blocks.length; slot++) taken.push(places.take());
      eachRun(taken, (first, count) => {
        writeFully(descriptor, arena.inSlots(first, count), taken[first] * BLOCK_BYTES);
      });
    } catch (error) {
      for (const place of taken) places.release(place);
      throw error;
    }
    blocks.forEach((block, slot) => {
      map.set(block, taken[slot], blockChecksum(arena.inSlots(slot, 1), block));
    });
    arena.clear();
  }

  /** A stretch within one block. */
  private readEdge(at: number, into: Uint8Array): void {
    if (into.length === 0) return;
    const block = Math.floor(at / BLOCK_BYTES);
    this.readBlocks(block, 1, this.edge);
    const offset = at - block * BLOCK_BYTES;
    into.set(this.edge.subarray(offset, offset + into.length));
  }

  private readBlocks(first: number, count: number, into: Uint8Array): void {
    for (let done = 0; done < count; ) {
      done += this.readRun(first + done, count - done, into.subarray(done * BLOCK_BYTES));
    }
  }

  /** Reads as many blocks as lie side by side, up to `most`; returns how many. */
  private readRun(block: number, most: number, into: Uint8Array): number {
    const waiting = this.arena.find(block);
    if (waiting !== null) {
      into.set(waiting);
      return 1;
    }
    const count = this.runLength(block, most);
    const place = this.file.map.placeOf(block);
    if (place === 0) this.readBase(block, into.subarray(0, count * BLOCK_BYTES));
    else this.readPlaces(place, block, into.subarray(0, count * BLOCK_BYTES));
    return count;
  }

  /** Precondition: the first block is not in the arena. */
  private runLength(block: number, most: number): number {
    const { map } = this.file;
    const place = map.placeOf(block);
    let count = 1;
    while (
      count < most &&
      map.placeOf(block + count) === (place === 0 ? 0 : place + count) &&
      !this.arena.has(block + count)
    ) {
      count++;
    }
    return count;
  }

  /** The last block of a disk may be a part of one; the rest of it reads as zeros. */
  private readBase(block: number, into: Uint8Array): void {
    const at = block * BLOCK_BYTES;
    const there = Math.min(into.length, this.size - at);
    this.base.read(at, into.subarray(0, there));
    into.fill(0, there);
  }

  private readPlaces(place: number, block: number, into: Uint8Array): void {
    readFully(this.file.descriptor, into, place * BLOCK_BYTES);
    for (let at = 0, number = block; at < into.length; at += BLOCK_BYTES, number++) {
      if (blockChecksum(into.subarray(at, at + BLOCK_BYTES), number) === this.file.map.checksumOf(number)) continue;
      into.fill(0);
      throw new StorageError(`block ${number} of the overlay is damaged`);
    }
  }
}

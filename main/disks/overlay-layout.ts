/**
 * The overlay file, in blocks of 4096 bytes; a block's number in it is its place.  Everything is little-endian.
 *
 *      place 0   superblock
 *      place 1   the same superblock, written after the first one is safe
 *      place 2…  blocks of the disk, and nodes of the map, in any order
 *
 *      superblock   magic "ASTRDOVL" │ version u32 │ block bytes u32 │ generation u64 │ base: bytes u64, time of its
 *                   last change in ns u64 │ root: place u32, checksum u32 │ places in use u32 │ checksum u32
 *      node         512 × { place u32, checksum u32 }; place 0: never written, look into the base
 *
 * The map is a tree with as many levels as the disk's size asks for: leaves name blocks of the disk, every other node
 * names nodes, and the superblock names the root.  Each checksum is the CRC-32 of what is at that place, begun with what
 * it is meant to be (which block, or which node of which level), so that a block in the wrong place is found out too.
 *
 * Nothing that the superblock leads to is ever written over.  A flush writes changed blocks and nodes to free places,
 * waits until they are safe, writes superblock 0, waits, writes superblock 1; only then are the replaced places free.
 * Whoever opens the file believes the valid superblock of the highest generation.  So a death at any instant leaves the
 * state of the last flush, or of the one under way; and damage at any one spot is noticed or does not matter.
 */

import { crc32 } from 'node:zlib';
import { bytes, layout, u32, u64 } from '../../core/agreement/layout.ts';
import { putField, recordAt } from '../../core/launcher/record.ts';
import { BLOCK_BYTES } from './block-pieces.ts';

export const superblock = layout('OVERLAY', {
  magic: bytes(8),
  version: u32,
  blockBytes: u32,
  generation: u64,
  baseBytes: u64,
  baseModifiedNs: u64,
  rootPlace: u32,
  rootChecksum: u32,
  places: u32,
  checksum: u32,
});

export const SUPERBLOCK_PLACES = [0, 1] as const;
export const FIRST_PLACE = 2;
export const NODE_ENTRIES = BLOCK_BYTES / 8;

const MAGIC = new TextEncoder().encode('ASTRDOVL');
const VERSION = 1;
/** A level's nodes are told from another's, and from blocks of the disk, by the top four bits. */
const LEVEL_SHIFT = 28;

/** Which file the overlay lies over, and in which state. */
export interface BaseIdentity {
  readonly size: number;
  readonly modifiedNs: bigint;
}

export interface MapRoot {
  /** 0: nothing was ever written. */
  readonly place: number;
  readonly checksum: number;
}

export interface Superblock {
  readonly generation: number;
  readonly base: BaseIdentity;
  readonly root: MapRoot;
  readonly places: number;
}

export function blockChecksum(contents: Uint8Array, block: number): number {
  return crc32(contents, block >>> 0);
}

/** `level` is 0 for leaves. */
export function nodeChecksum(contents: Uint8Array, level: number, index: number): number {
  return crc32(contents, (((level + 1) << LEVEL_SHIFT) ^ index) >>> 0);
}

/** A whole block, ready to be written. */
export function writeSuperblock({ generation, base, root, places }: Superblock): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  const put = (name: keyof typeof superblock.at, value: number) => putField(block, 0, superblock, name, value);
  block.set(MAGIC, superblock.at.magic);
  put('version', VERSION);
  put('blockBytes', BLOCK_BYTES);
  put('generation', generation);
  put('baseBytes', base.size);
  // A number holds nanoseconds only to within some hundred.
  new DataView(block.buffer).setBigUint64(superblock.at.baseModifiedNs, base.modifiedNs, true);
  put('rootPlace', root.place);
  put('rootChecksum', root.checksum);
  put('places', places);
  put('checksum', crc32(block.subarray(0, superblock.at.checksum)));
  return block;
}

/** Null if these bytes are no superblock, or a damaged one. */
export function readSuperblock(block: Uint8Array): Superblock | 'another version' | null {
  if (block.length < superblock.bytes || MAGIC.some((letter, index) => block[superblock.at.magic + index] !== letter)) {
    return null;
  }
  const field = recordAt(block, 0, superblock);
  if (field('checksum') !== crc32(block.subarray(0, superblock.at.checksum))) return null;
  if (field('version') !== VERSION || field('blockBytes') !== BLOCK_BYTES) return 'another version';
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  return {
    generation: field('generation'),
    base: { size: field('baseBytes'), modifiedNs: view.getBigUint64(superblock.at.baseModifiedNs, true) },
    root: { place: field('rootPlace'), checksum: field('rootChecksum') },
    places: field('places'),
  };
}

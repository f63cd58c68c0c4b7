/**
 * Where each block of the disk lies in the overlay file: the tree of `overlay-layout.ts`, all of it in memory (8 bytes
 * for a block, so 2 MiB for each GiB written).  It knows checksums and places, and leaves reading and writing to others.
 */

import { BLOCK_BYTES } from './block-pieces.ts';
import { FIRST_PLACE, type MapRoot, NODE_ENTRIES, nodeChecksum } from './overlay-layout.ts';
import type { OverlayPlaces } from './overlay-places.ts';

interface MapNode {
  /** Pairs of place and checksum. Little-endian, as every computer is that runs us. */
  readonly entries: Uint32Array;
  /** In the file; 0 before the first flush. */
  place: number;
}

/** What is wrong with an overlay file, for a sentence. */
export type Damage = string;

/** Where nodes are read from; `read` may assume a place below `places`. */
export interface NodeFile {
  readonly places: number;
  read(place: number): Uint8Array;
}

/** A node to be written. */
export interface NodeImage {
  readonly place: number;
  readonly bytes: Uint8Array;
}

export class OverlayMap {
  private readonly blocks: number;
  private readonly places: OverlayPlaces;
  /** By level, leaves first; in each by index. */
  private readonly nodes: Map<number, MapNode>[] = [];
  private readonly changed: Set<number>[] = [];

  constructor(diskBytes: number, places: OverlayPlaces) {
    this.blocks = Math.ceil(diskBytes / BLOCK_BYTES);
    this.places = places;
    for (let reach = 1; this.nodes.length === 0 || reach < this.blocks; reach *= NODE_ENTRIES) {
      this.nodes.push(new Map());
      this.changed.push(new Set());
    }
  }

  /** True if there is something that the file does not know. */
  get isChanged(): boolean {
    return this.changed[0].size > 0;
  }

  /** 0 if the block was never written. */
  placeOf(block: number): number {
    const leaf = this.nodes[0].get(Math.floor(block / NODE_ENTRIES));
    return leaf === undefined ? 0 : leaf.entries[(block % NODE_ENTRIES) * 2];
  }

  /** Precondition: the block was written. */
  checksumOf(block: number): number {
    return this.nodes[0].get(Math.floor(block / NODE_ENTRIES))!.entries[(block % NODE_ENTRIES) * 2 + 1];
  }

  set(block: number, place: number, checksum: number): void {
    const before = this.placeOf(block);
    if (before !== 0) this.places.release(before);
    this.enter(0, block, place, checksum);
  }

  /** Gives every changed node a new place, root last; the caller writes them. Precondition: something is changed. */
  renew(): { nodes: NodeImage[]; root: MapRoot } {
    const images: NodeImage[] = [];
    let root: MapRoot = { place: 0, checksum: 0 };
    this.changed.forEach((changed, level) => {
      for (const index of changed) {
        const node = this.nodes[level].get(index)!;
        if (node.place !== 0) this.places.release(node.place);
        node.place = this.places.take();
        const bytes = bytesOf(node);
        images.push({ place: node.place, bytes });
        const checksum = nodeChecksum(bytes, level, index);
        if (level + 1 < this.nodes.length) this.enter(level + 1, index, node.place, checksum);
        else root = { place: node.place, checksum };
      }
      changed.clear();
    });
    return { nodes: images, root };
  }

  /** Fills an empty map from a file, checking every node and place. Null if all is well. */
  load(root: MapRoot, file: NodeFile): Damage | null {
    return root.place === 0 ? null : this.loadNode(this.nodes.length - 1, 0, root, file);
  }

  /** No deeper than there are levels, whatever the file says. */
  private loadNode(level: number, index: number, named: MapRoot, file: NodeFile): Damage | null {
    if (!this.claims(named.place, file)) return 'its map leads to places that cannot be right';
    const bytes = file.read(named.place);
    if (nodeChecksum(bytes, level, index) !== named.checksum) return 'a part of its map is damaged';
    const entries = new Uint32Array(NODE_ENTRIES * 2);
    new Uint8Array(entries.buffer).set(bytes);
    this.nodes[level].set(index, { entries, place: named.place });
    for (let entry = 0; entry < NODE_ENTRIES; entry++) {
      const below = { place: entries[entry * 2], checksum: entries[entry * 2 + 1] };
      if (below.place === 0) continue;
      const child = index * NODE_ENTRIES + entry;
      const damage =
        level > 0 ? this.loadNode(level - 1, child, below, file) : this.checkBlock(child, below.place, file);
      if (damage !== null) return damage;
    }
    return null;
  }

  /** What lies in it is checked whenever it is read. */
  private checkBlock(block: number, place: number, file: NodeFile): Damage | null {
    if (block >= this.blocks) return 'its map names blocks beyond the end of the disk';
    return this.claims(place, file) ? null : 'its map leads to places that cannot be right';
  }

  private claims(place: number, { places }: NodeFile): boolean {
    return place >= FIRST_PLACE && place < places && this.places.claim(place);
  }

  private enter(level: number, child: number, place: number, checksum: number): void {
    const index = Math.floor(child / NODE_ENTRIES);
    const node = this.nodes[level].get(index) ?? { entries: new Uint32Array(NODE_ENTRIES * 2), place: 0 };
    this.nodes[level].set(index, node);
    const at = (child % NODE_ENTRIES) * 2;
    node.entries[at] = place;
    node.entries[at + 1] = checksum;
    this.changed[level].add(index);
  }
}

const bytesOf = (node: MapNode) => new Uint8Array(node.entries.buffer);

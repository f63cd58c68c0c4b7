/**
 * Who depends on which page of page tables.  Each set of translation tables has one page directory and up to 1024 page
 * tables; each of these dependencies is a node, chained to the others on the same physical page.  A physical page with
 * any node is flagged, so that writes to it are noticed.  What a write then drops is decided by address-spaces.
 */

import { PAGE_SHIFT } from '../../agreement/addresses.ts';
import { memoryMap, pageFlag, type State } from '../state.ts';
import { words } from './words.ts';

const { PAGE_FLAGS } = words;

/** The region number that stands for the directory itself. */
export const DIRECTORY = 1024;
/** A node's number is its set's, shifted, and its region's. */
export const NODE_SET_SHIFT = 11;
const NODES_PER_SET = 1 << NODE_SET_SHIFT;
const NODES = memoryMap.tlbSets * NODES_PER_SET;
const NOWHERE = -1;

export class TableWatch {
  private readonly u8: Uint8Array;
  private readonly physicalPages: number;
  /** First node of each physical page, plus one; zero for none. These three lie where generated code reads them. */
  private readonly head: Int32Array;
  private readonly next: Int32Array;
  private readonly page: Int32Array;
  private readonly previous = new Int32Array(NODES);

  constructor(state: State) {
    const { buffer } = state.memory;
    this.u8 = state.u8;
    this.physicalPages = state.ramBytes >>> PAGE_SHIFT;
    this.head = new Int32Array(buffer, memoryMap.watchedHeads, this.physicalPages);
    this.next = new Int32Array(buffer, memoryMap.watchedNext, NODES);
    this.page = new Int32Array(buffer, memoryMap.watchedPages, NODES).fill(NOWHERE);
  }

  /** The set's translations in `region` come from this page now. True if the page was not watched as a table before. */
  depend(set: number, region: number, physicalPage: number): boolean {
    const node = set * NODES_PER_SET + region;
    if (this.page[node] === physicalPage) return false;
    this.release(set, region);
    // Absent memory never changes, so nobody needs to watch it.
    if (physicalPage >= this.physicalPages) return false;
    const first = this.head[physicalPage];
    this.page[node] = physicalPage;
    this.previous[node] = 0;
    this.next[node] = first;
    this.head[physicalPage] = node + 1;
    if (first !== 0) this.previous[first - 1] = node + 1;
    else this.u8[PAGE_FLAGS + physicalPage] |= pageFlag.table;
    return first === 0;
  }

  release(set: number, region: number): void {
    const node = set * NODES_PER_SET + region;
    const physicalPage = this.page[node];
    if (physicalPage === NOWHERE) return;
    this.page[node] = NOWHERE;
    const next = this.next[node];
    const previous = this.previous[node];
    if (next !== 0) this.previous[next - 1] = previous;
    if (previous !== 0) this.next[previous - 1] = next;
    else this.head[physicalPage] = next;
    if (this.head[physicalPage] === 0) this.u8[PAGE_FLAGS + physicalPage] &= ~pageFlag.table;
  }

  isDirectoryOf(set: number, physicalPage: number): boolean {
    return this.page[set * NODES_PER_SET + DIRECTORY] === physicalPage;
  }

  /** Nodes of a physical page: start with `first`, go on with `after`, until zero. */
  first(physicalPage: number): number {
    return this.head[physicalPage];
  }

  after(node: number): number {
    return this.next[node - 1];
  }

  setOf(node: number): number {
    return (node - 1) >>> NODE_SET_SHIFT;
  }

  regionOf(node: number): number {
    return (node - 1) & (NODES_PER_SET - 1);
  }
}

/**
 * The translation tables themselves: eight sets, one per address space, each with a direct table per kind of access.
 * An entry is what turns a linear address into an address in the memory object by one addition; zero means "ask".
 * This file only fills and clears them.  What may be filled, and when it must be cleared, is decided by address-spaces.
 *
 *     entry = host - linear - 1, so host = linear + entry + 1.  Both are page aligned: a valid entry is never zero.
 */

import { PAGE_BYTES, PAGE_SHIFT } from '../../agreement/addresses.ts';
import { memoryMap, type State } from '../state.ts';
import { PageSet } from './page-set.ts';
import { words } from './words.ts';

const { RAM } = words;

const LINEAR_PAGES = 1 << 20;
const REGION_PAGES = 1 << 10;
const TABLE_WORDS = memoryMap.tlbTableBytes >>> 2;
const FIRST = memoryMap.tlb >>> 2;
/** Order of the four tables of a set. */
const USER_READ = TABLE_WORDS;
const WRITE = 2 * TABLE_WORDS;
const USER_WRITE = 3 * TABLE_WORDS;
const SET_WORDS = 4 * TABLE_WORDS;
const SET_SHIFT = 24;
/** In `writer`: more than one linear page may write to this physical page without asking. */
export const MANY = -1;

export class TranslationTables {
  private readonly i32: Int32Array;
  /** Linear pages that may have entries, per set. */
  private readonly filled: readonly PageSet[];
  /** Per physical page: who has a write entry for it, as (set << 20 | linear page) + 1; 0 nobody; or MANY. */
  private readonly writer: Int32Array;

  constructor(state: State) {
    this.i32 = state.i32;
    this.filled = Array.from({ length: memoryMap.tlbSets }, (_, set) => new PageSet(state.i32, set));
    this.writer = new Int32Array(state.memory.buffer, memoryMap.writers, state.ramBytes >>> PAGE_SHIFT);
  }

  /** Address in the memory object of the table for one kind of access. */
  address(set: number, write: boolean, user: boolean): number {
    return ((FIRST + set * SET_WORDS + (write ? WRITE : 0) + (user ? USER_READ : 0)) << 2) >>> 0;
  }

  /** The set whose supervisor's read table lies there. */
  setAt(address: number): number {
    return (address - memoryMap.tlb) >>> SET_SHIFT;
  }

  /** Whether the set has an entry for the page. */
  mayRead(set: number, page: number): boolean {
    return this.i32[FIRST + set * SET_WORDS + page] !== 0;
  }

  installRead(set: number, page: number, host: number, user: boolean): void {
    this.filled[set].add(page);
    const at = FIRST + set * SET_WORDS + page;
    const entry = (host - page * PAGE_BYTES - 1) | 0;
    this.i32[at] = entry;
    if (user) this.i32[at + USER_READ] = entry;
  }

  /** After installRead for the same page; `host` lies in RAM and its page is not watched. */
  installWrite(set: number, page: number, host: number, user: boolean): void {
    const at = FIRST + set * SET_WORDS + page;
    const entry = (host - page * PAGE_BYTES - 1) | 0;
    this.i32[at + WRITE] = entry;
    if (user) this.i32[at + USER_WRITE] = entry;
    const physicalPage = (host - RAM) >>> PAGE_SHIFT;
    const mine = ((set << 20) | page) + 1;
    const other = this.writer[physicalPage];
    if (other === mine || other === MANY) return;
    this.writer[physicalPage] = other !== 0 && this.writesTo(other - 1, host) ? MANY : mine;
  }

  clearPage(set: number, page: number): void {
    const at = FIRST + set * SET_WORDS + page;
    this.i32[at] = 0;
    this.i32[at + USER_READ] = 0;
    this.i32[at + WRITE] = 0;
    this.i32[at + USER_WRITE] = 0;
  }

  /** Clears the 4 MiB that one directory entry covers. */
  clearRegion(set: number, region: number): void {
    const first = FIRST + set * SET_WORDS + region * REGION_PAGES;
    for (let table = first; table < first + SET_WORDS; table += TABLE_WORDS) {
      this.i32.fill(0, table, table + REGION_PAGES);
    }
  }

  /** The 4 MiB in which the set may have entries. */
  forEachRegion(set: number, visit: (region: number) => void): void {
    this.filled[set].forEachRegion(visit);
  }

  clearSet(set: number): void {
    const filled = this.filled[set];
    filled.forEach((page) => {
      this.clearPage(set, page);
    });
    filled.clear();
  }

  /** Leaves ring 3 without entries, so that each of its accesses asks. */
  clearUser(set: number): void {
    this.clearTwo(set, USER_READ, USER_WRITE);
  }

  /** No write goes unasked in any address space. */
  clearWrites(): void {
    for (let set = 0; set < memoryMap.tlbSets; set++) this.clearTwo(set, WRITE, USER_WRITE);
  }

  /** Empties two of a set's tables. */
  private clearTwo(set: number, one: number, other: number): void {
    this.filled[set].forEach((page) => {
      const at = FIRST + set * SET_WORDS + page;
      this.i32[at + one] = 0;
      this.i32[at + other] = 0;
    });
  }

  /** No write to the physical page goes unasked from now on. */
  revokeWrites(physicalPage: number): void {
    const writer = this.writer[physicalPage];
    if (writer === 0) return;
    this.writer[physicalPage] = 0;
    const host = RAM + physicalPage * PAGE_BYTES;
    if (writer !== MANY) {
      this.revoke(writer - 1, host);
      return;
    }
    for (let set = 0; set < memoryMap.tlbSets; set++) {
      this.filled[set].forEach((page) => {
        this.revoke((set << 20) | page, host);
      });
    }
  }

  private revoke(place: number, host: number): void {
    if (!this.writesTo(place, host)) return;
    const at = FIRST + (place >>> 20) * SET_WORDS + (place & (LINEAR_PAGES - 1));
    this.i32[at + WRITE] = 0;
    this.i32[at + USER_WRITE] = 0;
  }

  /** The supervisor's entry decides: ring 3 never may write where the supervisor has no entry. */
  private writesTo(place: number, host: number): boolean {
    const page = place & (LINEAR_PAGES - 1);
    const entry = this.i32[FIRST + (place >>> 20) * SET_WORDS + page + WRITE];
    return entry === ((host - page * PAGE_BYTES - 1) | 0);
  }
}

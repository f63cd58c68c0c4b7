/**
 * Code tables: for one address space and one mode, the entry map of the decoded code at each linear page.  With them a
 * jump finds its target by two loads, without asking where the page lies.  There are sixteen, handed out to the pairs
 * in use; a pair that was not used lately loses its table to a new one.
 *
 * Which pair has which table stands in the state, two words each: the table's address or zero, and a mark for whoever
 * uses it.  So generated code can change the ring or the space without asking here.
 */

import { memoryMap, type State } from '../state.ts';
import { PageList } from './page-list.ts';

const LINEAR_PAGES = 1 << 20;
const REGION_PAGES = 1 << 10;
const MODES = 1 << 7;
const FIRST = memoryMap.codeTables >>> 2;
const ROWS = memoryMap.codeTableRows >>> 2;
const PAIR_WORDS = 2;
const USED = 1;
const TABLE_BYTES = LINEAR_PAGES << 2;
const NONE = -1;
/** In `place`: more than one code table entry may point at this entry map. */
const MANY = -1;

export class CodeTables {
  private readonly i32: Int32Array;
  /** The (set, mode) each table belongs to, or NONE. */
  private readonly ownerOf = new Int32Array(memoryMap.codeTableCount).fill(NONE);
  /** One bit per table, for each set: those that are its. */
  private readonly tablesOf = new Int32Array(memoryMap.tlbSets);
  private readonly filled = Array.from({ length: memoryMap.codeTableCount }, () => new PageList());
  /** Per entry map: the one place that points at it, as (table << 20 | linear page) + 1; 0 none; or MANY. */
  private readonly place = new Int32Array(memoryMap.entryMapCount);
  /** The table looked at last when one was to be taken away. */
  private hand = 0;

  constructor(state: State) {
    this.i32 = state.i32;
  }

  /** Address in the memory object of the table of this address space and mode; an old one is emptied for it if need be. */
  choose(set: number, mode: number): number {
    const { i32 } = this;
    const pair = ROWS + (set * MODES + mode) * PAIR_WORDS;
    if (i32[pair] === 0) this.give(set * MODES + mode);
    i32[pair + USED] = 1;
    return i32[pair];
  }

  /** Address of a set's row: a pair of words for each mode. */
  row(set: number): number {
    return (ROWS + set * MODES * PAIR_WORDS) << 2;
  }

  tableAt(address: number): number {
    return ((address - memoryMap.codeTables) / TABLE_BYTES) | 0;
  }

  install(table: number, page: number, entryMap: number): void {
    this.filled[table].add(page);
    this.i32[FIRST + table * LINEAR_PAGES + page] = entryMap;
    const index = this.indexOf(entryMap);
    const mine = ((table << 20) | page) + 1;
    const other = this.place[index];
    if (other === mine || other === MANY) return;
    this.place[index] = other !== 0 && this.i32[FIRST + other - 1] === entryMap ? MANY : mine;
  }

  /** Forgets every entry that points at `entryMap`. */
  remove(entryMap: number): void {
    const index = this.indexOf(entryMap);
    const place = this.place[index];
    this.place[index] = 0;
    if (place === MANY) this.removeEverywhere(entryMap);
    else if (place !== 0 && this.i32[FIRST + place - 1] === entryMap) this.i32[FIRST + place - 1] = 0;
  }

  /** True if code was to be found there. */
  clearPage(set: number, page: number): boolean {
    let found = 0;
    for (let tables = this.tablesOf[set]; tables !== 0; tables &= tables - 1) {
      const at = FIRST + lowest(tables) * LINEAR_PAGES + page;
      found |= this.i32[at];
      this.i32[at] = 0;
    }
    return found !== 0;
  }

  clearRegion(set: number, region: number): void {
    for (let tables = this.tablesOf[set]; tables !== 0; tables &= tables - 1) {
      const first = FIRST + lowest(tables) * LINEAR_PAGES + region * REGION_PAGES;
      this.i32.fill(0, first, first + REGION_PAGES);
    }
  }

  clearSet(set: number): void {
    while (this.tablesOf[set] !== 0) this.release(lowest(this.tablesOf[set]));
  }

  private indexOf(entryMap: number): number {
    return ((entryMap - memoryMap.entryMaps) / memoryMap.entryMapBytes) | 0;
  }

  private removeEverywhere(entryMap: number): void {
    for (let table = 0; table < memoryMap.codeTableCount; table++) {
      const filled = this.filled[table];
      for (let index = 0; index < filled.count; index++) {
        const at = FIRST + table * LINEAR_PAGES + filled.pages[index];
        if (this.i32[at] === entryMap) this.i32[at] = 0;
      }
    }
  }

  private give(pair: number): void {
    const table = this.notUsedLately();
    this.release(table);
    this.ownerOf[table] = pair;
    this.tablesOf[(pair / MODES) | 0] |= 1 << table;
    this.i32[ROWS + pair * PAIR_WORDS] = (FIRST + table * LINEAR_PAGES) << 2;
  }

  /** Goes round: a table that was used since the hand last passed is spared once. */
  private notUsedLately(): number {
    for (;;) {
      this.hand = (this.hand + 1) % memoryMap.codeTableCount;
      const owner = this.ownerOf[this.hand];
      if (owner === NONE) return this.hand;
      const mark = ROWS + owner * PAIR_WORDS + USED;
      if (this.i32[mark] === 0) return this.hand;
      this.i32[mark] = 0;
    }
  }

  private release(table: number): void {
    const owner = this.ownerOf[table];
    if (owner === NONE) return;
    this.i32[ROWS + owner * PAIR_WORDS] = 0;
    this.ownerOf[table] = NONE;
    this.tablesOf[(owner / MODES) | 0] &= ~(1 << table);
    const filled = this.filled[table];
    for (let index = 0; index < filled.count; index++) this.i32[FIRST + table * LINEAR_PAGES + filled.pages[index]] = 0;
    filled.clear();
  }
}

/** Number of the lowest bit set. */
const lowest = (bits: number): number => 31 - Math.clz32(bits & -bits);

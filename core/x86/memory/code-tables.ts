/**
 * Code tables: for one address space and one mode, the entry map of the decoded code at each linear page.  With them a
 * jump finds its target by two loads, without asking where the page lies.  There are sixteen, handed out to the pairs
 * in use; the least recently used pair loses its table.
 */

import { memoryMap, type State } from '../state.ts';
import { PageList } from './page-list.ts';

const LINEAR_PAGES = 1 << 20;
const REGION_PAGES = 1 << 10;
const MODES = 1 << 7;
const FIRST = memoryMap.codeTables >>> 2;
const NONE = -1;
/** In `place`: more than one code table entry may point at this entry map. */
const MANY = -1;

export class CodeTables {
  private readonly i32: Int32Array;
  /** Table in use by each (set, mode), or NONE; and the other way round. */
  private readonly tableOf = new Int8Array(memoryMap.tlbSets * MODES).fill(NONE);
  private readonly ownerOf = new Int32Array(memoryMap.codeTableCount).fill(NONE);
  private readonly lastUse = new Float64Array(memoryMap.codeTableCount);
  private readonly filled = Array.from({ length: memoryMap.codeTableCount }, () => new PageList());
  /** Per entry map: the one place that points at it, as (table << 20 | linear page) + 1; 0 none; or MANY. */
  private readonly place = new Int32Array(memoryMap.entryMapCount);
  private uses = 0;

  constructor(state: State) {
    this.i32 = state.i32;
  }

  /** The table of this address space and mode; an old one is emptied for it if need be. */
  choose(set: number, mode: number): number {
    const pair = set * MODES + mode;
    let table = this.tableOf[pair];
    if (table === NONE) {
      table = this.leastRecentlyUsed();
      this.release(table);
      this.tableOf[pair] = table;
      this.ownerOf[table] = pair;
    }
    this.lastUse[table] = ++this.uses;
    return table;
  }

  /** Address in the memory object. */
  address(table: number): number {
    return (FIRST + table * LINEAR_PAGES) << 2;
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

  clearPage(set: number, page: number): void {
    for (let table = 0; table < memoryMap.codeTableCount; table++) {
      if (this.ownedBy(table, set)) this.i32[FIRST + table * LINEAR_PAGES + page] = 0;
    }
  }

  clearRegion(set: number, region: number): void {
    for (let table = 0; table < memoryMap.codeTableCount; table++) {
      if (!this.ownedBy(table, set)) continue;
      const first = FIRST + table * LINEAR_PAGES + region * REGION_PAGES;
      this.i32.fill(0, first, first + REGION_PAGES);
    }
  }

  clearSet(set: number): void {
    for (let table = 0; table < memoryMap.codeTableCount; table++) {
      if (this.ownedBy(table, set)) this.release(table);
    }
  }

  private ownedBy(table: number, set: number): boolean {
    const owner = this.ownerOf[table];
    return owner !== NONE && ((owner / MODES) | 0) === set;
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

  private leastRecentlyUsed(): number {
    let oldest = 0;
    for (let table = 1; table < memoryMap.codeTableCount; table++) {
      if (this.lastUse[table] < this.lastUse[oldest]) oldest = table;
    }
    return oldest;
  }

  private release(table: number): void {
    const owner = this.ownerOf[table];
    if (owner === NONE) return;
    this.tableOf[owner] = NONE;
    this.ownerOf[table] = NONE;
    this.lastUse[table] = 0;
    const filled = this.filled[table];
    for (let index = 0; index < filled.count; index++) this.i32[FIRST + table * LINEAR_PAGES + filled.pages[index]] = 0;
    filled.clear();
  }
}

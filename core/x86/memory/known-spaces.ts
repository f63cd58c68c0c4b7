/**
 * Address spaces by the page number in cr3: which set of translation tables is whose.  Four words each in the state, so
 * that generated code can load cr3 without asking; who falls on another's place is only found a little later.
 */

import { memoryMap, type State } from '../state.ts';

/** Words of an entry: the page number plus one, where the set's tables begin, its row of code tables, and a mark. */
export const knownSpace = { key: 0, tables: 1, row: 2, used: 3, words: 4 } as const;

const FIRST = memoryMap.knownSpaces >>> 2;
const MASK = memoryMap.knownSpaceCount - 1;
/** Spread over the places; generated code computes the same. */
export const KNOWN_SPACE_FOLD = 7;
const { key: KEY, tables: TABLES, row: ROW, used: USED, words: WORDS } = knownSpace;

export class KnownSpaces {
  private readonly i32: Int32Array;

  constructor(state: State) {
    this.i32 = state.i32;
  }

  private place(page: number): number {
    return FIRST + ((page ^ (page >>> KNOWN_SPACE_FOLD)) & MASK) * WORDS;
  }

  remember(page: number, tables: number, row: number): void {
    const at = this.place(page);
    this.i32[at + KEY] = page + 1;
    this.i32[at + TABLES] = tables;
    this.i32[at + ROW] = row;
    this.i32[at + USED] = 1;
  }

  forget(page: number): void {
    const at = this.place(page);
    if (this.i32[at + KEY] === page + 1) this.i32[at + KEY] = 0;
  }

  /** Whether generated code has loaded it since the last time this was asked. */
  takeMark(page: number): boolean {
    const at = this.place(page);
    const marked = this.i32[at + KEY] === page + 1 && this.i32[at + USED] !== 0;
    if (marked) this.i32[at + USED] = 0;
    return marked;
  }
}

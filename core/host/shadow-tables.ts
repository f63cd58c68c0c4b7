/**
 * The real page tables a guest runs on.  The guest's own tables hold guest-physical addresses, which the processor
 * must never see; these hold the real ones, made from the guest's entry by entry as it faults.  Four directories are
 * kept, for the four address spaces used last, and a bounded pool of tables beneath them: when it is empty everything
 * is thrown away, which costs time and never fails.
 */

import { type GuestPhysical, type HostPhysical, PAGE_BYTES } from '../agreement/addresses.ts';
import type { PhysicalMemory } from '../agreement/ground.ts';
import { directoryIndex, ENTRIES_PER_TABLE, entry, SWITCHER_ADDRESS } from '../agreement/page-tables.ts';
import type { Counters } from '../counters/list.ts';

export const CACHED_DIRECTORIES = 4;
const ENTRY_BYTES = 4;
/** Enough that pinning two stack pages and filling one more can never empty the pool of its own accord. */
const FEWEST_TABLES = 64;
/** For each 4 MiB of guest memory, tables for two of the cached directories. */
const TABLES_PER_DIRECTORY_ENTRY = 2;
const BYTES_PER_DIRECTORY_ENTRY = 4 * 1024 * 1024;

/** What a directory has where it has no table; page 0 of the board is nobody's. */
export const NO_TABLE = 0;

/** The tables of one directory by index, and which indices have one, in the order in which they got it. */
export class TableList {
  readonly #tables = new Uint32Array(ENTRIES_PER_TABLE);
  readonly #used = new Uint16Array(ENTRIES_PER_TABLE);
  #count = 0;

  /** The table at a directory index, or NO_TABLE. */
  at(index: number): number {
    return this.#tables[index];
  }

  /** Puts a table where there was none. */
  set(index: number, table: HostPhysical): void {
    this.#tables[index] = table;
    this.#used[this.#count++] = index;
  }

  /** Takes out all tables of indices [from, to) and gives each to `taken`, oldest first. */
  take(from: number, to: number, taken: (index: number, table: HostPhysical) => void): void {
    let kept = 0;
    for (let place = 0; place < this.#count; place++) {
      const index = this.#used[place];
      if (index < from || index >= to) {
        this.#used[kept++] = index;
        continue;
      }
      const table = this.#tables[index] as HostPhysical; // as it was put there
      this.#tables[index] = NO_TABLE;
      taken(index, table);
    }
    this.#count = kept;
  }
}

export interface ShadowDirectory {
  readonly page: HostPhysical;
  /** Which of the guest's directories this one mirrors; null while unused (page 0 is a legal directory). */
  guestDirectory: GuestPhysical | null;
  /** Tables in use: the host's own note of what the page says. */
  readonly tables: TableList;
}

export interface ShadowTables {
  readonly directories: readonly ShadowDirectory[];
  current: ShadowDirectory;
  /** Index of the directory that goes next: round robin, where lguest rolled dice. */
  nextVictim: number;
  /** From the start until the first NEW_PGTABLE every address means itself. */
  linear: boolean;
  /** The stack's pages may have lost their entries. */
  stackUnpinned: boolean;
  readonly freeTables: HostPhysical[];
  /** Told of every table thrown away. */
  readonly counters: Counters;
}

/** Pages of board RAM that `createShadowTables` takes for a guest of this size. */
export function shadowPages(memoryBytes: number): number {
  const tables = Math.ceil(memoryBytes / BYTES_PER_DIRECTORY_ENTRY) * TABLES_PER_DIRECTORY_ENTRY;
  return CACHED_DIRECTORIES + Math.max(FEWEST_TABLES, tables);
}

/** Lays directories and pool out in a zeroed block; the Switcher's table is mapped at the top of each directory. */
export function createShadowTables(
  board: PhysicalMemory,
  block: HostPhysical,
  pages: number,
  switcherTable: HostPhysical,
  counters: Counters,
): ShadowTables {
  const page = (index: number) => (block + index * PAGE_BYTES) as HostPhysical; // within the block given
  const directories: ShadowDirectory[] = [];
  for (let index = 0; index < CACHED_DIRECTORIES; index++) {
    const directory = { page: page(index), guestDirectory: null, tables: new TableList() };
    const rights = entry.present | entry.writable | entry.accessed;
    board.write32(directory.page + directoryIndex(SWITCHER_ADDRESS) * ENTRY_BYTES, switcherTable | rights);
    directories.push(directory);
  }
  const freeTables: HostPhysical[] = [];
  for (let index = pages - 1; index >= CACHED_DIRECTORIES; index--) freeTables.push(page(index));
  const rest = { nextVictim: 0, linear: true, stackUnpinned: false, freeTables, counters };
  return { directories, current: directories[0], ...rest };
}

const directoryRights = entry.present | entry.writable | entry.user | entry.accessed | entry.dirty;

/**
 * The table for `address` in the current directory, with the rights of the guest's own directory entry: a guest that
 * changed those without a word must not fault on a stale copy for ever.
 */
export function shadowTableFor(
  board: PhysicalMemory,
  shadow: ShadowTables,
  address: number,
  guestEntry: number,
): HostPhysical {
  const index = directoryIndex(address);
  const { page, tables } = shadow.current;
  if (tables.at(index) === NO_TABLE) {
    if (shadow.freeTables.length === 0) {
      dropEverything(board, shadow);
      shadow.stackUnpinned = true;
    }
    tables.set(index, freshTable(board, shadow));
  }
  const table = tables.at(index) as HostPhysical; // there is one now
  const at = page + index * ENTRY_BYTES;
  const value = (table | (guestEntry & directoryRights)) >>> 0;
  if ((board.words[at >>> 2] | entry.accessed) >>> 0 !== (value | entry.accessed) >>> 0) board.write32(at, value);
  return table;
}

function freshTable(board: PhysicalMemory, shadow: ShadowTables): HostPhysical {
  const table = shadow.freeTables.pop();
  if (table === undefined) throw new Error('the shadow pool is empty right after everything was dropped');
  board.fill(table, PAGE_BYTES, 0);
  return table;
}

/** Forgets the tables of directory indices [from, to). The Switcher's own entry is never among them. */
export function dropTables(
  board: PhysicalMemory,
  shadow: ShadowTables,
  directory: ShadowDirectory,
  from: number,
  to: number,
): void {
  directory.tables.take(from, to, (index, table) => {
    board.write32(directory.page + index * ENTRY_BYTES, 0);
    shadow.freeTables.push(table);
    shadow.counters.shadowTablesDropped++;
  });
}

/** Forgets every table of every directory; which directories are cached stays known. */
export function dropEverything(board: PhysicalMemory, shadow: ShadowTables): void {
  for (const directory of shadow.directories) {
    dropTables(board, shadow, directory, 0, directoryIndex(SWITCHER_ADDRESS));
  }
}

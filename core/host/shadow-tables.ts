/**
 * The real page tables a guest runs on.  The guest's own tables hold guest-physical addresses, which the processor
 * must never see; these hold the real ones, made from the guest's entry by entry as it faults.  Four directories are
 * kept, for the four address spaces used last, and a bounded pool of tables beneath them: when it is empty everything
 * is thrown away, which costs time and never fails.
 */

import { type GuestPhysical, type HostPhysical, PAGE_BYTES } from '../agreement/addresses.ts';
import type { PhysicalMemory } from '../agreement/ground.ts';
import { directoryIndex, entry, SWITCHER_ADDRESS } from '../agreement/page-tables.ts';
import type { Counters } from '../counters/list.ts';

export const CACHED_DIRECTORIES = 4;
const ENTRY_BYTES = 4;
/** Enough that pinning two stack pages and filling one more can never empty the pool of its own accord. */
const FEWEST_TABLES = 64;
/** For each 4 MiB of guest memory, tables for two of the cached directories. */
const TABLES_PER_DIRECTORY_ENTRY = 2;
const BYTES_PER_DIRECTORY_ENTRY = 4 * 1024 * 1024;

export interface ShadowDirectory {
  readonly page: HostPhysical;
  /** Which of the guest's directories this one mirrors; null while unused (page 0 is a legal directory). */
  guestDirectory: GuestPhysical | null;
  /** Tables in use, by directory index: the host's own note of what the page says. */
  readonly tables: Map<number, HostPhysical>;
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
    const directory = { page: page(index), guestDirectory: null, tables: new Map<number, HostPhysical>() };
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
  if (!shadow.current.tables.has(index) && shadow.freeTables.length === 0) {
    dropEverything(board, shadow);
    shadow.stackUnpinned = true;
  }
  const table = shadow.current.tables.get(index) ?? freshTable(board, shadow);
  shadow.current.tables.set(index, table);
  const at = shadow.current.page + index * ENTRY_BYTES;
  const value = (table | (guestEntry & directoryRights)) >>> 0;
  if ((board.read32(at) | entry.accessed) !== (value | entry.accessed) >>> 0) board.write32(at, value);
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
  for (const [index, table] of directory.tables) {
    if (index < from || index >= to) continue;
    board.write32(directory.page + index * ENTRY_BYTES, 0);
    directory.tables.delete(index);
    shadow.freeTables.push(table);
    shadow.counters.shadowTablesDropped++;
  }
}

/** Forgets every table of every directory; which directories are cached stays known. */
export function dropEverything(board: PhysicalMemory, shadow: ShadowTables): void {
  for (const directory of shadow.directories) {
    dropTables(board, shadow, directory, 0, directoryIndex(SWITCHER_ADDRESS));
  }
}

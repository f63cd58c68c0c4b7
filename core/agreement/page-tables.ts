/**
 * Page directory and page table entries without PAE (SDM 3A 4.3), and where the Switcher lives in every address space.
 *
 *      31          22 21          12 11           0
 *      +-------------+--------------+--------------+
 *      |  directory  |    table     |    offset    |   a virtual address
 *      +-------------+--------------+--------------+
 */

export const entry = {
  present: 0x001,
  writable: 0x002,
  user: 0x004,
  writeThrough: 0x008,
  cacheDisable: 0x010,
  accessed: 0x020,
  dirty: 0x040,
  /** In a directory entry: a 4 MiB page. In a table entry: PAT. Guests have neither. */
  pageSize: 0x080,
  global: 0x100,
  addressMask: 0xffff_f000,
} as const;

export const ENTRIES_PER_TABLE = 1024;
export const DIRECTORY_SHIFT = 22;

/** The Switcher's 4 MiB at the top of every address space, as in lguest before 3.11; a guest must leave them alone. */
export const SWITCHER_ADDRESS = 0xffc0_0000;
/** What lguest_data.reserve_mem says. */
export const RESERVED_TOP_BYTES = 2 ** 32 - SWITCHER_ADDRESS;

export const directoryIndex = (address: number): number => address >>> DIRECTORY_SHIFT;
export const tableIndex = (address: number): number => (address >>> 12) & (ENTRIES_PER_TABLE - 1);

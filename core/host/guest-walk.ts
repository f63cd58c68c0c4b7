/**
 * Reading the guest's own page tables, as the processor would if it could be let near them.  The tables are the
 * guest's to write at any moment, so every entry is checked each time it is read, and nothing is remembered.
 */

import type { GuestPhysical } from '../agreement/addresses.ts';
import { PAGE_BYTES } from '../agreement/addresses.ts';
import { directoryIndex, entry, SWITCHER_ADDRESS, tableIndex } from '../agreement/page-tables.ts';
import type { GuestCpu } from './guest-cpu.ts';

/** Bits a directory entry may have; anything else (a 4 MiB page, say) is beyond what a guest was promised. */
const directoryBits = entry.addressMask | entry.present | entry.writable | entry.user | entry.accessed | entry.dirty;

/** In linear mode there are no tables; this is what every entry would say. */
const linearDirectoryEntry = entry.present | entry.writable | entry.user | entry.accessed | entry.dirty;
const linearRights = entry.present | entry.writable | entry.accessed | entry.dirty;

/** What a walk found, and for 'page' and 'bad directory entry' the entries are in the record it filled in. */
export type WalkEnd = 'nothing' | 'bad directory entry' | 'page';

export interface WalkFound {
  directoryEntry: number;
  /** For 'page'. */
  tableEntry: number;
  /** Where the table entry lies; null in linear mode. */
  at: GuestPhysical | null;
}

export const noWalk = (): WalkFound => ({ directoryEntry: 0, tableEntry: 0, at: null });

/**
 * Follows the guest's tables for `address` and fills in `cpu.walk`, until the next walk. The table entry itself is not yet
 * checked beyond being present.
 */
export function walkGuest(cpu: GuestCpu, address: number): WalkEnd {
  const { walk, shadow, memory } = cpu;
  if (shadow.linear) {
    walk.directoryEntry = linearDirectoryEntry;
    walk.tableEntry = ((address & entry.addressMask) | linearRights) >>> 0;
    walk.at = null;
    return 'page';
  }
  const directory = shadow.current.guestDirectory;
  if (directory === null) return 'nothing';
  const { words } = cpu.board;
  // NEW_PGTABLE checked that the whole directory lies in memory, at the start of a page.
  const directoryEntry = words[(memory.base + directory + directoryIndex(address) * 4) >>> 2];
  if (!(directoryEntry & entry.present)) return 'nothing';
  walk.directoryEntry = directoryEntry;
  const table = (directoryEntry & entry.addressMask) >>> 0;
  if ((directoryEntry & ~directoryBits) !== 0 || !memory.holds(table, PAGE_BYTES)) return 'bad directory entry';
  const at = (table + tableIndex(address) * 4) as GuestPhysical; // the table was just checked
  walk.tableEntry = words[(memory.base + at) >>> 2];
  walk.at = at;
  return walk.tableEntry & entry.present ? 'page' : 'nothing';
}

/** True if so many bytes from a guest-physical number lie where devices are. Before LGUEST_INIT there are none. */
export function inWindow(cpu: GuestCpu, at: number, length: number): at is GuestPhysical {
  if (cpu.lguestData === null) return false;
  const { windowStart, windowBytes } = cpu.surroundings;
  return at >= windowStart && at + length <= windowStart + windowBytes;
}

/** True for a present table entry that names a page of devices. */
export const namesDevice = (cpu: GuestCpu, tableEntry: number): boolean =>
  !(tableEntry & entry.pageSize) && inWindow(cpu, (tableEntry & entry.addressMask) >>> 0, PAGE_BYTES);

/** True for a present table entry the host can honour: a plain page within the guest's memory. */
export function usableTableEntry(cpu: GuestCpu, tableEntry: number): boolean {
  return !(tableEntry & entry.pageSize) && cpu.memory.holds((tableEntry & entry.addressMask) >>> 0, PAGE_BYTES);
}

// fast path begins
/** Where `address` lies by the guest's tables, whatever its rights, or null. Changes nothing. */
export function lookUp(cpu: GuestCpu, address: number): GuestPhysical | null {
  const { walk } = cpu;
  if (walkGuest(cpu, address) !== 'page' || !usableTableEntry(cpu, walk.tableEntry)) return null;
  return (((walk.tableEntry & entry.addressMask) | (address & (PAGE_BYTES - 1))) >>> 0) as GuestPhysical;
}
// fast path ends

/** Where a guest kernel's access to `address` would land, or null if it would fault. Marks the entry as the CPU would. */
export function translateForKernel(cpu: GuestCpu, address: number, write: boolean): GuestPhysical | null {
  if (address >= SWITCHER_ADDRESS) return null;
  const { walk } = cpu;
  if (walkGuest(cpu, address) !== 'page' || !usableTableEntry(cpu, walk.tableEntry)) return null;
  if (write && !(walk.directoryEntry & walk.tableEntry & entry.writable)) return null;
  const marked = (walk.tableEntry | entry.accessed | (write ? entry.dirty : 0)) >>> 0;
  if (walk.at !== null && marked !== walk.tableEntry) cpu.memory.write32(walk.at, marked);
  return (((walk.tableEntry & entry.addressMask) | (address & (PAGE_BYTES - 1))) >>> 0) as GuestPhysical;
}

/** A word of the guest's virtual memory, byte by page if it straddles two; null if any of it is out of reach. */
export function readGuestWord(cpu: GuestCpu, address: number): number | null {
  let value = 0;
  for (let byte = 0; byte < 4; byte++) {
    const at = translateForKernel(cpu, (address + byte) >>> 0, false);
    if (at === null) return null;
    value |= cpu.memory.read8(at) << (8 * byte);
  }
  return value >>> 0;
}

/**
 * Writes the first `count` words of `cpu.frame` at descending addresses below `top`, as pushes do; a frame may straddle two
 * pages that are no neighbours. Answers the new top, or null with nothing written.
 */
export function pushGuestFrame(cpu: GuestCpu, top: number, count: number): number | null {
  const { frame, memory } = cpu;
  const length = count * 4;
  const bottom = (top - length) >>> 0;
  const inFirstPage = Math.min(length, PAGE_BYTES - (bottom % PAGE_BYTES));
  const first = translateForKernel(cpu, bottom, true);
  const second = inFirstPage < length ? translateForKernel(cpu, (bottom + inFirstPage) >>> 0, true) : first;
  if (first === null || second === null) return null;
  for (let index = 0; index < count; index++) {
    const offset = length - 4 * (index + 1);
    // Both pages were translated.
    if (offset + 4 <= inFirstPage) memory.write32((first + offset) as GuestPhysical, frame[index]);
    else
      pushAcross(cpu, frame[index], (byte) =>
        offset + byte < inFirstPage ? first + offset + byte : second + offset + byte - inFirstPage,
      );
  }
  return bottom;
}

/** A word some of whose bytes lie in the second page. */
function pushAcross(cpu: GuestCpu, word: number, place: (byte: number) => number): void {
  for (let byte = 0; byte < 4; byte++) {
    cpu.memory.write8(place(byte) as GuestPhysical, (word >>> (8 * byte)) & 0xff); // where it was translated to
  }
}

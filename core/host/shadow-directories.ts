/**
 * What the guest tells about its page tables: another directory, an entry changed, a flush.  The host mirrors four
 * directories at a time.  Everything at or above the guest's kernel address is taken to be the same in all of them,
 * as it is in Linux; a guest for which that is untrue hurts only itself.
 */

import { type GuestPhysical, PAGE_BYTES } from '../agreement/addresses.ts';
import { directoryIndex, ENTRIES_PER_TABLE, entry, SWITCHER_ADDRESS, tableIndex } from '../agreement/page-tables.ts';
import { changed, type GuestCpu } from './guest-cpu.ts';
import { namesDevice, usableTableEntry } from './guest-walk.ts';
import { hex, killGuest } from './kill-guest.ts';
import { pinStackPages, shadowEntry } from './page-tables.ts';
import { dropEverything, dropTables, NO_TABLE, type ShadowDirectory } from './shadow-tables.ts';

/** Where the part of the address space begins that all directories share; everything is private before LGUEST_INIT. */
export const kernelAddress = (cpu: GuestCpu): number => cpu.lguestData?.kernelAddress ?? SWITCHER_ADDRESS;

/** NEW_PGTABLE: the guest's mov to cr3. */
export function newPageTable(cpu: GuestCpu, guestDirectory: number): void {
  if (guestDirectory % PAGE_BYTES !== 0 || !cpu.memory.holds(guestDirectory, PAGE_BYTES)) {
    killGuest(cpu, `switched to a page directory at ${hex(guestDirectory)}, which is no page of its memory`);
    return;
  }
  // fast path begins
  cpu.changed |= changed.walker;
  // fast path ends
  const leavingLinear = cpu.shadow.linear;
  if (leavingLinear) {
    dropEverything(cpu.board, cpu.shadow);
    cpu.shadow.linear = false;
  }
  for (const directory of cpu.shadow.directories) {
    if (directory.guestDirectory !== guestDirectory) continue;
    cpu.shadow.current = directory;
    return;
  }
  takeVictim(cpu, guestDirectory as GuestPhysical); // checked above
  // A directory used for the first time knows nothing yet, not even the kernel's stack.
  pinStackPages(cpu);
}

/** The kernel part of the victim stays: it is the same in every directory. */
function takeVictim(cpu: GuestCpu, guestDirectory: GuestPhysical): void {
  const { shadow } = cpu;
  const victim = shadow.directories[shadow.nextVictim];
  shadow.nextVictim = (shadow.nextVictim + 1) % shadow.directories.length;
  victim.guestDirectory = guestDirectory;
  dropTables(cpu.board, shadow, victim, 0, directoryIndex(kernelAddress(cpu)));
  shadow.current = victim;
}

/** FLUSH_TLB 0: the user part of the current address space. */
export function flushUser(cpu: GuestCpu): void {
  dropTables(cpu.board, cpu.shadow, cpu.shadow.current, 0, directoryIndex(kernelAddress(cpu)));
}

/** FLUSH_TLB 1: everything, in every cached directory. */
export function flushEverything(cpu: GuestCpu): void {
  dropEverything(cpu.board, cpu.shadow);
  pinStackPages(cpu);
}

/** SET_PTE: one entry of the guest's tables has changed. */
export function setPageTableEntry(cpu: GuestCpu, guestDirectory: number, address: number, value: number): void {
  if (address >= SWITCHER_ADDRESS) {
    killGuest(cpu, `tried to map ${hex(address)}, where the Switcher lives`);
    return;
  }
  const { directories } = cpu.shadow;
  const everywhere = address >= kernelAddress(cpu);
  for (let index = 0; index < directories.length; index++) {
    const directory = directories[index];
    const { guestDirectory: mirrored } = directory;
    // Two numbers are compared faster than anything with anything.
    if (!everywhere && (mirrored === null || mirrored !== guestDirectory)) continue;
    if (cpu.dead === null) applyTableEntry(cpu, directory, address, value);
  }
}

/**
 * Devices have no page to map: every access to them must fault. A page the guest says was touched is mapped at once, which spares a fault.  One that it calls clean and writable is
 * mapped read-only all the same: Linux wants to see the dirty bit when it is written.
 */
function applyTableEntry(cpu: GuestCpu, directory: ShadowDirectory, address: number, value: number): void {
  const table = directory.tables.at(directoryIndex(address));
  if (table === NO_TABLE) return;
  const touched = value & (entry.accessed | entry.dirty);
  const at = table + tableIndex(address) * 4;
  if (!(value & entry.present) || !touched) {
    cpu.board.write32(at, 0);
  } else if (usableTableEntry(cpu, value)) {
    cpu.board.write32(at, shadowEntry(cpu, value));
    cpu.counters.shadowPagesFilled++;
  } else if (namesDevice(cpu, value)) {
    cpu.board.write32(at, 0);
  } else {
    killGuest(cpu, `set a bad page table entry ${hex(value)} for address ${hex(address)}`);
  }
}

/** SET_PGD: an entry of a guest directory has changed. The Switcher's own entry is not the guest's to change. */
export function setPageDirectoryEntry(cpu: GuestCpu, guestDirectory: number, index: number): void {
  if (index >= ENTRIES_PER_TABLE) {
    killGuest(cpu, `changed page directory entry ${hex(index)}, beyond the last`);
    return;
  }
  for (const directory of cpu.shadow.directories) {
    if (directory.guestDirectory === guestDirectory) dropTables(cpu.board, cpu.shadow, directory, index, index + 1);
  }
}

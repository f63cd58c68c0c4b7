/**
 * Demand paging: the heart of lguest's memory.  The shadow tables start empty and every page the guest touches faults
 * once; here the host decides whether the guest's own tables allow the access, in which case it fills in the real
 * entry and says nothing, or not, in which case the fault is the guest's to see.
 *
 * Nothing here trusts that the guest told us of a change: an entry is copied only after it was read and checked.
 */

import { PAGE_BYTES } from '../agreement/addresses.ts';
import { directoryIndex, entry, SWITCHER_ADDRESS, tableIndex } from '../agreement/page-tables.ts';
import { pageFaultError } from '../agreement/traps.ts';
import type { GuestCpu } from './guest-cpu.ts';
import { namesDevice, usableTableEntry, walkGuest } from './guest-walk.ts';
import { hex, killGuest } from './kill-guest.ts';
import { NO_TABLE, shadowTableFor } from './shadow-tables.ts';

/** 'device': the guest's tables allow the access, to an address that is no memory. */
export type FaultFate = 'filled' | "the guest's" | 'device' | 'fatal';

/** What of a guest's table entry reaches the processor. G would outlive a cr3 load; caching bits mean nothing here. */
const copiedRights = entry.present | entry.writable | entry.user | entry.accessed | entry.dirty;

// @journey host/demand-page  A page fault, and whose it is
// The guest touched something and the shadow tables had no answer.  Either the guest's own tables have one, and we
// copy it with the real page number in place of the guest's; or they have none, and the fault is truly the guest's.
// Accessed and dirty bits we must fake: a clean page is mapped read-only, so that its first write comes back here
// and we can tell the guest, by writing into its own table, that the page is now dirty.
/** Answers a page fault at `address`. 'filled': run the guest again. 'fatal': the guest is dead. (lguest-abi §10) */
export function demandPage(cpu: GuestCpu, address: number, errorCode: number): FaultFate {
  if (address >= SWITCHER_ADDRESS) return "the guest's";
  const found = walkGuest(cpu, address);
  if (found === 'nothing') return "the guest's";
  const { directoryEntry, tableEntry, at } = cpu.walk;
  if (found === 'bad directory entry') {
    killGuest(cpu, `has a bad page directory entry ${hex(directoryEntry)} for address ${hex(address)}`);
    return 'fatal';
  }
  const write = (errorCode & pageFaultError.write) !== 0;
  const rights = directoryEntry & tableEntry;
  if (write && !(rights & entry.writable)) return "the guest's";
  if (errorCode & pageFaultError.user && !(rights & entry.user)) return "the guest's";
  if (!usableTableEntry(cpu, tableEntry)) {
    if (namesDevice(cpu, tableEntry)) return 'device';
    killGuest(cpu, `has a bad page table entry ${hex(tableEntry)} for address ${hex(address)}`);
    return 'fatal';
  }
  const marked = (tableEntry | entry.accessed | (write ? entry.dirty : 0)) >>> 0;
  fillShadowEntry(cpu, address, directoryEntry, marked);
  if (at !== null && marked !== tableEntry) cpu.memory.write32(at, marked);
  if (cpu.shadow.stackUnpinned) pinStackPages(cpu);
  return cpu.dead === null ? 'filled' : 'fatal';
}
// @end

function fillShadowEntry(cpu: GuestCpu, address: number, directoryEntry: number, guestEntry: number): void {
  const table = shadowTableFor(cpu.board, cpu.shadow, address, directoryEntry);
  cpu.board.write32(table + tableIndex(address) * 4, shadowEntry(cpu, guestEntry));
  cpu.counters.shadowPagesFilled++;
}

/** The real entry for a checked, present guest entry: write-protected until the guest's own says dirty. */
export function shadowEntry(cpu: GuestCpu, guestEntry: number): number {
  const withheld = guestEntry & entry.dirty ? 0 : entry.writable;
  const page = cpu.memory.base + ((guestEntry & entry.addressMask) >>> 0);
  return (page | (guestEntry & copiedRights & ~withheld)) >>> 0;
}

/** The shadow entry for `address` in the current directory; 0 if there is none. */
export function readShadowEntry(cpu: GuestCpu, address: number): number {
  const table = cpu.shadow.current.tables.at(directoryIndex(address));
  return table === NO_TABLE ? 0 : cpu.board.words[(table >>> 2) + tableIndex(address)];
}

/**
 * Makes sure the ring-1 stack is mapped writable, so that a trap that goes straight into the guest finds its stack.
 * A stack that cannot be mapped is the guest's end.
 */
export function pinStackPages(cpu: GuestCpu): void {
  cpu.shadow.stackUnpinned = false;
  for (let page = 0; page < cpu.stack.pages; page++) {
    const address = (cpu.stack.pointer - 1 - page * PAGE_BYTES) >>> 0;
    if (readShadowEntry(cpu, address) & entry.writable) continue;
    if (demandPage(cpu, address, pageFaultError.write) !== 'filled') {
      killGuest(cpu, `has no memory for its stack at ${hex(address)}`);
      return;
    }
  }
}

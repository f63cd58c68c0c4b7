/**
 * The guest's segment descriptors.  A guest may want any it likes in its own table; what reaches the real one is
 * never more privileged than ring 1, is already marked as accessed (the real table is read-only to the guest, and the
 * processor would have to write that mark), and is a segment: a task gate or TSS of the guest's making would let it
 * load every register of ring 0 at once, which lguest itself did not notice.
 */

import type { GuestPhysical } from '../agreement/addresses.ts';
import {
  DESCRIPTOR_BYTES,
  descriptor,
  flatCode,
  flatData,
  GDT_ENTRIES,
  GUEST_RING,
  gdtEntry,
  TLS_ENTRIES,
} from '../agreement/segments.ts';
import { changed, type GuestCpu } from './guest-cpu.ts';
import { hex, killGuest } from './kill-guest.ts';

/** Entries a guest may set to its heart's content, and that never reach the processor. */
const hostEntries: ReadonlySet<number> = new Set([
  gdtEntry.lguestCode,
  gdtEntry.lguestStack,
  gdtEntry.taskState,
  gdtEntry.doubleFaultTask,
]);

const guestPrivilege = GUEST_RING << descriptor.privilegeShift;

/** The table a guest starts with: flat code and data for ring 1. */
export function bootSegments(cpu: GuestCpu): void {
  setDescriptor(cpu, gdtEntry.kernelCode, flatCode.low, flatCode.high);
  setDescriptor(cpu, gdtEntry.kernelData, flatData.low, flatData.high);
}

/** LOAD_GDT_ENTRY. */
export function loadGdtEntry(cpu: GuestCpu, index: number, low: number, high: number): void {
  if (index >= GDT_ENTRIES) {
    killGuest(cpu, `set GDT entry ${hex(index)}, beyond the last of ${GDT_ENTRIES}`);
    return;
  }
  setDescriptor(cpu, index, low, high);
  cpu.changed |= changed.gdt;
}

/** LOAD_GDT: the whole table at once, as kernels up to 2.6.30 do. */
export function loadGdt(cpu: GuestCpu, table: number, entries: number): void {
  if (entries !== GDT_ENTRIES) {
    killGuest(cpu, `loaded a GDT of ${hex(entries)} entries`);
    return;
  }
  loadDescriptors(cpu, table, 0, GDT_ENTRIES);
  cpu.changed |= changed.gdt;
}

/** LOAD_TLS: the three entries that change with every task switch. */
export function loadTls(cpu: GuestCpu, table: number): void {
  loadDescriptors(cpu, table, gdtEntry.tls, TLS_ENTRIES);
  cpu.changed |= changed.tls;
}

function loadDescriptors(cpu: GuestCpu, table: number, first: number, count: number): void {
  if (!cpu.memory.holds(table, count * DESCRIPTOR_BYTES)) {
    killGuest(cpu, `loaded descriptors from ${hex(table)}, beyond its memory`);
    return;
  }
  for (let index = 0; index < count && cpu.dead === null; index++) {
    const at = table + index * DESCRIPTOR_BYTES;
    const low = cpu.memory.read32(at as GuestPhysical); // checked above
    const high = cpu.memory.read32((at + 4) as GuestPhysical);
    setDescriptor(cpu, first + index, low, high);
  }
}

function setDescriptor(cpu: GuestCpu, index: number, low: number, high: number): void {
  if (hostEntries.has(index)) return;
  const isSegment = (high & descriptor.codeOrData) !== 0;
  if (!isSegment && high & descriptor.present) {
    killGuest(cpu, `put a system descriptor ${hex(high)}:${hex(low)} into GDT entry ${hex(index)}`);
    return;
  }
  // Entry 0 is never looked at, and an absent system descriptor is as good as none.
  const kept = isSegment && index !== 0;
  cpu.gdt[index * 2] = kept ? low : 0;
  cpu.gdt[index * 2 + 1] = kept ? fixPrivilege(high | descriptor.accessed) : 0;
}

function fixPrivilege(high: number): number {
  return high & descriptor.privilegeMask ? high : high | guestPrivilege;
}

/** The base address in a descriptor's two words (SDM 3A 3.4.5); 0 for selectors beyond the table. */
export function segmentBase(cpu: GuestCpu, selector: number): number {
  const index = selector >>> 3;
  if (index >= GDT_ENTRIES) return 0;
  const [low, high] = [cpu.gdt[index * 2], cpu.gdt[index * 2 + 1]];
  return ((low >>> 16) | ((high & 0xff) << 16) | (high & 0xff00_0000)) >>> 0;
}

/**
 * LGUEST_INIT: guest and host meet.  The guest gives one address; which kernel it is, and so how lguest_data is laid
 * out and in which registers hypercalls bring their arguments, must be guessed from what lies there.  The guess is
 * made from fields the guest cannot get wrong by accident; all that is believed later is read here, once.
 */

import type { GuestPhysical } from '../agreement/addresses.ts';
import { PAGE_BYTES } from '../agreement/addresses.ts';
import { TSC_KHZ } from '../agreement/clock.ts';
import { type LguestEra, lguestEras, RING_ENTRIES, RING_FREE } from '../agreement/lguest-data.ts';
import {
  directoryIndex,
  ENTRIES_PER_TABLE,
  entry,
  RESERVED_TOP_BYTES,
  SWITCHER_ADDRESS,
} from '../agreement/page-tables.ts';
import { vector } from '../agreement/traps.ts';
import { changed, type GuestCpu, type LguestDataPlace } from './guest-cpu.ts';
import { callPlaces } from './hypercall-arguments.ts';
import { hex, killGuest } from './kill-guest.ts';
import { type BoardTime, fieldPlaces, writeField, writeTime } from './lguest-data.ts';
import { dropEverything } from './shadow-tables.ts';

// @journey host/handshake  Guest and host meet
// The first thing a guest kernel says is where it keeps its notes.  It does not say which lguest it learned the shape of
// those notes from, so we try the shapes we know on the bytes that lie there, newest first, and look for the one number
// every kernel puts in: the vector of its system calls.
/** Serves LGUEST_INIT. The guest dies if this is its second, or if nothing we know lies at the address. */
export function initialize(cpu: GuestCpu, now: BoardTime): void {
  if (cpu.lguestData !== null) {
    killGuest(cpu, 'said LGUEST_INIT a second time');
    return;
  }
  const found = findLguestData(cpu);
  if (found === null) return;
  if (found.kernelAddress >= SWITCHER_ADDRESS) {
    killGuest(cpu, `gave ${hex(found.kernelAddress)} as its kernel_address, which is not below the Switcher`);
    return;
  }
  cpu.lguestData = found;
  // fast path begins
  cpu.changed |= changed.walker;
  // fast path ends
  writeField(cpu, 'reserveMemory', RESERVED_TOP_BYTES);
  writeField(cpu, 'tscKhz', TSC_KHZ);
  writeTime(cpu, now);
  dropEverything(cpu.board, cpu.shadow);
  if (found.era.at.pageDirectory !== null) buildLinearTables(cpu, found.kernelAddress);
  if (cpu.dead === null) cpu.surroundings.onHandshake(found.era);
}
// @end

function findLguestData(cpu: GuestCpu): LguestDataPlace | null {
  const fitting: { at: number; era: LguestEra }[] = [];
  for (const era of lguestEras) {
    const at = cpu.registers.read(era.argumentRegisters[0]);
    if (!cpu.memory.holds(at, era.layout.bytes)) continue;
    if (fieldAt(cpu, at, era, 'syscallVector') === vector.systemCall) fitting.push({ at, era });
  }
  const best = fitting.find(({ at, era }) => ringLooksUnused(cpu, at, era)) ?? fitting[0];
  if (best !== undefined) return readPlace(cpu, best.at, best.era);
  const at = cpu.registers.read('ebx');
  killGuest(
    cpu,
    cpu.memory.holds(at, lguestEras[0].layout.bytes)
      ? `said LGUEST_INIT with ${hex(at)}, where there is no lguest_data with system call vector ${hex(vector.systemCall)}`
      : `said LGUEST_INIT with ${hex(at)}, but lguest_data would reach beyond its memory`,
  );
  return null;
}

function fieldAt(cpu: GuestCpu, at: number, era: LguestEra, field: keyof LguestEra['at']): number | null {
  const offset = era.at[field];
  return offset === null ? null : cpu.memory.read32((at + offset) as GuestPhysical); // the record is in memory
}

function ringLooksUnused(cpu: GuestCpu, at: number, era: LguestEra): boolean {
  const status = cpu.memory.readBytes((at + (era.at.ringStatus ?? 0)) as GuestPhysical, RING_ENTRIES);
  return status.every((one) => one === RING_FREE);
}

function readPlace(cpu: GuestCpu, at: number, era: LguestEra): LguestDataPlace {
  const start = fieldAt(cpu, at, era, 'noIrqStart');
  const end = fieldAt(cpu, at, era, 'noIrqEnd');
  const place = at as GuestPhysical; // it was found to be in memory
  return {
    at: place,
    era,
    places: fieldPlaces(cpu.memory, place, era),
    calls: callPlaces(era),
    kernelAddress: fieldAt(cpu, at, era, 'kernelAddress') ?? 0,
    noIrqWindow: start === null || end === null ? null : { start, end },
    noIrqIret: fieldAt(cpu, at, era, 'noIrqIret'),
  };
}

/** Offset of the initrd's start in the boot parameters, which lie at guest-physical 0. */
const RAMDISK_IMAGE = 0x218 as GuestPhysical;
const linearRights = entry.present | entry.writable | entry.user;

/**
 * Kernels before 3.0 bring no page tables of their own to the start. They find some right below the initrd, which map
 * all memory twice, at 0 and at kernel_address, and are told where.
 */
function buildLinearTables(cpu: GuestCpu, kernelAddress: number): void {
  const ramdisk = cpu.memory.read32(RAMDISK_IMAGE);
  const top = ramdisk > 0 && ramdisk <= cpu.ramBytes ? ramdisk : cpu.ramBytes;
  const pages = cpu.ramBytes / PAGE_BYTES;
  const tables = Math.ceil(pages / ENTRIES_PER_TABLE);
  const firstTable = top - (top % PAGE_BYTES) - tables * PAGE_BYTES;
  const directory = (firstTable - PAGE_BYTES) as GuestPhysical; // checked next
  if (directory < 0) {
    killGuest(cpu, `has no room for its first page tables below ${hex(top)}`);
    return;
  }
  cpu.memory.fill(directory, (tables + 1) * PAGE_BYTES, 0);
  for (let page = 0; page < pages; page++) {
    cpu.memory.write32((firstTable + page * 4) as GuestPhysical, ((page * PAGE_BYTES) | linearRights) >>> 0);
  }
  for (let index = 0; index < tables; index++) {
    const value = (firstTable + index * PAGE_BYTES) | linearRights;
    for (const slot of [index, index + directoryIndex(kernelAddress)]) {
      if (slot < directoryIndex(SWITCHER_ADDRESS)) cpu.memory.write32((directory + slot * 4) as GuestPhysical, value);
    }
  }
  writeField(cpu, 'pageDirectory', directory);
  cpu.shadow.linear = false;
  cpu.shadow.current.guestDirectory = directory;
}

/**
 * A guest without a processor: its memory, its registers at rest and its shadow tables, on RAM that is only bytes.
 * Whatever the host does between two crossings can be tried on it.
 */

import { type GuestPhysical, type HostPhysical, PAGE_BYTES } from '../../../core/agreement/addresses.ts';
import { type LguestEra, lguestEras, RING_ENTRIES, RING_FREE } from '../../../core/agreement/lguest-data.ts';
import { ENTRIES_PER_TABLE, entry } from '../../../core/agreement/page-tables.ts';
import { GUEST_KERNEL_CS, GUEST_KERNEL_DS } from '../../../core/agreement/segments.ts';
import { eflags, vector } from '../../../core/agreement/traps.ts';
import { zeroCounters } from '../../../core/counters/list.ts';
import { BoardRam } from '../../../core/host/board-ram.ts';
import { type GuestCpu, newGuestCpu } from '../../../core/host/guest-cpu.ts';
import type { GuestSurroundings } from '../../../core/host/guest-events.ts';
import { GuestBlock } from '../../../core/host/guest-memory.ts';
import { GuestRegisters } from '../../../core/host/guest-registers.ts';
import { serveHypercalls } from '../../../core/host/hypercalls.ts';
import { bootSegments } from '../../../core/host/segments.ts';
import { createShadowTables, shadowPages } from '../../../core/host/shadow-tables.ts';
import { emptySurroundings } from '../../../core/host/surroundings.ts';
import { FakeMemory } from './fake-memory.ts';

export const MEMORY_BYTES = 2 * 1024 * 1024;
export const DEVICE_BYTES = 64 * 1024;
export const KERNEL_ADDRESS = 0xc000_0000;

export const guestPhysical = (at: number): GuestPhysical => at as GuestPhysical; // tests make addresses up

export function fakeGuest(surroundings: GuestSurroundings = emptySurroundings): GuestCpu {
  const board = new FakeMemory(8 * 1024 * 1024);
  const ram = new BoardRam(board);
  const size = MEMORY_BYTES + DEVICE_BYTES;
  const memory = new GuestBlock(board, ram.allocate(size / PAGE_BYTES), size);
  const [registersPage, floatingPointPage, switcherTable] = [ram.allocate(1), ram.allocate(1), ram.allocate(1)];
  const counters = zeroCounters();
  const pages = shadowPages(MEMORY_BYTES);
  const shadow = createShadowTables(board, ram.allocate(pages), pages, switcherTable, counters);
  const registers = new GuestRegisters(board, registersPage);
  const places = { memory, ramBytes: MEMORY_BYTES, board, registers, registersPage, floatingPointPage, shadow };
  const cpu = newGuestCpu({ name: 'test', fastPath: false, counters, surroundings, ...places });
  bootSegments(cpu);
  registers.cs = GUEST_KERNEL_CS;
  registers.ss = GUEST_KERNEL_DS;
  registers.eflags = eflags.interrupt | eflags.reserved;
  return cpu;
}

export const DATA_AT = 0x5000;

/** Fills in lguest_data as a kernel's static initialiser would. */
export function writeLguestData(cpu: GuestCpu, era: LguestEra, at = DATA_AT): void {
  const put = (field: keyof LguestEra['at'], value: number) => {
    const offset = era.at[field];
    if (offset !== null) cpu.memory.write32(guestPhysical(at + offset), value);
  };
  put('blockedInterrupts', 1);
  put('noIrqStart', KERNEL_ADDRESS + 0x100);
  put('noIrqEnd', KERNEL_ADDRESS + 0x110);
  put('noIrqIret', KERNEL_ADDRESS + 0x200);
  put('kernelAddress', KERNEL_ADDRESS);
  put('syscallVector', vector.systemCall);
  cpu.memory.fill(guestPhysical(at + (era.at.ringStatus ?? 0)), RING_ENTRIES, RING_FREE);
}

export const noon = { clock: 0, secondsAtStart: 1_000_000_000 };

/** Makes a hypercall in the registers its era uses. */
export function call(cpu: GuestCpu, number: number, ...args: number[]): void {
  const { argumentRegisters } = cpu.lguestData?.era ?? lguestEras[0];
  cpu.registers.eax = number;
  argumentRegisters.forEach((name, index) => {
    cpu.registers.write(name, args[index] ?? 0);
  });
  cpu.hypercallPending = true;
  serveHypercalls(cpu, noon);
}

/** A guest that has said LGUEST_INIT. */
export function initializedGuest(era = lguestEras[0], surroundings?: GuestSurroundings): GuestCpu {
  const cpu = fakeGuest(surroundings);
  writeLguestData(cpu, era);
  cpu.registers.eax = 1;
  cpu.registers.write(era.argumentRegisters[0], DATA_AT);
  cpu.hypercallPending = true;
  serveHypercalls(cpu, noon);
  if (cpu.dead !== null) throw new Error(cpu.dead.reason);
  return cpu;
}

export const DIRECTORY_AT = 0x10_000;
const FIRST_TABLE_AT = 0x11_000;
export const P = entry.present;
export const RW = entry.writable;
export const US = entry.user;
export const A = entry.accessed;
export const D = entry.dirty;

/** Writes the guest's own table entry for `address`, making a table for it where there is none. */
export function mapInGuest(cpu: GuestCpu, address: number, value: number, directoryRights = P | RW | US | A): void {
  const slot = guestPhysical(DIRECTORY_AT + (address >>> 22) * 4);
  let directoryEntry = cpu.memory.read32(slot);
  if (directoryEntry === 0) {
    let used = 0;
    for (let index = 0; index < ENTRIES_PER_TABLE; index++) {
      if (cpu.memory.read32(guestPhysical(DIRECTORY_AT + index * 4)) !== 0) used++;
    }
    directoryEntry = (FIRST_TABLE_AT + used * PAGE_BYTES) | directoryRights;
    cpu.memory.write32(slot, directoryEntry);
  }
  cpu.memory.write32(guestEntryAt(cpu, address), value);
}

/** Where the guest keeps its table entry for `address`. */
export function guestEntryAt(cpu: GuestCpu, address: number): GuestPhysical {
  const directoryEntry = cpu.memory.read32(guestPhysical(DIRECTORY_AT + (address >>> 22) * 4));
  return guestPhysical((directoryEntry & entry.addressMask) + ((address >>> 12) & 1023) * 4);
}

/** Every page of the current shadow directory: address → guest page and rights, as the processor would see them. */
export function shadowMappings(cpu: GuestCpu, directory: HostPhysical = cpu.shadow.current.page): string[] {
  const found: string[] = [];
  for (let index = 0; index < ENTRIES_PER_TABLE - 1; index++) {
    const directoryEntry = cpu.board.read32(directory + index * 4);
    if (!(directoryEntry & P)) continue;
    for (let page = 0; page < ENTRIES_PER_TABLE; page++) {
      const value = cpu.board.read32(((directoryEntry & entry.addressMask) >>> 0) + page * 4);
      if (!(value & P)) continue;
      const rights = directoryEntry & value;
      const guestPage = ((value & entry.addressMask) >>> 0) - cpu.memory.base;
      const address = index * 2 ** 22 + page * PAGE_BYTES;
      const letters = `${rights & RW ? 'w' : 'r'}${rights & US ? 'u' : 's'}${value & entry.global ? 'g' : ''}`;
      found.push(`${address.toString(16)}:${guestPage.toString(16)}:${letters}`);
    }
  }
  return found;
}

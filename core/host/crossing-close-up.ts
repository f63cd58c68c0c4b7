/**
 * A crossing looked at closely, for people who want to see it: registers, the code at both ends, and for a page fault how
 * far the guest's tables and the shadow's lead.  Everything is noted when the guest was left and before the host acts,
 * because a moment later it is no longer true.  Looking changes nothing, not even an accessed bit.
 */

import type { GuestPhysical } from '../agreement/addresses.ts';
import { PAGE_BYTES } from '../agreement/addresses.ts';
import { directoryIndex, entry, tableIndex } from '../agreement/page-tables.ts';
import { vector } from '../agreement/traps.ts';
import type { CrossingExit } from '../switcher/crossing.ts';
import { lguestRegs, type RegisterName } from '../switcher/lguest-pages.ts';
import type { GuestCpu } from './guest-cpu.ts';
import type { CodeSeen, CrossingCloseUp, TableEntrySeen, WalkSeen } from './guest-events.ts';
import { usableTableEntry, walkGuest } from './guest-walk.ts';
import { segmentBase } from './segments.ts';

/** Enough for a few instructions before and after. Together less than a page. */
const BYTES_BEFORE = 24;
const BYTES_AFTER = 40;
const END_OF_ADDRESSES = 2 ** 32;

// @journey host/close-up  The moment before it is too late
// A fault is understood by looking at three things at once: the registers, the guest's tables and ours.  A moment later
// the host has pushed a frame, moved eip and filled an entry, and the evidence is gone; whoever walked the tables when a
// person clicked would show them a fault that could not have happened.  So a crossing that is watched is noted here, while
// the guest is home and nobody has touched it, a few dozen words and a few bytes of code; and nothing is noted otherwise.
/** The guest is home, and nobody has looked at it yet. `entered` was seen before it left. */
export function closeUpOf(cpu: GuestCpu, exit: CrossingExit, cr2: number, entered: CodeSeen): CrossingCloseUp {
  const isPageFault = exit.why === 'trap' && exit.trap === vector.pageFault;
  return {
    registers: registersOf(cpu),
    cr2,
    guestDirectory: directoryOf(cpu),
    trap: exit.why === 'trap' ? { number: exit.trap, errorCode: exit.errorCode } : null,
    walks: isPageFault ? { guest: walkOfGuest(cpu, cr2), shadow: walkOfShadow(cpu, cr2) } : null,
    entered,
    left: codeAtEip(cpu),
  };
}
// @end

const directoryOf = ({ shadow }: GuestCpu) => (shadow.linear ? null : shadow.current.guestDirectory);

const registerNames = Object.keys(lguestRegs.at) as RegisterName[]; // its own keys

function registersOf(cpu: GuestCpu): CrossingCloseUp['registers'] {
  const registers: Partial<Record<RegisterName, number>> = {};
  for (const name of registerNames) registers[name] = cpu.registers.read(name);
  return registers as Record<RegisterName, number>; // every name was read
}

/** Follows two levels of tables for `address`; `read` answers null for a table that cannot be looked at. */
function walkFrom(directory: number, address: number, read: (at: number) => TableEntrySeen | null): WalkSeen {
  const upper = read(directory + directoryIndex(address) * 4);
  if (upper === null || !(upper.value & entry.present)) return { directory: upper, table: null };
  const table = (upper.value & entry.addressMask) >>> 0;
  return { directory: upper, table: read(table + tableIndex(address) * 4) };
}

function walkOfGuest(cpu: GuestCpu, address: number): WalkSeen {
  const directory = directoryOf(cpu);
  if (directory === null) return { directory: null, table: null };
  return walkFrom(
    directory,
    address,
    (at) => (cpu.memory.holds(at, 4) ? { at, value: cpu.memory.read32(at as GuestPhysical) } : null), // checked here
  );
}

/** The tables the processor really used. */
function walkOfShadow(cpu: GuestCpu, address: number): WalkSeen {
  return walkFrom(cpu.shadow.current.page, address, (at) => ({ at, value: cpu.board.read32(at) }));
}

/** The code around where the guest is, as far as its own tables show it. */
export function codeAtEip(cpu: GuestCpu): CodeSeen {
  const at = (segmentBase(cpu, cpu.registers.cs) + cpu.registers.eip) >>> 0;
  const [from, to] = [Math.max(0, at - BYTES_BEFORE), Math.min(END_OF_ADDRESSES, at + BYTES_AFTER)];
  const boundary = Math.ceil((from + 1) / PAGE_BYTES) * PAGE_BYTES;
  const [lower, upper] = [reachable(cpu, from, Math.min(boundary, to)), reachable(cpu, boundary, to)];
  const [here, neighbour] = at < boundary ? [lower, upper] : [upper, lower];
  if (here === null) return { at, from: at, bytes: new Uint8Array(0) };
  if (neighbour === null) return { at, from: at < boundary ? from : boundary, bytes: here };
  const bytes = new Uint8Array(to - from);
  if (lower !== null) bytes.set(lower);
  if (upper !== null) bytes.set(upper, boundary - from);
  return { at, from, bytes };
}

/** Bytes of one page; null if there are none or the guest's tables do not lead to memory. */
function reachable(cpu: GuestCpu, from: number, to: number): Uint8Array | null {
  if (from >= to) return null;
  const { walk } = cpu;
  if (walkGuest(cpu, from) !== 'page' || !usableTableEntry(cpu, walk.tableEntry)) return null;
  const page = (walk.tableEntry & entry.addressMask) >>> 0;
  return cpu.memory.readBytes((page + (from % PAGE_BYTES)) as GuestPhysical, to - from); // checked above
}

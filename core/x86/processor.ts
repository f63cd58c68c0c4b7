/**
 * The parts a service may lean on, gathered so that each part is handed only this and never builds another.
 * Faults are values: a read answers -1, everything else an Outcome, and the fault itself waits in the state.
 */

import type { Ports, ProcessorEvents } from '../agreement/ground.ts';
import type { MemoryOperand, SegmentNumber } from './instruction.ts';
import type { LocalApic } from './local-apic.ts';
import type { Outcome } from './service.ts';
import type { State } from './state.ts';

/** Memory by linear address or through a segment. Reads give an unsigned number, or -1 with the fault in the state. */
export interface MemoryAccess {
  /** Offset of a memory operand within its segment: base + (index << shift) + displacement, wrapped to its address size. */
  effectiveOffset(operand: MemoryOperand): number;
  /** With segment limit and type checks, at the current CPL. size is 1, 2 or 4. */
  read(segment: SegmentNumber, offset: number, size: number): number;
  write(segment: SegmentNumber, offset: number, size: number, value: number): Outcome;
  /** Checks that `size` bytes (any number up to 512) may be written, without writing. */
  probeWrite(segment: SegmentNumber, offset: number, size: number): Outcome;
  /** Judges a wide operand as a whole, before it is accessed piece by piece: first the segment's range, then, where #AC
   *  is on, its alignment (a power of two). Pages are left to the pieces. */
  admit(segment: SegmentNumber, offset: number, size: number, alignment: number, write: boolean): Outcome;
  /** The address in the memory object where all `size` bytes may be read, or written, without further ado; -1 where that
   *  takes a look at a page, at two pages, or at each access. */
  placeOf(segment: SegmentNumber, offset: number, size: number, write: boolean): number;
  /** By linear address; `supervisor` ignores CPL, as descriptor table and TSS accesses do. */
  readLinear(linear: number, size: number, supervisor: boolean): number;
  writeLinear(linear: number, size: number, value: number, supervisor: boolean): Outcome;
  /** Physical address of the byte at `linear` for an instruction fetch, or -1. */
  translateFetch(linear: number): number;

  /** For generated code, after the inline TLB check failed. Both answer an address in the memory object where `size`
   *  bytes may be read (or read and written), or -1. It is `memoryMap.scratch` if the access crosses pages or the page
   *  is watched; then generated code calls `finishWrite` after storing there. */
  slowRead(linear: number, size: number): number;
  slowWrite(linear: number, size: number): number;
  /** Puts the scratch bytes where they belong. Answers 1 if decoded code was dropped (the running block may be stale), else 0. */
  finishWrite(): number;
}

/** What the memory side tells the keeper of decoded code. */
export interface CodeWatcher {
  /** Bytes of a page with pageFlag.code are about to change or just did. Answers true if decoded code was dropped. */
  codeWritten(physical: number, length: number): boolean;
  /** Page tables were written: decoded code may lie at other addresses now, or at none. */
  codeMoved(): void;
}

/** Address spaces: sets of translation tables, one per cr3 value, kept across cr3 loads (SDM 3A 4.10.4 permits it as
 *  long as stale entries are not used; page table writes are watched, so there are none). */
export interface AddressSpaces {
  /** After cr3, cr0.PG, cr4.PSE, cpl or mode changed: points readTable, writeTable, codeTable at the right tables. */
  select(): void;
  /** cr0.PG or cr4.PSE changed: forget everything. */
  flushAll(): void;
  /** cr0.WP was set. Nothing is to be done when it is cleared: what could not be written asks again. */
  protectWrites(): void;
  /** mov cr3 and task switches. Sets cr3 and selects; drops nothing that is still true. */
  loadCr3(value: number): void;
  invalidatePage(linear: number): void;
  /** The code page at `linear` is decoded: code tables may point straight at `entryMap` until the mapping changes. */
  installCode(linear: number, entryMap: number): void;
  /** Removes every code table entry that points at `entryMap`. */
  removeCode(entryMap: number): void;
  /** The page gained or lost a reason to be watched: write entries that bypass the watch must go. */
  watchPage(physicalPage: number): void;
  /** Bytes of RAM that lie within one page were written past the tables. True if decoded code was dropped by it. */
  written(physical: number, length: number): boolean;
}

export interface Processor {
  readonly state: State;
  readonly access: MemoryAccess;
  readonly spaces: AddressSpaces;
  readonly events: MutableEvents;
  ports: Ports;
  /** Only on boards that asked for one. */
  readonly localApic: LocalApic | null;
  /** Instructions begun since reset, the running one included: the time-stamp counter's source. */
  clock(): number;
  /** True if an interrupt or NMI waits, so that an instruction that opens the window must LEAVE. */
  eventWaiting(): boolean;
  /** Set by `out` when a port asks the board to stop, and by instructions the processor does not do. */
  stopCode: number | null;
  unsupported: string | null;
  /** Set by hlt at CPL 0. */
  halted: boolean;
  /** NMIs are blocked from delivery of one until the next iret (SDM 3A 6.7.1). */
  nmiBlocked: boolean;
  /** Called with the CPL just left and before the new one counts, so that instructions are counted by ring. */
  leavingRing(cpl: number): void;
}

export interface MutableEvents extends ProcessorEvents {
  readonly instructions: [number, number, number, number];
}

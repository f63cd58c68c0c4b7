/**
 * The walk through an i386's two levels of page tables (SDM 3A 4.3).  It reads tables as the hardware does, by physical
 * address, and answers in its own fields so that a walk allocates nothing.  It knows nothing of what is cached; a walk
 * with three levels (PAE) can take its place.
 *
 *     linear   31        22 21        12 11         0
 *             | directory  |   table    |  offset   |
 *     entry    31                     12 .. 7  6 5 .. 2 1 0
 *             | physical page           |  |PS D A|  |U W P|
 */

import { PAGE_SHIFT } from '../../agreement/addresses.ts';
import type { CodeWatcher } from '../processor.ts';
import { pageFlag, type State } from '../state.ts';
import { pageFaultError } from './faults.ts';
import { words } from './words.ts';

const { CR0, CR3, CR4, PAGE_FLAGS, RAM } = words;

export const entryBit = { present: 1, write: 2, user: 4, accessed: 32, dirty: 64, large: 128 } as const;
/** Bits of cr0 and cr4 that the meaning of page tables depends on. */
export const cr0Bit = {
  protection: 1,
  monitor: 2,
  emulate: 4,
  taskSwitched: 8,
  extension: 16,
  numericError: 32,
  writeProtect: 1 << 16,
  alignment: 1 << 18,
  notWriteThrough: 1 << 29,
  cacheDisable: 1 << 30,
  paging: 1 << 31,
} as const;
export const cr4Bit = { timeStampDisable: 4, pageSize: 16, performanceCounter: 256, fxsave: 512 } as const;

const FRAME = 0xfffff000 | 0;
const LARGE_FRAME = 0xffc00000 | 0;
/** Between the flags and the frame of a 4 MiB entry; must be zero where PSE-36 and PAT are not offered (table 4-4). */
const LARGE_RESERVED = 0x003ff000;
const ENTRIES = 1024;
/** In `table`, for a 4 MiB page. */
export const NO_TABLE = -1;

export class PageWalk {
  /** Physical address of the 4 KiB page, unsigned. */
  physical = 0;
  /** Both levels allow ring 3; both levels allow writing; the page is marked written. */
  user = false;
  writable = false;
  dirty = false;
  /** It was marked so before this walk. */
  wasDirty = false;
  /** Physical page number of the page table used, or NO_TABLE. */
  table = NO_TABLE;
  /** Error code of a failed walk. */
  error = 0;

  private readonly state: State;
  private readonly watcher: CodeWatcher;

  constructor(state: State, watcher: CodeWatcher) {
    this.state = state;
    this.watcher = watcher;
  }

  /** Translates `linear` for an access. False leaves `error`, and no table changed; true has set A, and D for a write. */
  walk(linear: number, write: boolean, user: boolean): boolean {
    const { i32 } = this.state;
    const directoryAt = ((i32[CR3] & FRAME) >>> 0) + (linear >>> 22) * 4;
    const directory = this.entry(directoryAt);
    this.error = (write ? pageFaultError.write : 0) | (user ? pageFaultError.user : 0);
    if ((directory & entryBit.present) === 0) return false;
    if ((directory & entryBit.large) !== 0 && (i32[CR4] & cr4Bit.pageSize) !== 0) {
      if ((directory & LARGE_RESERVED) !== 0) {
        this.error |= pageFaultError.present | pageFaultError.reserved;
        return false;
      }
      this.table = NO_TABLE;
      this.physical = ((directory & LARGE_FRAME) | (linear & ~LARGE_FRAME & FRAME)) >>> 0;
      return this.allow(directory, directory, directoryAt, write, user);
    }
    const tableFrame = (directory & FRAME) >>> 0;
    const tableAt = tableFrame + ((linear >>> PAGE_SHIFT) & (ENTRIES - 1)) * 4;
    const entry = this.entry(tableAt);
    if ((entry & entryBit.present) === 0) return false;
    this.table = tableFrame >>> PAGE_SHIFT;
    this.physical = (entry & FRAME) >>> 0;
    if (!this.allow(entry, directory & entry, tableAt, write, user)) return false;
    if ((directory & entryBit.accessed) === 0) this.mark(directoryAt, entryBit.accessed);
    return true;
  }

  /** Judges the access by the rights both levels share and marks the last entry (SDM 3A 4.6, 4.8). */
  private allow(last: number, rights: number, lastAt: number, write: boolean, user: boolean): boolean {
    this.user = (rights & entryBit.user) !== 0;
    this.writable = (rights & entryBit.write) !== 0;
    const forbidden =
      (user && !this.user) || (write && !this.writable && (user || (this.state.i32[CR0] & cr0Bit.writeProtect) !== 0));
    if (forbidden) {
      this.error |= pageFaultError.present;
      return false;
    }
    const marks = entryBit.accessed | (write ? entryBit.dirty : 0);
    if ((last & marks) !== marks) this.mark(lastAt, marks);
    this.wasDirty = (last & entryBit.dirty) !== 0;
    this.dirty = ((last | marks) & entryBit.dirty) !== 0;
    return true;
  }

  private entry(physical: number): number {
    return physical < this.state.ramBytes ? this.state.i32[(RAM + physical) >>> 2] : -1;
  }

  /** A mark changes no translation, so only decoded code has to hear of it: a hostile table may be code as well, and
   *  a recursive one may have the same entry on both levels (hence "or", not "store"). */
  private mark(physical: number, bits: number): void {
    const { state } = this;
    if (physical >= state.ramBytes) return;
    state.i32[(RAM + physical) >>> 2] |= bits;
    if ((state.u8[PAGE_FLAGS + (physical >>> PAGE_SHIFT)] & pageFlag.code) !== 0) this.watcher.codeWritten(physical, 4);
  }
}

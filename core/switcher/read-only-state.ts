/**
 * lguest_ro_state as the host writes it: the guest's real IDT, GDT and TSS, and the host's way back.  One page serves
 * the board; the host fills in what differs whenever another guest's turn comes.
 *
 * Some mistakes cannot be made through this class: the Switcher's own descriptors stay what they are, and a vector
 * whose stub would be confused by a software interrupt cannot be opened to one.  What a guest may put into the other
 * descriptors is the host's business, and must be checked there.
 */

import type { HostPhysical } from '../agreement/addresses.ts';
import type { PhysicalMemory } from '../agreement/ground.ts';
import {
  DESCRIPTOR_BYTES,
  descriptor,
  flatCode,
  flatData,
  GDT_ENTRIES,
  gdtEntry,
  LGUEST_CS,
  LGUEST_DS,
} from '../agreement/segments.ts';
import { gate, hasErrorCode, VECTORS, vector } from '../agreement/traps.ts';
import { GUEST_RING0_STACK, READ_ONLY_STATE, readOnlyState, tablePointer, taskState } from './lguest-pages.ts';
import { STUB_BYTES, switcherSymbols } from './switcher-image.ts';
import type { WalkerFields } from './walker.ts';

/** Descriptors that are the Switcher's, whatever the guest says about those entries. */
const ownEntries: ReadonlySet<number> = new Set([
  gdtEntry.lguestCode,
  gdtEntry.lguestStack,
  gdtEntry.taskState,
  gdtEntry.doubleFaultTask,
]);

/** Both words of an available 32-bit TSS descriptor (SDM 3A 7.2.2) for a TSS that fits one page. */
export function taskDescriptor(base: number): { low: number; high: number } {
  const AVAILABLE_TSS = 0x0900;
  const low = ((base << 16) | (taskState.bytes - 1)) >>> 0;
  const high = ((base & 0xff00_0000) | descriptor.present | AVAILABLE_TSS | ((base >>> 16) & 0xff)) >>> 0;
  return { low, high };
}

/** Both words of a 32-bit gate into ring 0 at `offset` (SDM 3A 6.11). */
export function interruptGate(selector: number, offset: number, privilege: number): { low: number; high: number } {
  const low = ((selector << 16) | (offset & 0xffff)) >>> 0;
  const rights = gate.present | gate.interruptGate | (privilege << gate.privilegeShift);
  return { low, high: ((offset & gate.offsetHighMask) | rights) >>> 0 };
}

/** The linear address of a vector's stub. */
export const stubAddress = (trap: number): number => switcherSymbols.stubs + trap * STUB_BYTES;

/**
 * Only the processor may come through these: it pushes an error code that `int` would not, or it speaks for hardware,
 * and the stub could not tell the difference.
 */
function isProcessorsOwn(trap: number): boolean {
  return hasErrorCode(trap) || trap === vector.nmi || (trap >= vector.firstIrq && trap !== vector.systemCall);
}

/** Vectors that must reach the Switcher however the guest would like them. */
const neverDirect: ReadonlySet<number> = new Set([
  vector.nmi,
  vector.doubleFault,
  vector.generalProtection,
  vector.pageFault,
  vector.lguestEntry,
]);

export interface HostTables {
  readonly cr3: HostPhysical;
  readonly idt: { readonly base: number; readonly limit: number };
  readonly gdt: { readonly base: number; readonly limit: number };
}

export class ReadOnlyState {
  readonly page: HostPhysical;
  readonly #memory: PhysicalMemory;
  #walkerOpen = false;

  constructor(memory: PhysicalMemory, page: HostPhysical) {
    this.#memory = memory;
    this.page = page;
  }

  /** Once per board: the host's way back, the Switcher's own descriptors, the TSS, and a stub in every gate. */
  prepare(host: HostTables): void {
    const { at } = readOnlyState;
    this.#memory.write32(this.page + at.hostCr3, host.cr3);
    this.#writePointer(at.hostIdt, host.idt.base, host.idt.limit);
    this.#writePointer(at.hostGdt, host.gdt.base, host.gdt.limit);
    this.#writePointer(at.guestIdtPointer, READ_ONLY_STATE + at.guestIdt, VECTORS * DESCRIPTOR_BYTES - 1);
    this.#writePointer(at.guestGdtPointer, READ_ONLY_STATE + at.guestGdt, GDT_ENTRIES * DESCRIPTOR_BYTES - 1);
    this.#writeEntry(gdtEntry.lguestCode, flatCode.low, flatCode.high);
    this.#writeEntry(gdtEntry.lguestStack, flatData.low, flatData.high);
    const task = taskDescriptor(READ_ONLY_STATE + at.guestTss);
    this.#writeEntry(gdtEntry.taskState, task.low, task.high);
    this.#memory.write32(this.page + at.guestTss + taskState.at.sp0, GUEST_RING0_STACK);
    this.#memory.write32(this.page + at.guestTss + taskState.at.ss0, LGUEST_DS);
    this.#memory.write16(this.page + at.guestTss + taskState.at.ioMapBase, taskState.bytes);
    for (let trap = 0; trap < VECTORS; trap++) this.writeStubGate(trap, 0);
  }

  /** Where the processor finds the stack for ring 1. */
  setGuestStack(segment: number, pointer: number): void {
    const tss = readOnlyState.at.guestTss;
    this.#writeWord(tss + taskState.at.sp1, pointer);
    this.#writeWord(tss + taskState.at.ss1, segment);
  }

  /** A GDT entry, already checked and fixed up. The Switcher's own entries stay as they are. */
  writeDescriptor(index: number, low: number, high: number): void {
    if (index < GDT_ENTRIES && !ownEntries.has(index)) this.#writeEntry(index, low, high);
  }

  /** The guest's own gate, so that the trap never comes to the host. */
  writeDirectGate(trap: number, low: number, high: number): void {
    if (neverDirect.has(trap) || (trap >= vector.firstIrq && trap !== vector.systemCall)) {
      throw new Error(`vector ${trap} must not go straight to the guest`);
    }
    this.#writeGate(trap, low, high);
  }

  /** The Switcher's stub. `privilege` is the DPL the guest gave its gate; it holds only where `int` cannot confuse us. */
  writeStubGate(trap: number, privilege: number): void {
    const target = trap === vector.pageFault && this.#walkerOpen ? switcherSymbols.walker : stubAddress(trap);
    const { low, high } = interruptGate(LGUEST_CS, target, isProcessorsOwn(trap) ? 0 : privilege);
    this.#writeGate(trap, low, high);
  }

  // fast path begins
  /** Page faults go to the walker first. */
  openWalker(fields: WalkerFields): void {
    const { at } = readOnlyState;
    this.#writeWord(at.walkerDirectory, fields.walkerDirectory);
    this.#writeWord(at.walkerReach, fields.walkerReach);
    this.#writeWord(at.walkerKernelAddress, fields.walkerKernelAddress);
    this.#writeWord(at.walkerLguestData, fields.walkerLguestData);
    this.#writeWord(at.walkerTrapHandler, fields.walkerTrapHandler);
    this.#writeWord(at.walkerKeepsIrq, fields.walkerKeepsIrq);
    this.#walkerOpen = true;
    this.writeStubGate(vector.pageFault, 0);
  }

  /** Page faults go to their ordinary stub, and nothing of the walker runs. */
  closeWalker(): void {
    this.#walkerOpen = false;
    this.writeStubGate(vector.pageFault, 0);
  }
  // fast path ends

  #writePointer(at: number, base: number, limit: number): void {
    this.#memory.write16(this.page + at + tablePointer.at.limit, limit);
    this.#memory.write32(this.page + at + tablePointer.at.base, base);
  }

  #writeEntry(index: number, low: number, high: number): void {
    this.#writePair(readOnlyState.at.guestGdt + index * DESCRIPTOR_BYTES, low, high);
  }

  #writeGate(trap: number, low: number, high: number): void {
    this.#writePair(readOnlyState.at.guestIdt + trap * DESCRIPTOR_BYTES, low, high);
  }

  #writePair(at: number, low: number, high: number): void {
    this.#writeWord(at, low);
    this.#writeWord(at + 4, high);
  }

  /** What is there already stays: a write is heard by many. */
  #writeWord(offset: number, value: number): void {
    const at = this.page + offset;
    if (this.#memory.words[at >>> 2] !== value >>> 0) this.#memory.write32(at, value);
  }
}

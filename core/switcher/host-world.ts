/**
 * What a host kernel must have in the board's RAM before it can cross: descriptor tables, a task state segment, a
 * stack, page tables that map all of RAM at itself and the Switcher at the top, and a few instructions to leave from
 * and come back to.  The rest of that kernel is TypeScript; it gets control when the processor stops at a `hlt` in
 * ring 0 in one of the stubs below, and gives it back by running on from there.
 *
 *      tables page   +0x000 IDT (256 gates)   +0x800 GDT (32 entries)   +0x900 TSS
 *      code page     +0x000 256 × { hlt; iret }   +0x200 pushf; lcall; hlt   … sti; nop; cli; hlt
 */

import { type HostPhysical, PAGE_BYTES } from '../agreement/addresses.ts';
import type { Ground, PhysicalMemory, SegmentState } from '../agreement/ground.ts';
import { directoryIndex, ENTRIES_PER_TABLE, entry, SWITCHER_ADDRESS } from '../agreement/page-tables.ts';
import { DESCRIPTOR_BYTES, flatCode, flatData, GDT_ENTRIES, gdtEntry, LGUEST_CS } from '../agreement/segments.ts';
import { eflags, VECTORS } from '../agreement/traps.ts';
import type { TrapExit } from './crossing.ts';
import { LGUEST_PAGES, READ_ONLY_STATE, SWITCHER_TEXT_PAGES, taskState } from './lguest-pages.ts';
import { interruptGate, ReadOnlyState, stubAddress, taskDescriptor } from './read-only-state.ts';
import { switcherCode, switcherSymbols } from './switcher-image.ts';

/** The host's own flat segments, at the indices a guest has its too. */
const KERNEL_CS = gdtEntry.kernelCode * DESCRIPTOR_BYTES;
const KERNEL_DS = gdtEntry.kernelData * DESCRIPTOR_BYTES;
const TASK_SELECTOR = gdtEntry.taskState * DESCRIPTOR_BYTES;
const BUSY = 1 << 9;

/** CR0 as Linux has it: protection, x87 present with native errors, write protection in ring 0, paging (SDM 3A 2.5). */
const CR0 = ((1 << 31) | (1 << 18) | (1 << 16) | (1 << 5) | (1 << 4) | (1 << 1) | 1) >>> 0;

const tablesPage = {
  idt: 0,
  gdt: VECTORS * DESCRIPTOR_BYTES,
  tss: (VECTORS + GDT_ENTRIES) * DESCRIPTOR_BYTES,
} as const;

const op = { hlt: 0xf4, iret: 0xcf, pushf: 0x9c, farCall: 0x9a, sti: 0xfb, nop: 0x90, cli: 0xfa } as const;
const HANDLER_BYTES = 2;

/** What the host counts when one of its own handlers runs, by vector; vector 2 is the NMI. */
export type Served = Uint32Array;

export interface HostWorld {
  readonly ground: Ground;
  readonly directory: HostPhysical;
  /** Page 1 of lguest_pages: one for the board, whichever guest is on. */
  readonly readOnlyPage: HostPhysical;
  readonly state: ReadOnlyState;
  readonly textPages: readonly HostPhysical[];
  /** Stands where a guest's registers page stands in its own tables; only an NMI's frame ever lands here. */
  readonly sparePage: HostPhysical;
  readonly stackTop: number;
  readonly entry: { readonly start: number; readonly home: number };
  readonly window: { readonly start: number; readonly home: number };
  /** Linear address of the first handler; the others follow. */
  readonly handlers: number;
  readonly served: Served;
  /** The last exit of each trap number: most come home as they did before, and no new one is made for them. */
  readonly lastExits: TrapExit[];
  /** Where the Switcher's stub of a vector lies, and its page-fault walker. */
  stub(trap: number): number;
  readonly walker: number;
}

const readWrite = entry.present | entry.writable | entry.accessed | entry.dirty;
const readOnly = entry.present | entry.accessed;

// @journey switcher/host-world Somewhere to come home to
// A crossing needs two shores.  The far one is the guest's; this one is as little of a kernel as will do: every table
// the processor insists on, a handler for each vector that only stops and returns, and five instructions to leave by.
/** Builds it, and leaves the processor in it: paging on, interrupts off, ready to cross. Once per board. */
export function buildHostWorld(ground: Ground, allocatePage: () => HostPhysical): HostWorld {
  const { memory } = ground;
  const page = () => clearedPage(memory, allocatePage);
  const [tables, code, stack, sparePage, readOnlyPage, directory] = [page(), page(), page(), page(), page(), page()];
  const textPages = Array.from({ length: SWITCHER_TEXT_PAGES }, page);
  textPages.forEach((text, index) => {
    const from = index * PAGE_BYTES;
    memory.writeBytes(text, switcherCode().subarray(from, from + PAGE_BYTES));
  });
  mapRam(memory, directory, page);
  mapSwitcher(memory, directory, page(), { textPages, sparePage, readOnlyPage });
  const state = new ReadOnlyState(memory, readOnlyPage);
  const stubs = writeCode(memory, code);
  const gdt = { base: tables + tablesPage.gdt, limit: GDT_ENTRIES * DESCRIPTOR_BYTES - 1 };
  const idt = { base: tables + tablesPage.idt, limit: VECTORS * DESCRIPTOR_BYTES - 1 };
  writeTables(memory, tables, code);
  state.prepare({ cr3: directory, gdt, idt });
  enterKernel(ground, directory, gdt, idt);
  return {
    ground,
    directory,
    readOnlyPage,
    state,
    textPages,
    sparePage,
    stackTop: stack + PAGE_BYTES,
    ...stubs,
    handlers: code,
    served: new Uint32Array(VECTORS),
    lastExits: [],
    stub: stubAddress,
    walker: switcherSymbols.walker,
  };
}
// @end

function clearedPage(memory: PhysicalMemory, allocatePage: () => HostPhysical): HostPhysical {
  const page = allocatePage();
  memory.fill(page, PAGE_BYTES, 0);
  return page;
}

/** Every page of RAM at its own address. */
function mapRam(memory: PhysicalMemory, directory: HostPhysical, page: () => HostPhysical): void {
  const pages = Math.floor(memory.size / PAGE_BYTES);
  const tables = Math.ceil(pages / ENTRIES_PER_TABLE);
  if (tables > directoryIndex(SWITCHER_ADDRESS)) throw new Error(`${memory.size} bytes of RAM reach into the Switcher`);
  for (let index = 0; index < tables; index++) {
    const table = page();
    memory.write32(directory + index * 4, table | readWrite);
    for (let number = index * ENTRIES_PER_TABLE; number < Math.min(pages, (index + 1) * ENTRIES_PER_TABLE); number++) {
      memory.write32(table + (number % ENTRIES_PER_TABLE) * 4, (number * PAGE_BYTES) | readWrite);
    }
  }
}

interface SwitcherPages {
  readonly textPages: readonly HostPhysical[];
  readonly sparePage: HostPhysical;
  readonly readOnlyPage: HostPhysical;
}

/** The Switcher in the host's own tables, where page 1 can be written. */
function mapSwitcher(memory: PhysicalMemory, directory: HostPhysical, table: HostPhysical, pages: SwitcherPages): void {
  memory.write32(directory + directoryIndex(SWITCHER_ADDRESS) * 4, table | readWrite);
  writeSwitcherEntries(memory, table, pages.textPages, pages.sparePage);
  mapAt(memory, table, READ_ONLY_STATE, pages.readOnlyPage | readWrite);
}

/**
 * Fills the page table for the top 4 MiB as a guest's shadow must have it: the text, this guest's registers, and the
 * page it can only read; all for supervisors, nothing else.
 */
export function buildSwitcherTable(world: HostWorld, tablePage: HostPhysical, registersPage: HostPhysical): void {
  const { memory } = world.ground;
  memory.fill(tablePage, PAGE_BYTES, 0);
  writeSwitcherEntries(memory, tablePage, world.textPages, registersPage);
  mapAt(memory, tablePage, READ_ONLY_STATE, world.readOnlyPage | readOnly);
}

function writeSwitcherEntries(
  memory: PhysicalMemory,
  table: HostPhysical,
  textPages: readonly HostPhysical[],
  registersPage: HostPhysical,
): void {
  textPages.forEach((text, index) => {
    mapAt(memory, table, SWITCHER_ADDRESS + index * PAGE_BYTES, text | readOnly);
  });
  mapAt(memory, table, LGUEST_PAGES, registersPage | readWrite);
}

function mapAt(memory: PhysicalMemory, table: HostPhysical, address: number, value: number): void {
  memory.write32(table + ((address - SWITCHER_ADDRESS) / PAGE_BYTES) * 4, value >>> 0);
}

/** 256 handlers, then the way into the Switcher, then a moment with interrupts on. */
function writeCode(memory: PhysicalMemory, code: HostPhysical): Pick<HostWorld, 'entry' | 'window'> {
  for (let vector = 0; vector < VECTORS; vector++) {
    memory.writeBytes(code + vector * HANDLER_BYTES, Uint8Array.of(op.hlt, op.iret));
  }
  const start = code + VECTORS * HANDLER_BYTES;
  const target = switcherSymbols.switch_to_guest;
  const farPointer = [target, target >>> 8, target >>> 16, target >>> 24, LGUEST_CS, LGUEST_CS >>> 8];
  const leaving = Uint8Array.of(op.pushf, op.farCall, ...farPointer, op.hlt);
  memory.writeBytes(start, leaving);
  const opening = Uint8Array.of(op.sti, op.nop, op.cli, op.hlt);
  const windowStart = start + leaving.length;
  memory.writeBytes(windowStart, opening);
  return {
    entry: { start, home: windowStart },
    window: { start: windowStart, home: windowStart + opening.length },
  };
}

/** The vector whose handler stopped just before `eip`, or null if it was none. */
export function vectorServed(world: HostWorld, eip: number): number | null {
  const distance = eip - world.handlers - 1;
  if (distance < 0 || distance >= VECTORS * HANDLER_BYTES || distance % HANDLER_BYTES !== 0) return null;
  return distance / HANDLER_BYTES;
}

function writeTables(memory: PhysicalMemory, tables: HostPhysical, code: HostPhysical): void {
  const write = (at: number, { low, high }: { low: number; high: number }) => {
    memory.write32(at, low);
    memory.write32(at + 4, high);
  };
  for (let vector = 0; vector < VECTORS; vector++) {
    const handler = interruptGate(KERNEL_CS, code + vector * HANDLER_BYTES, 0);
    write(tables + tablesPage.idt + vector * DESCRIPTOR_BYTES, handler);
  }
  const task = taskDescriptor(tables + tablesPage.tss);
  const descriptors: [number, { low: number; high: number }][] = [
    [gdtEntry.lguestCode, flatCode],
    [gdtEntry.lguestStack, flatData],
    [gdtEntry.kernelCode, flatCode],
    [gdtEntry.kernelData, flatData],
    [gdtEntry.taskState, { low: task.low, high: task.high | BUSY }],
  ];
  for (const [index, value] of descriptors) write(tables + tablesPage.gdt + index * DESCRIPTOR_BYTES, value);
  memory.write16(tables + tablesPage.tss + taskState.at.ioMapBase, taskState.bytes);
}

/** Bits 8–23 of a descriptor's high word, as a hidden part keeps them. */
const RIGHTS = 0x00f0_ff00;
const flat = (selector: number, high: number): SegmentState => ({
  selector,
  base: 0,
  limit: 0xffff_ffff,
  rights: high & RIGHTS,
});

interface Table {
  readonly base: number;
  readonly limit: number;
}

/** The state a boot loader and early setup would have left behind. */
function enterKernel({ registers }: Ground, directory: HostPhysical, gdt: Table, idt: Table): void {
  registers.gdtr = gdt;
  registers.idtr = idt;
  const tss = gdt.base - tablesPage.gdt + tablesPage.tss;
  const rights = (taskDescriptor(tss).high | BUSY) & RIGHTS;
  registers.tr = { selector: TASK_SELECTOR, base: tss, limit: taskState.bytes - 1, rights };
  registers.setSegment('cs', flat(KERNEL_CS, flatCode.high));
  for (const name of ['ss', 'ds', 'es'] as const) registers.setSegment(name, flat(KERNEL_DS, flatData.high));
  for (const name of ['fs', 'gs'] as const) registers.setSegment(name, { selector: 0, base: 0, limit: 0, rights: 0 });
  registers.cr3 = directory;
  registers.cr0 = CR0;
  registers.cr4 = 0;
  registers.eflags = eflags.reserved;
}

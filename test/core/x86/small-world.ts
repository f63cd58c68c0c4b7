/**
 * The machine assembly tests run on, before the first instruction: ring 0, flat segments, paging on, and an IDT whose
 * every gate leads to a stub that says `hlt`.  All of it is ordinary RAM a test may read and change.
 *
 *      0x0000_1000  page directory     0x0000_2000  page table of the first 4 MiB
 *      0x0000_3000  GDT                0x0000_4000  IDT        0x0000_5000  TSS      0x0000_6000  stubs
 *      0x0000_9000  top of the ring-0 stack for traps from ring 3
 *      0x0001_0000  the test's code    0x0008_0000  top of its stack
 *      0x0010_0000  data, all zero     0x0018_0000  read-only    0x0019_0000  ring 0 only    0x001a_0000  not present
 *
 * Linear is physical up to 2 MiB; every page there is present, writable and open to ring 3 but for the three named.
 * Everything above is not mapped.
 */

import type { Ground, SegmentName, SegmentState } from '../../../core/agreement/ground.ts';

export const world = {
  directory: 0x1000,
  pageTable: 0x2000,
  gdt: 0x3000,
  idt: 0x4000,
  tss: 0x5000,
  stubs: 0x6000,
  trapStack: 0x9000,
  code: 0x10000,
  stack: 0x80000,
  data: 0x100000,
  readOnly: 0x180000,
  supervisor: 0x190000,
  absent: 0x1a0000,
  bytes: 0x200000,
} as const;

/** Code and data of ring 0 and ring 3, the TSS; from `free` on, entries are a test's own. */
export const selectors = { code0: 0x08, data0: 0x10, code3: 0x1b, data3: 0x23, tss: 0x28, free: 0x30 } as const;

export const page = { present: 1, writable: 2, user: 4, accessed: 0x20, dirty: 0x40 } as const;
const HLT = 0xf4;
const GDT_LIMIT = 0x7f;
const PAGE = 0x1000;
/** PE, MP, NE, WP, AM, PG. */
const CR0 = 0x80050023;

/** Bits 8–23 of a descriptor's high half, in place: flat, 32 bits, present, accessed. */
const flatRights: Record<'code0' | 'data0' | 'code3' | 'data3', number> = {
  code0: 0xc09b00,
  data0: 0xc09300,
  code3: 0xc0fb00,
  data3: 0xc0f300,
};

const flat = (selector: number, rights: number): SegmentState => ({ selector, base: 0, limit: 0xffffffff, rights });

/** As much of a board as the world is built in. */
export type BareBoard = Pick<Ground, 'memory' | 'registers'>;

function buildPages({ memory }: BareBoard): void {
  const all = page.present | page.writable | page.user;
  memory.write32(world.directory, world.pageTable | all);
  for (let at = 0; at < world.bytes; at += PAGE) memory.write32(pageEntry(at), at | all);
  memory.write32(pageEntry(world.readOnly), world.readOnly | page.present | page.user);
  memory.write32(pageEntry(world.supervisor), world.supervisor | page.present | page.writable);
  memory.write32(pageEntry(world.absent), world.absent | page.writable | page.user);
}

/** Where the page table entry of an address lies. */
export const pageEntry = (linear: number) => world.pageTable + (linear >>> 12) * 4;

/** Writes a descriptor of the GDT; `rights` are bits 8–23 of its high half, in place. */
export function writeDescriptor(
  { memory }: BareBoard,
  selector: number,
  base: number,
  limit: number,
  rights: number,
): void {
  const at = world.gdt + (selector & ~7);
  memory.write32(at, (((base & 0xffff) << 16) | (limit & 0xffff)) >>> 0);
  memory.write32(at + 4, ((base & 0xff000000) | (limit & 0xf0000) | rights | ((base >>> 16) & 0xff)) >>> 0);
}

function buildTables(board: BareBoard): void {
  const { memory } = board;
  for (const name of ['code0', 'data0', 'code3', 'data3'] as const)
    writeDescriptor(board, selectors[name], 0, 0xfffff, flatRights[name]);
  writeDescriptor(board, selectors.tss, world.tss, 0x67, 0x8b00);
  for (let vector = 0; vector < 256; vector++) {
    memory.write32(world.idt + vector * 8, (selectors.code0 << 16) | (world.stubs + vector));
    memory.write32(world.idt + vector * 8 + 4, 0xee00); // 32-bit interrupt gate, DPL 3
    memory.write8(world.stubs + vector, HLT);
  }
  memory.write32(world.tss + 4, world.trapStack);
  memory.write32(world.tss + 8, selectors.data0);
  memory.write32(world.tss + 0x64, 0x68 << 16); // no I/O bitmap
}

/** Puts a board into the state drawn above. */
export function buildSmallWorld(board: BareBoard): void {
  const { registers } = board;
  buildPages(board);
  buildTables(board);
  registers.cr3 = world.directory;
  registers.cr0 = CR0;
  registers.gdtr = { base: world.gdt, limit: GDT_LIMIT };
  registers.idtr = { base: world.idt, limit: 256 * 8 - 1 };
  registers.tr = { selector: selectors.tss, base: world.tss, limit: 0x67, rights: 0x8b00 };
  enterRing(board, 0);
}

/** Flat segments of a ring, a stack, and eip at the test's code. */
export function enterRing({ registers }: BareBoard, ring: 0 | 3): void {
  const [code, data] = ring === 0 ? (['code0', 'data0'] as const) : (['code3', 'data3'] as const);
  registers.setSegment('cs', flat(selectors[code], flatRights[code]));
  for (const name of ['ss', 'ds', 'es', 'fs', 'gs'] satisfies SegmentName[])
    registers.setSegment(name, flat(selectors[data], flatRights[data]));
  registers.esp = world.stack;
  registers.eip = world.code;
  registers.eflags = 2;
}

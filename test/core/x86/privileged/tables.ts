/**
 * Where things lie in the privilege image, and the tables every case starts from: one descriptor of each kind worth
 * trying, a gate per vector, a TSS, and pages of every permission.
 */

/** Physical addresses; paging maps the first 4 MiB to themselves. */
export const place = {
  start: 0x100000,
  runner: 0x101000,
  handler: 0x102000,
  descriptorOperands: 0x103000,
  caseNumber: 0x103100,
  stubs: 0x104000,
  copy: 0x106000,
  tables: 0x110000,
  tableBytes: 0x8000,
  gdt: 0x110000,
  ldt: 0x110800,
  idt: 0x111000,
  tss: 0x112000,
  directory: 0x113000,
  lowTable: 0x114000,
  pageTable: 0x115000,
  ring1Stack: 0x118000,
  caseStack: 0x11a000,
  handlerStack: 0x11c000,
  userStack: 0x11e000,
  cases: 0x120000,
  caseBytes: 0x180,
  end: 0x190000,
} as const;

/** Pages in the region at 8 MiB, one permission each. */
export const page = {
  userWritable: 0x800000,
  userReadOnly: 0x801000,
  kernelWritable: 0x802000,
  kernelReadOnly: 0x803000,
  absent: 0x804000,
  /** The same table through a directory entry that is read-only, and one for the kernel alone. */
  readOnlyRegion: 0xc00000,
  kernelRegion: 0x1000000,
  /** A 4 MiB page with a reserved bit set. */
  reserved: 0x1400000,
  /** No directory entry. */
  nowhere: 0x2000000,
} as const;

/** code0 + 16 × ring and data0 + 16 × ring are flat segments of that ring. */
export const selector = {
  code0: 0x08,
  data0: 0x10,
  code1: 0x18,
  data1: 0x20,
  code3: 0x38,
  data3: 0x40,
  tss: 0x48,
  ldt: 0x50,
  conforming: 0x58,
  executeOnly: 0x60,
  readOnlyData: 0x68,
  absentData: 0x70,
  absentCode: 0x78,
  smallData: 0x80,
  gateToRing0: 0x88,
  gateForRing0: 0x90,
  absentGate: 0x98,
  gateToData: 0xa0,
  gateToAbsentCode: 0xa8,
  smallCode: 0xb0,
  expandDown: 0xb8,
  otherTss: 0xc0,
  absentTss: 0xc8,
  gateSameRing: 0xd0,
  gateWithParameters: 0xd8,
  shortTss: 0xe0,
  conforming3: 0xe8,
  gate16: 0xf0,
  beyond: 0x800,
} as const;

const PRESENT = 0x80;
/** Type bytes, present, ring 0 (SDM 3A 3.4.5). */
const type = {
  data: 0x92,
  readOnly: 0x90,
  expandDown: 0x96,
  code: 0x9a,
  executeOnly: 0x98,
  conforming: 0x9e,
  ldt: 0x82,
  tss: 0x89,
} as const;
const FLAT = 0xcf;
/** Within the stack of ring 3. */
const SMALL_BASE = 0x11d800;
const BYTES = 0x40;

export type Write = (at: number, value: number) => void;

/** A segment descriptor: `limit` counts in the units its `flags` say. */
function descriptor(write: Write, at: number, base: number, limit: number, kind: number, flags: number): void {
  write(at, (((base << 16) | (limit & 0xffff)) >>> 0) as number);
  const high = (base & 0xff000000) | ((flags & 0xf0) << 16) | (limit & 0xf0000) | (kind << 8) | ((base >>> 16) & 0xff);
  write(at + 4, high >>> 0);
}

/** A call, interrupt or trap gate. */
function gate(write: Write, at: number, target: number, offset: number, kind: number, parameters = 0): void {
  write(at, ((target << 16) | (offset & 0xffff)) >>> 0);
  write(at + 4, ((offset & 0xffff0000) | (kind << 8) | parameters) >>> 0);
}

const gateKind = { call: 0x8c, call16: 0x84, interrupt: 0x8e, trap: 0x8f, ring3: 0x60 } as const;
/** Gates lead into stub 0x31, so that a call shows as such. */
const GATE_TARGET = place.stubs + 0x31 * 16;

function writeGdt(write: Write): void {
  const put = (name: keyof typeof selector, base: number, limit: number, kind: number, flags: number) =>
    descriptor(write, place.gdt + selector[name], base, limit, kind, flags);
  for (let ring = 0; ring < 4; ring++) {
    descriptor(write, place.gdt + selector.code0 + ring * 16, 0, 0xfffff, type.code | (ring << 5), FLAT);
    descriptor(write, place.gdt + selector.data0 + ring * 16, 0, 0xfffff, type.data | (ring << 5), FLAT);
  }
  put('tss', place.tss, 0xfff, type.tss, 0);
  put('ldt', place.ldt, 0x0f, type.ldt, 0);
  put('conforming', 0, 0xfffff, type.conforming, FLAT);
  put('conforming3', 0, 0xfffff, type.conforming | gateKind.ring3, FLAT);
  put('executeOnly', 0, 0xfffff, type.executeOnly, FLAT);
  put('readOnlyData', 0, 0xfffff, type.readOnly, FLAT);
  put('absentData', 0, 0xfffff, type.data & ~PRESENT, FLAT);
  put('absentCode', 0, 0xfffff, type.code & ~PRESENT, FLAT);
  put('smallData', SMALL_BASE, 0x7f, type.data, BYTES);
  put('smallCode', 0, 0x7f, type.code, BYTES);
  put('expandDown', 0, 0x110fff, type.expandDown, FLAT & ~0x80);
  put('otherTss', place.tss, 0xfff, type.tss, 0);
  put('absentTss', place.tss, 0xfff, type.tss & ~PRESENT, 0);
  put('shortTss', place.tss, 0x05, type.tss, 0);
}

function writeCallGates(write: Write): void {
  const put = (name: keyof typeof selector, target: number, kind: number, parameters = 0) =>
    gate(write, place.gdt + selector[name], target, GATE_TARGET, kind, parameters);
  put('gateToRing0', selector.code0, gateKind.call | gateKind.ring3);
  put('gateForRing0', selector.code0, gateKind.call);
  put('absentGate', selector.code0, (gateKind.call | gateKind.ring3) & ~PRESENT);
  put('gateToData', selector.data0, gateKind.call | gateKind.ring3);
  put('gateToAbsentCode', selector.absentCode, gateKind.call | gateKind.ring3);
  put('gateSameRing', selector.code3, gateKind.call | gateKind.ring3);
  put('gateWithParameters', selector.code1, gateKind.call | gateKind.ring3, 2);
  put('gate16', selector.code0, gateKind.call16 | gateKind.ring3);
}

const END_VECTOR = 0x30;
const GATE_VECTOR = 0x31;
const TRAP_VECTOR = 0x32;
const RING0_VECTOR = 0x33;
const RING1_VECTOR = 0x34;
const CONFORMING_VECTOR = 0x35;
const ABSENT_VECTOR = 0x36;
const NULL_VECTOR = 0x37;
const DATA_VECTOR = 0x38;
const ABSENT_CODE_VECTOR = 0x39;
const VECTORS = 64;

function writeIdt(write: Write): void {
  const put = (vector: number, target: number, kind: number) =>
    gate(write, place.idt + vector * 8, target, place.stubs + vector * 16, kind);
  for (let vector = 0; vector < VECTORS; vector++) put(vector, selector.code0, gateKind.interrupt);
  for (const vector of [3, 4, 5, END_VECTOR, GATE_VECTOR])
    put(vector, selector.code0, gateKind.interrupt | gateKind.ring3);
  put(TRAP_VECTOR, selector.code0, gateKind.trap | gateKind.ring3);
  put(RING0_VECTOR, selector.code0, gateKind.interrupt);
  put(RING1_VECTOR, selector.code1, gateKind.interrupt | gateKind.ring3);
  put(CONFORMING_VECTOR, selector.conforming, gateKind.interrupt | gateKind.ring3);
  put(ABSENT_VECTOR, selector.code0, (gateKind.interrupt | gateKind.ring3) & ~PRESENT);
  put(NULL_VECTOR, 0, gateKind.interrupt | gateKind.ring3);
  put(DATA_VECTOR, selector.data0, gateKind.interrupt | gateKind.ring3);
  put(ABSENT_CODE_VECTOR, selector.absentCode, gateKind.interrupt | gateKind.ring3);
}

/** Offsets of SDM 3A figure 7-2. */
export const taskState = { esp0: 4, ss0: 8, esp1: 12, ss1: 16, bitmapBase: 0x66, bitmap: 0x80 } as const;

function writeTss(write: Write): void {
  write(place.tss + taskState.esp0, place.handlerStack);
  write(place.tss + taskState.ss0, selector.data0);
  write(place.tss + taskState.esp1, place.ring1Stack);
  write(place.tss + taskState.ss1, selector.data1 | 1);
  write(place.tss + taskState.bitmapBase - 2, taskState.bitmap << 16);
  // Ports 0x40 to 0x47 are open but for 0x43; all others up to the limit are closed.
  for (let at = taskState.bitmap; at < 0x1000; at += 4) write(place.tss + at, 0xffffffff);
  write(place.tss + taskState.bitmap + 8, 0xffffff08);
}

const entry = {
  kernelReadOnly: 1,
  kernelWritable: 3,
  userReadOnly: 5,
  userWritable: 7,
  used: 0x60,
  large: 0x80,
} as const;
const RESERVED_BIT = 1 << 21;
/** What the pages of the test region show. */
const FRAME = 0x11e000;

function writePages(write: Write): void {
  const region = (at: number, value: number) => write(place.directory + (at >>> 22) * 4, value);
  region(0, place.lowTable | entry.userWritable | entry.used);
  region(page.userWritable, place.pageTable | entry.userWritable);
  region(page.readOnlyRegion, place.pageTable | entry.userReadOnly);
  region(page.kernelRegion, place.pageTable | entry.kernelWritable);
  region(page.reserved, entry.large | entry.userWritable | RESERVED_BIT);
  for (let index = 0; index < 1024; index++) {
    write(place.lowTable + index * 4, (index << 12) | entry.userWritable | entry.used);
  }
  const kinds = [entry.userWritable, entry.userReadOnly, entry.kernelWritable, entry.kernelReadOnly, 0];
  for (const [index, kind] of kinds.entries()) write(place.pageTable + index * 4, kind === 0 ? 0 : FRAME | kind);
}

export function writeTables(write: Write): void {
  writeGdt(write);
  descriptor(write, place.ldt + 8, 0, 0xfffff, type.data | gateKind.ring3, FLAT);
  writeCallGates(write);
  writeIdt(write);
  writeTss(write);
  writePages(write);
}

/**
 * Puts a question to a processor of ours: the windows of windows.ts behind real page tables, Linux's user selectors in a
 * real GDT, the case's LDT, and an IDT whose every gate leads to a one-byte stub in ring 0 that says `hlt`.  The stub's
 * address is the vector; the frame on the ring-0 stack is the rest of the answer.
 *
 *      0xF000_0000 linear, 0x0010_0000 physical, supervisor only:
 *      +0x0000 GDT   +0x0800 IDT   +0x1000 LDT   +0x2000 TSS   +0x3000 stubs   +0x4000 ring-0 stack   +0x5000 x87 code, image
 */

import type { Ground, SegmentState } from '../../core/agreement/ground.ts';
import { type Outcome, registerNames, type SegmentName, type SiliconCase } from './case.ts';
import { CODE_OFFSET, CODE_START, dataBackground, INT3, stackBackground, window } from './windows.ts';
import { FSAVE_BYTES, parseImage, x87ImageOf } from './x87-image.ts';

const KERNEL = 0xf0000000;
const KERNEL_PHYSICAL = 0x100000;
const at = {
  gdt: 0,
  idt: 0x800,
  ldt: 0x1000,
  tss: 0x2000,
  stubs: 0x3000,
  stackTop: 0x5000,
  x87Code: 0x5000,
  x87Image: 0x5100,
};
const DIRECTORY = 0x1000;
const physical = { code: 0x10000, data: 0x11000, stack: 0x14000 } as const;
export const BOARD_BYTES = 0x200000;

const pageBits = { present: 1, writable: 2, user: 4 } as const;
const GDT_ENTRIES = 16;
const kernelCode = 0x08;
const kernelData = 0x18;
const TSS_SELECTOR = 0x40;
const LDT_SELECTOR = 0x50;
const LDT_ENTRIES = 16;
/** PE, MP, NE, WP, AM, PG: as a Linux kernel has it. */
const CR0 = 0x80050023;
const GRANULAR = 0x00800000;
/** Vectors user code may call with `int`; the rest have DPL 0, as under Linux. */
const userVectors = new Set([3, 4]);
const vectorsWithErrorCode = new Set([8, 10, 11, 12, 13, 14, 17]);
/** Far more than any case needs. */
const BUDGET = 10_000;
const TIMEOUT = 0x100;
const TRAP_FLAG = 0x100;

/** Both halves of a segment descriptor (SDM 3A figure 3-8); `rights` are bits 8–23 of the high half, in place. */
function descriptor(base: number, limit: number, rights: number): readonly [number, number] {
  const low = ((base & 0xffff) << 16) | (limit & 0xffff);
  const high = (base & 0xff000000) | (limit & 0xf0000) | (rights & 0x00f0ff00) | ((base >>> 16) & 0xff);
  return [low >>> 0, high >>> 0];
}

/** What Linux makes of a struct user_desc: DPL 3, and always accessed. */
function ldtDescriptor({ base, limit, flags }: SiliconCase['ldt'][number]): readonly [number, number] {
  const contents = (flags >> 1) & 3;
  const type = 1 | (flags & 8 ? 0 : 2) | (contents << 2);
  const present = flags & 0x20 ? 0 : 0x8000;
  const size = (flags & 1 ? 0x00400000 : 0) | (flags & 0x10 ? GRANULAR : 0) | (flags & 0x40 ? 0x00100000 : 0);
  return descriptor(base, limit, (type << 8) | 0x7000 | present | size);
}

const flat = (rights: number) => descriptor(0, 0xfffff, rights | 0x00c00000);

/** Linux's GDT as a 32-bit program can see it: 8, 10, 18 the kernel's, 20 and 28 the user's, TSS, LDT. */
const gdt: ReadonlyMap<number, readonly [number, number]> = new Map([
  [kernelCode, flat(0x9b00)],
  [0x10, flat(0x9b00)],
  [kernelData, flat(0x9300)],
  [0x20, flat(0xfb00)],
  [0x28, flat(0xf300)],
  [TSS_SELECTOR, descriptor(KERNEL + at.tss, 0x67, 0x8b00)],
  [LDT_SELECTOR, descriptor(KERNEL + at.ldt, LDT_ENTRIES * 8 - 1, 0x8200)],
]);

/** What loading the selector would put in the hidden part. */
function hiddenPart(selector: number, [low, high]: readonly [number, number]): SegmentState {
  const raw = (low & 0xffff) | (high & 0xf0000);
  return {
    selector,
    base: ((low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000)) >>> 0,
    limit: high & GRANULAR ? ((raw << 12) | 0xfff) >>> 0 : raw,
    rights: high & 0x00f0ff00,
  };
}

const nullSegment = (selector: number): SegmentState => ({ selector, base: 0, limit: 0, rights: 0 });

/** Builds the tables and puts the processor in ring 0 on them. Once per board. */
function prepare(board: Ground): void {
  const { memory, registers } = board;
  const tables = (index: number) => 0x2000 + index * 0x1000;
  const map = (linear: number, to: number, pages: number, bits: number) => {
    const directorySlot = DIRECTORY + (linear >>> 22) * 4;
    const table = memory.read32(directorySlot) & ~0xfff || tables(mapped++);
    memory.write32(directorySlot, table | pageBits.present | pageBits.writable | pageBits.user);
    for (let page = 0; page < pages; page++)
      memory.write32(table + ((linear >>> 12) & 0x3ff) * 4 + page * 4, (to + page * 0x1000) | pageBits.present | bits);
  };
  let mapped = 0;
  const { writable, user } = pageBits;
  map(window.code.at, physical.code, 1, writable | user);
  map(window.data.at, physical.data, 2, writable | user);
  map(window.readOnly.at, physical.data + 0x2000, 1, user);
  map(window.stack.at, physical.stack, 2, writable | user);
  map(KERNEL, KERNEL_PHYSICAL, 6, writable);
  buildTables(board);
  registers.cr3 = DIRECTORY;
  registers.cr0 = CR0;
  registers.gdtr = { base: KERNEL + at.gdt, limit: GDT_ENTRIES * 8 - 1 };
  registers.idtr = { base: KERNEL + at.idt, limit: 256 * 8 - 1 };
  registers.tr = hiddenPart(TSS_SELECTOR, gdt.get(TSS_SELECTOR)!);
  registers.ldtr = hiddenPart(LDT_SELECTOR, gdt.get(LDT_SELECTOR)!);
}

function buildTables({ memory }: Ground): void {
  const pair = (where: number, [low, high]: readonly [number, number]) => {
    memory.write32(KERNEL_PHYSICAL + where, low);
    memory.write32(KERNEL_PHYSICAL + where + 4, high);
  };
  for (const [selector, halves] of gdt) pair(at.gdt + selector, halves);
  for (let vector = 0; vector < 256; vector++) {
    const stub = KERNEL + at.stubs + vector;
    const rights = userVectors.has(vector) ? 0xee00 : 0x8e00;
    pair(at.idt + vector * 8, [(kernelCode << 16) | (stub & 0xffff), (stub & 0xffff0000) | rights]);
    memory.write8(KERNEL_PHYSICAL + at.stubs + vector, HLT);
  }
  memory.write32(KERNEL_PHYSICAL + at.tss + 4, KERNEL + at.stackTop);
  memory.write32(KERNEL_PHYSICAL + at.tss + 8, kernelData);
  memory.write32(KERNEL_PHYSICAL + at.tss + 0x64, 0x68 << 16); // no I/O bitmap
  const image = [0, 8, 16, 24].map((shift) => ((KERNEL + at.x87Image) >>> shift) & 0xff);
  memory.writeBytes(
    KERNEL_PHYSICAL + at.x87Code,
    Uint8Array.from([0xdd, 0x25, ...image, HLT, 0xdd, 0x35, ...image, HLT]),
  );
}

const HLT = 0xf4;
const RESTORE_X87 = at.x87Code;
const SAVE_X87 = at.x87Code + 7;

/** Runs a few bytes of ring-0 code up to its `hlt`. */
function runKernel(board: Ground, offset: number): void {
  const { registers } = board;
  registers.setSegment('cs', hiddenPart(kernelCode, gdt.get(kernelCode)!));
  for (const name of ['ss', 'ds', 'es'] as const)
    registers.setSegment(name, hiddenPart(kernelData, gdt.get(kernelData)!));
  registers.esp = KERNEL + at.stackTop;
  registers.eflags = 2;
  registers.eip = KERNEL + offset;
  const exit = board.run(BUDGET);
  if (exit.why !== 'halted') throw new Error(`the x87 could not be set up: ${exit.why}`);
}

/** What the windows hold when the case begins. */
function initialWindows(question: SiliconCase): Record<'code' | 'data' | 'stack', Uint8Array> {
  const code = new Uint8Array(window.code.bytes).fill(INT3);
  code.set(Buffer.from(question.code, 'hex'), CODE_OFFSET);
  const windows = { code, data: dataBackground.slice(), stack: stackBackground.slice() };
  for (const patch of question.patches) windows[patch.window].set(Buffer.from(patch.hex, 'hex'), patch.at);
  return windows;
}

function load(board: Ground, question: SiliconCase, windows: ReturnType<typeof initialWindows>): void {
  const { memory, registers } = board;
  for (const name of ['code', 'data', 'stack'] as const) memory.writeBytes(physical[name], windows[name]);
  memory.fill(KERNEL_PHYSICAL + at.ldt, LDT_ENTRIES * 8, 0);
  for (const entry of question.ldt) {
    const [low, high] = ldtDescriptor(entry);
    memory.write32(KERNEL_PHYSICAL + at.ldt + entry.entry * 8, low);
    memory.write32(KERNEL_PHYSICAL + at.ldt + entry.entry * 8 + 4, high);
  }
  if (question.x87) {
    memory.writeBytes(KERNEL_PHYSICAL + at.x87Image, x87ImageOf(question.seed));
    runKernel(board, RESTORE_X87);
  }
  registerNames.forEach((name, number) => {
    registers[name] = question.registers[number];
  });
  registers.eip = CODE_START;
  registers.eflags = question.eflags | (question.step ? TRAP_FLAG : 0);
  registers.cr2 = 0;
  for (const name of ['cs', 'ss', 'ds', 'es', 'fs', 'gs'] as const)
    registers.setSegment(name, segmentOf(question, question.segments[name]));
}

function segmentOf(question: SiliconCase, selector: number): SegmentState {
  if ((selector & ~3) === 0) return nullSegment(selector);
  if ((selector & 4) === 0) return hiddenPart(selector, gdt.get(selector & ~3)!);
  const entry = question.ldt.find((candidate) => candidate.entry === selector >> 3);
  return hiddenPart(selector, ldtDescriptor(entry!));
}

/** The interrupt frame, error code first where there is one. */
function readFrame({ memory, registers }: Ground, vector: number) {
  const words = vectorsWithErrorCode.has(vector) ? 6 : 5;
  const from = KERNEL_PHYSICAL + (registers.esp - KERNEL);
  const frame = Array.from({ length: words }, (_, index) => memory.read32(from + index * 4));
  const errorCode = words === 6 ? frame.shift()! : 0;
  const [eip, cs, eflags, esp, ss] = frame;
  return { errorCode, eip, cs: cs & 0xffff, eflags, esp, ss: ss & 0xffff };
}

function changes({ memory }: Ground, windows: ReturnType<typeof initialWindows>): Map<number, number> {
  const changed = new Map<number, number>();
  for (const name of ['code', 'data', 'stack'] as const) {
    const before = windows[name];
    const now = memory.readBytes(physical[name], before.length);
    if (Buffer.compare(now, before) === 0) continue;
    for (let index = 0; index < before.length; index++)
      if (now[index] !== before[index]) changed.set(window[name].at + index, now[index]);
  }
  return changed;
}

function readX87(board: Ground): ReturnType<typeof parseImage> {
  runKernel(board, SAVE_X87);
  return parseImage(board.memory.readBytes(KERNEL_PHYSICAL + at.x87Image, FSAVE_BYTES));
}

const prepared = new WeakSet<Ground>();

/** Runs one case at CPL 3. The board has BOARD_BYTES of RAM and is used for nothing else. */
export function runCase(board: Ground, question: SiliconCase): Outcome {
  if (!prepared.has(board)) prepare(board);
  prepared.add(board);
  const windows = initialWindows(question);
  load(board, question, windows);
  const exit = board.run(BUDGET);
  const { registers } = board;
  const selectors = (name: SegmentName) => registers.segment(name).selector;
  const vector = exit.why === 'halted' ? (registers.eip - 1 - KERNEL - at.stubs) >>> 0 : TIMEOUT;
  if (exit.why === 'shut down' || exit.why === 'not supported') throw new Error(`${question.code}: ${exit.why}`);
  const frame =
    vector === TIMEOUT
      ? { ...timeoutFrame(registers), cs: selectors('cs'), ss: selectors('ss') }
      : readFrame(board, vector);
  const { errorCode, eip, eflags, esp, cs, ss } = frame;
  const general = registerNames.map((name) => (name === 'esp' ? esp : registers[name]));
  const segments = { cs, ss, ds: selectors('ds'), es: selectors('es'), fs: selectors('fs'), gs: selectors('gs') };
  const faultAddress = vector === 14 ? registers.cr2 : 0;
  const memory = changes(board, windows);
  const x87 = question.x87 ? readX87(board) : null;
  return { vector, errorCode, faultAddress, eip, registers: general, eflags, segments, x87, memory };
}

const timeoutFrame = ({ eip, eflags, esp }: Ground['registers']) => ({ errorCode: 0, eip, eflags, esp });

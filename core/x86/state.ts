/**
 * Everything architectural lives in one WebAssembly.Memory, at addresses fixed here: the registers, the translation
 * tables, the decoded code and RAM itself.  TypeScript reads it through typed arrays, generated code by constant
 * address.  Nothing else in the processor holds state a guest could notice.
 *
 *      0x0000_0000  registers and scratch pages          (below)
 *      0x0010_0000  one byte of flags per physical page  (1 MiB)
 *      0x0040_0000  TLB sets: 8 × { read, write } × { supervisor, user } × 4 MiB
 *      0x0840_0000  code tables: 16 × 4 MiB, one per address space and mode
 *      0x0C40_0000  entry maps: 4096 × 16 KiB, one per page of decoded code
 *      0x1040_0000  decoded operations (64 MiB)
 *      0x1440_0000  where translated code may be left (16 MiB)
 *      0x1540_0000  what is known of each physical page (16 MiB)
 *      0x1640_0000  templates of decoded operations (8 MiB)
 *      0x16C0_0000  code pages by physical page (4 MiB)
 *      0x1700_0000  RAM
 * Most of it is never touched and so never costs more than address space.
 */

import { bytes, layout, u32, u64 } from '../agreement/layout.ts';
import { ARITHMETIC, eflag, STORED } from './eflags.ts';

export { eflag };

/** One segment register with its hidden part. `low`/`high` bound the valid offsets; an empty range is low 1, high 0. */
export const segmentLayout = layout('SEGMENT', {
  selector: u32,
  base: u32,
  limit: u32,
  rights: u32,
  readLow: u32,
  readHigh: u32,
  writeLow: u32,
  writeHigh: u32,
});

export const stateLayout = layout('STATE', {
  /** eax ecx edx ebx esp ebp esi edi, as encoded. */
  general: bytes(32),
  /** Always zero: what an absent base or index register reads. */
  zero: u32,
  eip: u32,
  /** Of the instruction a service is executing. */
  nextEip: u32,
  /** Arithmetic flags, kept apart: ZF is flagZero === 0; SF is bit 31 of flagSign; PF is the parity of byte 0 of flagParity. */
  flagZero: u32,
  flagSign: u32,
  flagParity: u32,
  /** 0 or 1. */
  flagCarry: u32,
  /** OF is bit 31. */
  flagOverflow: u32,
  /** AF is bit 4. */
  flagAdjust: u32,
  /** All other EFLAGS bits in place (TF IF DF IOPL NT RF VM AC VIF VIP ID); arithmetic bits and bit 1 are zero here. */
  flagsRest: u32,
  cr0: u32,
  cr2: u32,
  cr3: u32,
  cr4: u32,
  debug: bytes(32),
  /** es cs ss ds fs gs, as encoded. */
  segments: bytes(6 * 32),
  ldtr: bytes(32),
  tr: bytes(32),
  gdtBase: u32,
  gdtLimit: u32,
  idtBase: u32,
  idtLimit: u32,
  cpl: u32,
  /** Bits of `mode` below: what decoded code depends on. */
  mode: u32,
  /** Addresses of the tables in force for this address space, privilege and mode. */
  readTable: u32,
  writeTable: u32,
  codeTable: u32,
  /** The fault in flight: vector, error code (or -1 for none), and for #PF the address. */
  faultVector: u32,
  faultError: u32,
  faultAddress: u32,
  /** Where the engine left: the operation it was at, and the budget not used. */
  operation: u32,
  budgetLeft: u32,
  /** Nonzero after sti, mov ss, pop ss: interrupts wait one instruction more. */
  interruptShadow: u32,
  sysenterCs: u32,
  sysenterEsp: u32,
  sysenterEip: u32,
  /** Link values of the last slow write, for finishWrite. */
  writeLinear: u32,
  writeSize: u32,
  writeFirst: u32,
  writeSecond: u32,
  /** For generated code, which serves boards of any size. */
  ramBytes: u32,
  /** The last elements a repeated comparison compared, for a region that makes flags of them. */
  comparedLeft: u32,
  comparedRight: u32,
  spare: bytes(52),
  /** x87: ST stack as physical registers R0..R7, 16 bytes each: mantissa low, mantissa high, sign and exponent, unused. */
  fpu: bytes(128),
  fpuControl: u32,
  fpuStatus: u32,
  /** One bit per physical register: 1 = empty. */
  fpuEmpty: u32,
  fpuInstruction: u32,
  fpuInstructionSelector: u32,
  fpuOperand: u32,
  fpuOperandSelector: u32,
  fpuOpcode: u32,
  mxcsr: u32,
  /** xmm0..7, 16 bytes each. */
  xmm: bytes(128),
  /** What software wrote to the time-stamp counter, less the clock: added to it on every read. */
  tscOffsetLow: u32,
  tscOffsetHigh: u32,
  /** The tables of rings 0 to 2 in this address space, whatever the CPL: descriptor tables and the TSS are read by them. */
  supervisorReadTable: u32,
  supervisorWriteTable: u32,
  /** Nonzero once a device on the board wants the run loop to look around; generated code leaves when it next can. */
  attention: u32,
  /** NMIs are blocked from delivery of one until the next iret (SDM 3A 6.7.1). */
  nmiBlocked: u32,
  /** Zero only if no interrupt and no NMI waits: generated code that opens the window may go on without asking. */
  eventWaiting: u32,
  /** Not zero from a hlt until the run loop has seen it. */
  halted: u32,
  /** Budget left when instructions were last attributed to a ring, and what was attributed but not yet added to the
   *  events, by ring. */
  attributed: u32,
  attributedByRing: bytes(16),
  /** Address of this address space's row of code tables: for each mode, where its table is. */
  codeTableRow: u32,
  /** What the processor counts (agreement/ground.ts). */
  cr3Loads: u64,
  tlbFills: u64,
  pageWalks: u64,
  segmentLoads: u64,
  tableLoads: u64,
  deliveries: u64,
  iretInstructions: u64,
  farTransfers: u64,
});

/** Where a segment register lies, by its encoded number. */
export const segmentAddress = (number: number): number => stateLayout.at.segments + number * segmentLayout.bytes;

/** What decoded code depends on beyond its bytes. Flat: base 0, every offset valid, readable and writable. */
export const mode = {
  code32: 1,
  stack32: 2,
  user: 4,
  flatCode: 8,
  flatData: 16,
  flatExtra: 32,
  flatStack: 64,
} as const;

/** A flat 32-bit program's, whatever its ring. */
export const FLAT_PROGRAM =
  mode.code32 | mode.stack32 | mode.flatCode | mode.flatData | mode.flatExtra | mode.flatStack;

export const memoryMap = {
  /** A window for accesses that cross a page or hit a watched one. */
  scratch: 0x1000,
  /** Reads of absent physical memory see ones here … */
  ones: 0x2000,
  /** … and writes to it drown here. */
  sink: 0x3000,
  /** The registers of the local APIC, on boards that have one. */
  localApic: 0x4000,
  /** For each set and mode, the address of its code table and whether it was used lately (memory/code-tables.ts). */
  codeTableRows: 0x5000,
  /** Address spaces by cr3, 16 bytes each (memory/known-spaces.ts). */
  knownSpaces: 0x7000,
  knownSpaceCount: 128,
  /** The operation of an instruction that could not be fetched (interpreter/interpreter.ts). */
  unfetched: 0x7f00,
  /** The last write that only a watch held up: address of its page's entry in the read table in force, and that entry.
   *  While it stands there and that page was not filled in since, it may be written to. */
  heldWrite: 0x7f80,
  /** Ring changes made before, 256 bytes each: two per vector, and returns below (system/known-rings.ts). */
  knownEntries: 0x8000,
  /** Descriptors loaded before, 64 bytes each (system/known-descriptors.ts). */
  knownDescriptors: 0x0002_c000,
  knownDescriptorCount: 256,
  knownReturns: 0x0003_0000,
  knownReturnCount: 512,
  pageFlags: 0x0010_0000,
  /** Which linear pages may have entries, per set (memory/page-set.ts). */
  filledPages: 0x0020_0000,
  filledSetBytes: 0x0002_1080,
  /** Who depends on which page of page tables, two words arrays (memory/table-watch.ts). */
  watchedPages: 0x0031_0000,
  watchedNext: 0x0032_0000,
  tlb: 0x0040_0000,
  tlbTableBytes: 0x0040_0000,
  tlbSets: 8,
  codeTables: 0x0840_0000,
  codeTableCount: 16,
  entryMaps: 0x0c40_0000,
  entryMapBytes: 0x4000,
  entryMapCount: 4096,
  operations: 0x1040_0000,
  operationBytes: 0x0400_0000,
  exits: 0x1440_0000,
  exitBytes: 0x0100_0000,
  /** For each physical page a word: who may write to it unasked, and whose page table it is. */
  writers: 0x1540_0000,
  watchedHeads: 0x1580_0000,
  /** For each physical page two words: which of its 64-byte chunks code was decoded from. */
  decodedChunks: 0x15c0_0000,
  /** What instructions become when they are decoded (interpreter/templates.ts). */
  templates: 0x1640_0000,
  templateBytes: 0x0080_0000,
  /** For each physical page the entry map of the code page there; 0 none, 1 more than one (interpreter/code-pages.ts). */
  codePages: 0x16c0_0000,
  ram: 0x1700_0000,
} as const;

/** Flags per physical page: why a write to it may not take the fast path. */
export const pageFlag = { code: 1, table: 2 } as const;

const at = stateLayout.at;
/** Index of a state word in the 32-bit views. */
const word = (offset: number) => offset >>> 2;
/** Looked up once: every interrupt takes the flags together. */
const REST = word(at.flagsRest);
const CARRY = word(at.flagCarry);
const ZERO = word(at.flagZero);
const SIGN = word(at.flagSign);
const OVERFLOW = word(at.flagOverflow);
const ADJUST = word(at.flagAdjust);
const PARITY = word(at.flagParity);

export class State {
  readonly memory: WebAssembly.Memory;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly i32: Int32Array;
  readonly ramBytes: number;

  /** `ramBytes` is a multiple of 4096 and leaves room below 4 GiB. */
  constructor(ramBytes: number) {
    const pages = (memoryMap.ram + ramBytes) / 65536;
    this.memory = new WebAssembly.Memory({ initial: Math.ceil(pages), maximum: Math.ceil(pages) });
    const buffer = this.memory.buffer;
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.ramBytes = ramBytes;
    this.u8.fill(0xff, memoryMap.ones, memoryMap.ones + 4096);
  }

  /** A state word as an unsigned number; `offset` comes from `stateLayout.at`. */
  get(offset: number): number {
    return this.u32[offset >>> 2];
  }

  set(offset: number, value: number): void {
    this.u32[offset >>> 2] = value;
  }

  /** General register by its encoded number, unsigned. */
  register(number: number): number {
    return this.u32[word(at.general) + number];
  }

  setRegister(number: number, value: number): void {
    this.u32[word(at.general) + number] = value;
  }

  /** EFLAGS assembled from its parts (SDM 1 3.4.3), bit 1 set. */
  get eflags(): number {
    const { i32 } = this;
    let flags = i32[REST] | eflag.one | i32[CARRY];
    if (i32[ZERO] === 0) flags |= eflag.zero;
    flags |= (i32[SIGN] >>> 31) << 7;
    flags |= (i32[OVERFLOW] >>> 31) << 11;
    flags |= i32[ADJUST] & eflag.adjust;
    const low = i32[PARITY];
    const folded = (low ^ (low >>> 4)) & 15;
    if ((0x9669 >>> folded) & 1) flags |= eflag.parity;
    return flags >>> 0;
  }

  /** Takes EFLAGS apart. Bits the processor does not store are dropped; whoever may change what is decided before. */
  set eflags(value: number) {
    const { i32 } = this;
    i32[REST] = value & STORED & ~ARITHMETIC;
    i32[CARRY] = value & 1;
    i32[ZERO] = value & eflag.zero ? 0 : 1;
    i32[SIGN] = value & eflag.sign ? -1 : 0;
    i32[PARITY] = value & eflag.parity ? 0 : 1;
    i32[OVERFLOW] = value & eflag.overflow ? -1 : 0;
    i32[ADJUST] = value & eflag.adjust;
  }
}

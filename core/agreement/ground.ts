/**
 * What the processor offers to those who stand on it.  The host kernel, the Switcher's caller and the launcher see the
 * machine only through these types; `core/x86` implements them.  Nothing here knows of guests.
 */

/** The board's RAM by physical address.  All values unsigned.  Writes keep decoded code and the TLB coherent. */
export interface PhysicalMemory {
  /** Size of RAM in bytes; physical addresses run from 0 to this. Reads beyond give ones, writes beyond vanish. */
  readonly size: number;
  /** RAM as aligned words, by physical address over four, for who reads it often. To look at only: nobody hears of a write. */
  readonly words: Uint32Array;
  read8(at: number): number;
  read16(at: number): number;
  read32(at: number): number;
  write8(at: number, value: number): void;
  write16(at: number, value: number): void;
  write32(at: number, value: number): void;
  /** A copy of `length` bytes. */
  readBytes(at: number, length: number): Uint8Array;
  writeBytes(at: number, bytes: Uint8Array): void;
  fill(at: number, length: number, value: number): void;
}

/** A hidden descriptor cache beside its visible selector (SDM 3A 3.4.3). */
export interface SegmentState {
  selector: number;
  base: number;
  /** Last valid byte offset, granularity already applied. */
  limit: number;
  /** Descriptor bits 8–23 of the high dword, in place (mask 0x00F0FF00): type, S, DPL, P, AVL, D/B, G. */
  rights: number;
}

export type SegmentName = 'es' | 'cs' | 'ss' | 'ds' | 'fs' | 'gs';

/** The architectural registers, readable and writable between runs. Every value unsigned 32 bits. */
export interface Registers {
  eax: number;
  ecx: number;
  edx: number;
  ebx: number;
  esp: number;
  ebp: number;
  esi: number;
  edi: number;
  eip: number;
  eflags: number;
  cr0: number;
  cr2: number;
  cr3: number;
  cr4: number;
  /** Current privilege level; changes only by loading cs. */
  readonly cpl: number;
  segment(name: SegmentName): Readonly<SegmentState>;
  /** Puts selector and hidden parts in place without any check, as a reset or a debugger would. */
  setSegment(name: SegmentName, state: SegmentState): void;
  gdtr: { base: number; limit: number };
  idtr: { base: number; limit: number };
  tr: SegmentState;
  ldtr: SegmentState;
  readMsr(index: number): number;
  writeMsr(index: number, value: number): void;
}

/** Every reason for `run` to come back. */
export type GroundExit =
  /** `hlt` was executed at CPL 0; eip is behind it. */
  | { why: 'halted' }
  /** The instruction budget is used up, at an instruction boundary. */
  | { why: 'budget spent' }
  /** Triple fault, with what led there. */
  | { why: 'shut down'; reason: string }
  /** Something the processor does not do, in a sentence (hardware task switch). eip is at the instruction. */
  | { why: 'not supported'; what: string }
  /** A port write asked the board to stop (`bare` only). */
  | { why: 'stopped'; code: number };

/** Port I/O of a bare board. Sizes 1, 2, 4 bytes. */
export interface Ports {
  read(port: number, size: number): number;
  /** Returning a number stops the run with that code after the instruction. */
  write(port: number, size: number, value: number): number | undefined;
}

/** Monotonic counts of what the processor did; a host subtracts two readings to attribute them. */
export interface ProcessorEvents {
  /** Instructions begun, by the CPL they began at. */
  readonly instructions: readonly [number, number, number, number];
  cr3Loads: number;
  tlbFills: number;
  pageWalks: number;
  segmentLoads: number;
  /** lgdt, lidt, lldt, ltr. */
  tableLoads: number;
  /** Exceptions, software and external interrupts delivered through the IDT. */
  deliveries: number;
  iretInstructions: number;
  farTransfers: number;
  portAccesses: number;
  nmis: number;
}

/** One emulated machine: RAM, one processor, an interrupt and an NMI line. */
export interface Ground {
  readonly memory: PhysicalMemory;
  readonly registers: Registers;
  readonly events: ProcessorEvents;
  /** Instructions begun since reset. Exact at every exit. */
  readonly instructions: number;
  /** The board's clock, and its TSC: instructions begun plus time skipped while everybody slept. */
  readonly clock: number;
  /** Lets time pass without running. */
  skipTime(instructions: number): void;
  /** Runs until an exit; never more than `budgetInstructions` instructions. Interrupts are taken at boundaries only. */
  run(budgetInstructions: number): GroundExit;
  /** Asserts the interrupt line with a vector; taken once when IF and the shadows allow. The lowest pending vector wins. */
  raiseInterrupt(vector: number): void;
  /** Edge: latches one NMI; taken at the next boundary unless one is in progress (until iret). */
  raiseNmi(): void;
  /** True while an NMI is latched but not yet delivered. */
  readonly nmiPending: boolean;
  /** `in` and `out` outside guests go here; absent means all-ones and nothing. */
  ports: Ports;
}

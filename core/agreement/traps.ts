/**
 * Interrupt vectors (SDM 3A 6.3.1) and gates, as guest, host and Switcher number them, and the EFLAGS bits that matter
 * where they meet.
 */

export const vector = {
  divideError: 0,
  debug: 1,
  nmi: 2,
  breakpoint: 3,
  invalidOpcode: 6,
  deviceNotAvailable: 7,
  doubleFault: 8,
  invalidTaskState: 10,
  segmentNotPresent: 11,
  stackFault: 12,
  generalProtection: 13,
  pageFault: 14,
  spurious: 15,
  alignmentCheck: 17,
  /** The hypercall gate. */
  lguestEntry: 31,
  /** Virtual irq n arrives at 32 + n. */
  firstIrq: 32,
  systemCall: 128,
} as const;

export const VECTORS = 256;
export const IRQS = 32;
/** lguest_regs.trapnum while a guest runs: whoever finds it knows that a fault came in the middle of the switch. */
export const TRAP_IN_SWITCH = 256;

const withErrorCode: ReadonlySet<number> = new Set([8, 10, 11, 12, 13, 14, 17]);
/** True for the exceptions that push an error code. */
export const hasErrorCode = (trap: number): boolean => withErrorCode.has(trap);

/** Error code of a page fault (SDM 3A 4.7). */
export const pageFaultError = { present: 1, write: 2, user: 4 } as const;

export const eflags = {
  reserved: 1 << 1,
  trap: 1 << 8,
  interrupt: 1 << 9,
  ioPrivilege: 3 << 12,
  nestedTask: 1 << 14,
  resume: 1 << 16,
  virtual8086: 1 << 17,
} as const;

/** Bits of a gate's high word, and what a guest may put there. */
export const gate = {
  present: 1 << 15,
  privilegeShift: 13,
  privilegeMask: 3 << 13,
  typeMask: 0x1f << 8,
  interruptGate: 0x0e << 8,
  trapGate: 0x0f << 8,
  offsetHighMask: 0xffff_0000,
} as const;

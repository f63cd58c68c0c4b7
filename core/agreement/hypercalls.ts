/**
 * The questions a guest kernel may ask its host, by number (lguest-abi §2).  The guest puts the number in eax and its
 * arguments in ebx, ecx, edx, esi; kernels before 2.6.30 used edx, ebx, ecx.  Nobody ever gets an answer in a register.
 */

export const hypercall = {
  flushAsync: 0,
  initialize: 1,
  shutdown: 2,
  /** Up to about 2.6.30: the whole table at once. */
  loadGdt: 3,
  newPageTable: 4,
  flushTlb: 5,
  loadIdtEntry: 6,
  setStack: 7,
  /** Virtual CR0.TS; up to 4.1. */
  taskSwitched: 8,
  setClockEvent: 9,
  halt: 10,
  /** PAE kernels only, and so refused here. */
  setPageMiddle: 13,
  setPageTableEntry: 14,
  setPageDirectoryEntry: 15,
  loadTls: 16,
  /** A virtqueue kick, a device status change or an early console string; up to 4.0. */
  notify: 17,
  loadGdtEntry: 18,
  sendInterrupts: 19,
} as const;

export type HypercallName = keyof typeof hypercall;

export const hypercallNames: ReadonlyMap<number, HypercallName> = new Map(
  // Object.entries forgets that its keys are the keys.
  (Object.entries(hypercall) as [HypercallName, number][]).map(([name, number]) => [number, name]),
);

/** What lguest itself calls them, for those who know it. */
export const lguestNames: Readonly<Record<HypercallName, string>> = {
  flushAsync: 'FLUSH_ASYNC',
  initialize: 'LGUEST_INIT',
  shutdown: 'SHUTDOWN',
  loadGdt: 'LOAD_GDT',
  newPageTable: 'NEW_PGTABLE',
  flushTlb: 'FLUSH_TLB',
  loadIdtEntry: 'LOAD_IDT_ENTRY',
  setStack: 'SET_STACK',
  taskSwitched: 'TS',
  setClockEvent: 'SET_CLOCKEVENT',
  halt: 'HALT',
  setPageMiddle: 'SET_PMD',
  setPageTableEntry: 'SET_PTE',
  setPageDirectoryEntry: 'SET_PGD',
  loadTls: 'LOAD_TLS',
  notify: 'NOTIFY',
  loadGdtEntry: 'LOAD_GDT_ENTRY',
  sendInterrupts: 'SEND_INTERRUPTS',
};

/** The name of a hypercall's number in lguest's words, or the number itself. */
export function hypercallTitle(number: number): string {
  const name = hypercallNames.get(number);
  return name === undefined ? `0x${number.toString(16)}` : lguestNames[name];
}

/** Argument 2 of `shutdown`. */
export const shutdownReason = { powerOff: 1, restart: 2 } as const;
/** How much of the text at argument 1 of `shutdown` is read. */
export const SHUTDOWN_TEXT_BYTES = 128;
/** What Linux says when it powers off cleanly; any other text is a panic's last words. */
export const POWER_OFF_TEXT = 'Power down';

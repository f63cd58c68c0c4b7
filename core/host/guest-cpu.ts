/**
 * All the host knows of one guest, in one record, as lguest's struct lg_cpu.  It holds state and no rules: the files
 * named after each part know what may be done with it.
 */

import type { GuestPhysical, HostPhysical } from '../agreement/addresses.ts';
import type { PhysicalMemory } from '../agreement/ground.ts';
import type { LguestEra } from '../agreement/lguest-data.ts';
import { DESCRIPTOR_BYTES, GDT_ENTRIES } from '../agreement/segments.ts';
import { VECTORS } from '../agreement/traps.ts';
import type { Counters } from '../counters/list.ts';
import { type WalkerCount, walkerCounts } from '../switcher/lguest-pages.ts';
import type { GuestEvent, GuestSurroundings } from './guest-events.ts';
import type { GuestBlock } from './guest-memory.ts';
import type { GuestRegisters } from './guest-registers.ts';
import type { ShadowTables } from './shadow-tables.ts';
import { noUserFault, type UserFault } from './user-fault-crossings.ts';

/** What must be copied into the page the processor reads before the guest runs again. */
export const changed = { idt: 1, gdt: 2, tls: 4, stack: 8, walker: 16, everything: 31 } as const;

/** Where lguest_data lies and what was read from it, once, at LGUEST_INIT. */
export interface LguestDataPlace {
  readonly at: GuestPhysical;
  readonly era: LguestEra;
  readonly kernelAddress: number;
  /** No interrupt may be delivered at eip in [start, end): the guest is half way through its iret. */
  readonly noIrqWindow: { readonly start: number; readonly end: number } | null;
  /** The iret itself, from 4.1 on. */
  readonly noIrqIret: number | null;
}

export interface GuestCpu {
  readonly name: string;
  readonly memory: GuestBlock;
  /** How much of `memory` is RAM; device pages follow. */
  readonly ramBytes: number;
  /** The board's RAM: where shadow tables live. */
  readonly board: PhysicalMemory;
  readonly registers: GuestRegisters;
  readonly registersPage: HostPhysical;
  /** Where its x87 registers are while another guest is on. */
  readonly floatingPointPage: HostPhysical;
  readonly shadow: ShadowTables;
  /** Ports, and addresses that are devices. Not to be asked before LGUEST_INIT. */
  readonly surroundings: GuestSurroundings;

  lguestData: LguestDataPlace | null;
  started: boolean;
  /** Low and high word of each entry, as the processor shall see them. */
  readonly gdt: Uint32Array;
  /** Low and high word of each gate, as the guest asked for it; all zero where there is none. */
  readonly idt: Uint32Array;
  /** The ring-1 stack on which traps from ring 3 arrive. */
  stack: { segment: number; pointer: number; pages: number };
  changed: number;

  /** One bit per irq. */
  pendingInterrupts: number;
  /** irq_pending as last written, to spare the guest's memory a store. */
  irqPendingShown: boolean;
  /** An interrupt waits only for the guest to leave its no-interrupt window. */
  windowBlocksInterrupt: boolean;
  halted: boolean;
  /** Board clock at which irq 0 becomes pending. */
  clockDeadline: number | null;
  taskSwitched: boolean;

  hypercallPending: boolean;
  nextRingEntry: number;
  notification: GuestPhysical | null;
  dead: Extract<GuestEvent, { why: 'dead' }> | null;

  // fast path begins
  fastPath: boolean;
  /** The walker was in force when the guest last ran. */
  walkerOpen: boolean;
  /** The walker's counts as last read. */
  readonly walkerCounts: Record<WalkerCount, number>;
  // fast path ends
  userFault: UserFault;
  readonly counters: Counters;
  readonly tallies: {
    roundTrips: Record<string, number>;
    hypercalls: Record<string, number>;
    handedOn: Record<string, number>;
  };
}

/** The parts that are made elsewhere. */
export type GuestParts = Pick<
  GuestCpu,
  | 'name'
  | 'memory'
  | 'ramBytes'
  | 'board'
  | 'registers'
  | 'registersPage'
  | 'floatingPointPage'
  | 'shadow'
  | 'surroundings'
  | 'fastPath'
  | 'counters'
>;

export function newGuestCpu(parts: GuestParts): GuestCpu {
  return {
    ...parts,
    lguestData: null,
    started: false,
    gdt: new Uint32Array((GDT_ENTRIES * DESCRIPTOR_BYTES) / 4),
    idt: new Uint32Array(VECTORS * 2),
    stack: { segment: 0, pointer: 0, pages: 0 },
    changed: changed.everything,
    pendingInterrupts: 0,
    irqPendingShown: false,
    windowBlocksInterrupt: false,
    halted: false,
    clockDeadline: null,
    taskSwitched: false,
    hypercallPending: false,
    nextRingEntry: 0,
    notification: null,
    dead: null,
    // fast path begins
    walkerOpen: false,
    walkerCounts: noWalkerCounts(),
    // fast path ends
    userFault: noUserFault(),
    tallies: { roundTrips: {}, hypercalls: {}, handedOn: {} },
  };
}

// fast path begins
function noWalkerCounts(): Record<WalkerCount, number> {
  const { at } = walkerCounts;
  return Object.fromEntries(Object.keys(at).map((name) => [name, 0])) as Record<WalkerCount, number>; // same keys
}
// fast path ends

/** Counts one more of `name`. */
export function tally(table: Record<string, number>, name: string, more = 1): void {
  table[name] = (table[name] ?? 0) + more;
}

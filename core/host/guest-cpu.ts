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
import { walkerCounts } from '../switcher/lguest-pages.ts';
import type { GuestEvent, GuestSurroundings } from './guest-events.ts';
import type { GuestBlock } from './guest-memory.ts';
import type { GuestRegisters } from './guest-registers.ts';
import { noWalk, type WalkFound } from './guest-walk.ts';
import { type CallPlaces, type HypercallArguments, noCall } from './hypercall-arguments.ts';
import type { FieldPlaces } from './lguest-data.ts';
import type { ShadowTables } from './shadow-tables.ts';
import { Tally } from './tally.ts';
import { noUserFault, type UserFault } from './user-fault-crossings.ts';

/** What must be copied into the page the processor reads before the guest runs again. */
export const changed = { idt: 1, gdt: 2, tls: 4, stack: 8, walker: 16, everything: 31 } as const;

/** Where lguest_data lies and what was read from it, once, at LGUEST_INIT. */
export interface LguestDataPlace {
  readonly at: GuestPhysical;
  readonly era: LguestEra;
  readonly places: FieldPlaces;
  readonly calls: CallPlaces;
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
  /** Which gates changed, while `changed.idt` is set: numbers [from, to). */
  readonly changedGates: { from: number; to: number };

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
  /** The walker's counts as last read, in the order of their record. */
  readonly walkerCounts: Uint32Array;
  // fast path ends
  userFault: UserFault;
  readonly counters: Counters;
  readonly tallies: { readonly roundTrips: Tally; readonly hypercalls: Tally; readonly handedOn: Tally };

  /** The hypercall being served. Here, as the two that follow, so that none of them is made anew at every crossing. */
  readonly call: HypercallArguments;
  /** Where the last walk of the guest's tables led. */
  readonly walk: WalkFound;
  /** The frame being pushed for a handler of the guest's, in the order of the pushes. */
  readonly frame: Uint32Array;
}

/** Words of the longest frame: error code, eip, cs, eflags, esp, ss. */
const LONGEST_FRAME = 6;

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
    changedGates: { from: 0, to: VECTORS },
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
    walkerCounts: new Uint32Array(walkerCounts.bytes / 4),
    // fast path ends
    userFault: noUserFault(),
    tallies: { roundTrips: new Tally(), hypercalls: new Tally(), handedOn: new Tally() },
    call: noCall(),
    walk: noWalk(),
    frame: new Uint32Array(LONGEST_FRAME),
  };
}

/** Gate `number` must be copied before the guest runs again. */
export function noteGate(cpu: GuestCpu, number: number): void {
  const { changedGates: gates } = cpu;
  cpu.changed |= changed.idt;
  gates.from = Math.min(gates.from, number);
  gates.to = Math.max(gates.to, number + 1);
}

/** Somebody else's tables are where this guest's should be. */
export function noteEverything(cpu: GuestCpu): void {
  cpu.changed = changed.everything;
  cpu.changedGates.from = 0;
  cpu.changedGates.to = VECTORS;
}

/**
 * What the host tells the launcher, and what the launcher may do with a guest.  The host does not know which devices
 * exist; it says which address was kicked and lets the launcher make of it what it will.
 */

import type { GuestPhysical } from '../agreement/addresses.ts';
import type { LguestEra } from '../agreement/lguest-data.ts';
import type { Counters } from '../counters/list.ts';
import type { RegisterName } from '../switcher/lguest-pages.ts';

export type GuestEvent =
  /** The slice is used up; nothing else to say. */
  | { readonly why: 'slice over' }
  /** NOTIFY: a virtqueue kick, a device status change, or an early console string at this address. */
  | { readonly why: 'notify'; readonly address: GuestPhysical }
  /** The guest waits for an interrupt. `untilInstruction` is when its clock fires (board clock), null for never. */
  | { readonly why: 'idle'; readonly untilInstruction: number | null }
  /** The guest powered off, asked for a restart, or broke the rules. `reason` is a sentence. */
  | { readonly why: 'dead'; readonly end: 'power off' | 'restart' | 'killed'; readonly reason: string };

export type AccessBytes = 1 | 2 | 4;

/**
 * What a guest kernel finds around itself beyond memory: ports, and addresses that are not memory.  Kernels from 4.1 on
 * probe PCI there (lguest-abi §12).  The host decodes and carries out the instruction; whoever launched the guest answers.
 * Values are unsigned and hold `bytes` bytes.
 */
export interface GuestSurroundings {
  /** The guest said LGUEST_INIT and its kernel looks like this; nothing else was asked before. */
  onHandshake(era: LguestEra): void;
  /** `in` of any port. */
  readPort(port: number, bytes: AccessBytes): number;
  writePort(port: number, bytes: AccessBytes, value: number): void;
  /** Where the addresses begin that are devices rather than memory, beyond RAM and device pages; page aligned. */
  readonly windowStart: GuestPhysical;
  readonly windowBytes: number;
  /** `at` and all the bytes lie in the window. */
  readWindow(at: GuestPhysical, bytes: AccessBytes): number;
  writeWindow(at: GuestPhysical, bytes: AccessBytes, value: number): void;
}

export interface GuestOptions {
  readonly name: string;
  /** Bytes of RAM, a multiple of 4096. */
  readonly memoryBytes: number;
  /** Bytes above RAM that the launcher keeps for device pages (readable and writable by the guest as RAM is). */
  readonly deviceBytes: number;
  readonly fastPath: boolean;
  /** Left out: no port answers, and no address is a device. */
  readonly surroundings?: GuestSurroundings;
}

/** Guest-physical memory as the launcher sees it. Every access is checked; out of range is the caller's mistake. */
export interface GuestMemory {
  /** RAM plus device pages. */
  readonly size: number;
  read8(at: GuestPhysical): number;
  read16(at: GuestPhysical): number;
  read32(at: GuestPhysical): number;
  write8(at: GuestPhysical, value: number): void;
  write16(at: GuestPhysical, value: number): void;
  write32(at: GuestPhysical, value: number): void;
  readBytes(at: GuestPhysical, length: number): Uint8Array;
  writeBytes(at: GuestPhysical, bytes: Uint8Array): void;
  fill(at: GuestPhysical, length: number, value: number): void;
}

export interface Guest {
  readonly name: string;
  readonly memory: GuestMemory;
  /** As they are now; ask again for later ones. */
  readonly counters: Counters;
  /** Round trips by cause, hypercalls by name, faults handed on by reason: finer tallies of the above, as they are now. */
  readonly tallies: {
    roundTrips: Record<string, number>;
    hypercalls: Record<string, number>;
    handedOn: Record<string, number>;
  };
  /** The toggle; takes effect at the next entry. */
  fastPath: boolean;
  /** Sets the entry point and the boot register state (lguest-abi §1). Once, before the first run. */
  start(entry: GuestPhysical): void;
  /** Virtual interrupt 0..31 becomes pending (0 is the clock, devices from 1). */
  raiseInterrupt(irq: number): void;
  /** Ends the guest from outside, with a sentence. */
  kill(reason: string): void;
  readonly dead: Extract<GuestEvent, { why: 'dead' }> | null;
  /** The shape of kernel that said LGUEST_INIT; null until it did. */
  readonly era: LguestEra | null;
}

/** One round trip into a guest and home again, as a trace tells it. */
export interface CrossingRecord {
  readonly guest: string;
  /** Board clock at the entry, and when the host had control again. */
  readonly enteredAt: number;
  readonly leftAt: number;
  /** Where the guest was when it was left. */
  readonly ring: number;
  readonly eip: number;
  /** A name of `tallies.roundTrips`. */
  readonly cause: string;
  /** What the host made of it, in a few words: 'SET_PTE 0x1000', 'cr2 0x8048000 error 4, reflected'. */
  readonly outcome: string;
  /** Instructions of rings 1 and 3 begun on this trip. */
  readonly instructionsInGuest: number;
}

/** Some of the guest's code as it was, by linear address. */
export interface CodeSeen {
  /** Where the guest was. */
  readonly at: number;
  /** Where `bytes` begin, before or at that place; they are none if the guest's tables do not lead there. */
  readonly from: number;
  readonly bytes: Uint8Array;
}

export interface TableEntrySeen {
  /** Guest-physical in the guest's tables, an address of the board in the shadow's. */
  readonly at: number;
  readonly value: number;
}

/** How far tables lead for one address: null where there is no such table, or none that could be looked at. */
export interface WalkSeen {
  readonly directory: TableEntrySeen | null;
  readonly table: TableEntrySeen | null;
}

/** One crossing as it was when the guest was left, before the host did anything about it. */
export interface CrossingCloseUp {
  /** As the Switcher saved them; `trapnum` and `errcode` among them. */
  readonly registers: Readonly<Record<RegisterName, number>>;
  readonly cr2: number;
  /** Guest-physical; null while the guest has no tables and every address means itself. */
  readonly guestDirectory: number | null;
  /** Null if no trap but an interrupt or an NMI ended the trip. */
  readonly trap: { readonly number: number; readonly errorCode: number } | null;
  /** For page faults: what both sets of tables said about `cr2`. */
  readonly walks: { readonly guest: WalkSeen; readonly shadow: WalkSeen } | null;
  readonly entered: CodeSeen;
  readonly left: CodeSeen;
}

export type CrossingWatcher = (record: CrossingRecord, closeUp: CrossingCloseUp) => void;

/** Handed to `createHost`; everything in it may be left out. */
export interface HostOptions {
  /** The wall clock, in seconds since 1970, when the board's clock was 0. Default 0, so that runs are alike. */
  readonly wallClockSeconds?: number;
  /** Hears of every crossing, once the host has dealt with it. */
  readonly onCrossing?: (record: CrossingRecord) => void;
}

/** One board's host kernel with its guests. */
export interface Host {
  createGuest(options: GuestOptions): Guest;
  /** Frees a dead guest's memory and tables. */
  removeGuest(guest: Guest): void;
  /** Board clock. */
  readonly clock: number;
  /** Runs one guest until an event, for at most about `budgetInstructions` (the crossing home may add a few hundred). */
  runGuest(guest: Guest, budgetInstructions: number): GuestEvent;
  /** Shows every crossing from now on to somebody, closely; null for nobody, which costs nothing. Not during a run. */
  watchCrossings(watcher: CrossingWatcher | null): void;
  /** Lets the board's clock pass without running anybody (all guests idle). */
  skipTime(instructions: number): void;
}

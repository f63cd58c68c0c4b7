/**
 * What the host hands to a crossing and what comes back from one.  The host never learns how the crossing is done;
 * the Switcher never learns why.
 */

import type { HostPhysical } from '../agreement/addresses.ts';

/** Which guest to enter: its shadow tables and the page its registers are saved in. */
export interface GuestEntry {
  readonly shadowCr3: HostPhysical;
  readonly registersPage: HostPhysical;
}

/** Why the guest was left. Registers, trap number and error code are in the guest's registers page. */
export type CrossingExit =
  /** A trap or hypercall that the Switcher brought home: number 0–31, or 128, or 256 (a fault inside the switch). */
  | { readonly why: 'trap'; readonly trap: number; readonly errorCode: number }
  /** A host interrupt (the end of the slice, a device); the host's own handler has already run. */
  | { readonly why: 'interrupt'; readonly vector: number }
  /** An NMI, already counted and served by the host's handler. */
  | { readonly why: 'nmi' }
  /** The machine itself gave up; nothing on this board can go on. */
  | { readonly why: 'shut down'; readonly reason: string };

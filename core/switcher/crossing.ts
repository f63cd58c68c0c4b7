/**
 * What comes back from a crossing.  The host never learns how it is done; the Switcher never learns why.
 */

/** A trap or hypercall that the Switcher brought home: number 0–31, or 128, or 256 (a fault inside the switch). */
export interface TrapExit {
  readonly why: 'trap';
  readonly trap: number;
  readonly errorCode: number;
}

/** Why the guest was left. Registers, trap number and error code are in the guest's registers page. */
export type CrossingExit =
  | TrapExit
  /** A host interrupt (the end of the slice, a device); the host's own handler has already run. */
  | { readonly why: 'interrupt'; readonly vector: number }
  /** An NMI, already counted and served by the host's handler. */
  | { readonly why: 'nmi' }
  /** The machine itself gave up; nothing on this board can go on. */
  | { readonly why: 'shut down'; readonly reason: string };

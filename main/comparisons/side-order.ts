/**
 * What main and the thread of one side say to each other.  Everything here can be copied between threads: paths rather
 * than bytes, so that files are read where nobody waits for anything else.
 */

import type { Side, SideRun } from '../../core/launcher/compare.ts';
import type { MachineSettings } from '../../core/protocol/machines.ts';

/** A machine of the library, or one made up around a sample, as both sides are to have it. */
export interface GuestOrder {
  readonly id: string;
  readonly settings: MachineSettings;
  readonly folder: string;
}

export interface SideOrder {
  readonly side: Side;
  readonly guest: GuestOrder;
  readonly budgetInstructions: number | null;
}

/** The only thing a thread is ever told. */
export type ToSide = 'cancel';

export type FromSide =
  | { readonly kind: 'progress'; readonly executedInstructions: number }
  /** A sentence about a device. */
  | { readonly kind: 'report'; readonly sentence: string }
  /** `digest` is of what was loaded: two sides that loaded different things cannot be compared. */
  | { readonly kind: 'finished'; readonly run: SideRun; readonly digest: string }
  | { readonly kind: 'failed'; readonly sentence: string }
  | { readonly kind: 'cancelled' };

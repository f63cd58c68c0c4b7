/**
 * What main and the thread of one side say to each other.  Everything here can be copied between threads: paths rather
 * than bytes, so that files are read where nobody waits for anything else.
 */

import type { Side, SideRun } from '../../core/launcher/compare.ts';
import type { DeviceFace } from '../../core/launcher/device-faces.ts';
import type { DeviceRequest } from '../guest-requests.ts';

/** A guest as both sides are to have it. */
export interface GuestOrder {
  readonly image: { readonly kind: 'sample'; readonly name: string } | { readonly kind: 'file'; readonly path: string };
  readonly initrd: string | null;
  readonly commandLine: string;
  readonly memoryMiB: number;
  readonly devices: readonly DeviceRequest[];
  readonly deviceFace: DeviceFace;
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

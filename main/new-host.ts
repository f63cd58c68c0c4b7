/** A host kernel on a new board, large enough for the guests that will stand on it. */

import type { Host, HostOptions } from '../core/host/guest-events.ts';
import { boardBytesFor, createHost } from '../core/host/host.ts';
import { LARGEST_DEVICE_BYTES } from '../core/launcher/device-faces.ts';
import { MIB } from '../core/launcher/load-guest.ts';
import { createBoard, type EngineName } from '../core/x86/board.ts';
import { usualEngine } from './engine-option.ts';

export interface NewHostOptions extends HostOptions {
  /** Left out: the usual one. */
  readonly engine?: EngineName;
}

export function newHost(guestsMiB: readonly number[], options: NewHostOptions = {}): Host {
  const { engine = usualEngine() } = options;
  return createHost(createBoard({ ramBytes: hostBoardBytes(guestsMiB), engine }), options);
}

/** How large that board is. */
export function hostBoardBytes(guestsMiB: readonly number[]): number {
  const guests = guestsMiB.map((memoryMiB) => ({
    name: '',
    memoryBytes: memoryMiB * MIB,
    deviceBytes: LARGEST_DEVICE_BYTES,
    fastPath: true,
  }));
  return boardBytesFor(guests);
}

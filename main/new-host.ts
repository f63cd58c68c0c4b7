/** A host kernel on a new board, large enough for the guests that will stand on it. */

import type { Host, HostOptions } from '../core/host/guest-events.ts';
import { boardBytesFor, createHost } from '../core/host/host.ts';
import { LARGEST_DEVICE_BYTES } from '../core/launcher/device-faces.ts';
import { MIB } from '../core/launcher/load-guest.ts';
import { createBoard } from '../core/x86/board.ts';

export function newHost(guestsMiB: readonly number[], options: HostOptions = {}): Host {
  const guests = guestsMiB.map((memoryMiB) => ({
    name: '',
    memoryBytes: memoryMiB * MIB,
    deviceBytes: LARGEST_DEVICE_BYTES,
    fastPath: true,
  }));
  return createHost(createBoard({ ramBytes: boardBytesFor(guests) }), options);
}

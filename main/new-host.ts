/** A host kernel on a new board, large enough for the guests that will stand on it. */

import type { CrossingRecord, Host } from '../core/host/guest-events.ts';
import { createHost } from '../core/host/host.ts';
import { createBoard } from '../core/x86/board.ts';

const MIB = 1024 * 1024;
/** Room on the board beside the guests' memory: device pages, shadow tables, the host's own tables. */
const HOST_MIB = 32;

export function newHost(memoryMiB: readonly number[], onCrossing?: (record: CrossingRecord) => void): Host {
  const guestsMiB = memoryMiB.reduce((sum, size) => sum + size, 0);
  const board = createBoard({ ramBytes: (guestsMiB + HOST_MIB) * MIB });
  return createHost(board, { onCrossing });
}

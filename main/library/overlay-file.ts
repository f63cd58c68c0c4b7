/**
 * Where a machine keeps what its guest wrote to a disk that stays as it was.  The name follows from the disk's path, not
 * from its place in the list, so that nobody who reorders disks finds one disk's writes on another.
 */

import { createHash } from 'node:crypto';
import { join } from 'node:path';

const NAME_DIGITS = 16;

/** The only names of overlays there are. */
export const overlayName = /^disk-[0-9a-f]{16}\.overlay$/;

/** Precondition: `folder` is the machine's own; `disk` is the path as the settings have it. */
export function overlayFile(folder: string, disk: string): string {
  const digest = createHash('sha256').update(disk).digest('hex');
  return join(folder, `disk-${digest.slice(0, NAME_DIGITS)}.overlay`);
}

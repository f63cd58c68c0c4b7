/** Storage this computer lends to a guest: it has to be given back. */

import type { Storage } from '../../core/launcher/devices/block/storage.ts';

export interface LentStorage extends Storage {
  /** Gives back files and locks. Does not flush. */
  close(): void;
}

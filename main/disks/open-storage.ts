/** Which storage a disk's mode asks for. */

import { existsSync } from 'node:fs';
import type { DiskSpec } from './disk-option.ts';
import type { LentStorage } from './lent-storage.ts';
import { openOverlay, overlayPath } from './open-overlay.ts';
import { RawFile } from './raw-file.ts';
import { ThrowawayStorage } from './throwaway-storage.ts';

/** `throwaway`: the guest may write as the mode allows, and no file is written. Throws UsageError. */
export function openStorage({ path, mode }: DiskSpec, throwaway: boolean): LentStorage {
  if (mode === 'readonly') return new RawFile(path, 'read');
  if (mode === 'overlay') return openOverlaid(path, throwaway);
  return throwaway ? new ThrowawayStorage(new RawFile(path, 'read')) : new RawFile(path, 'write');
}

function openOverlaid(path: string, throwaway: boolean): LentStorage {
  const base = new RawFile(path, 'read');
  try {
    if (!throwaway) return openOverlay(path, base, 'write');
    return new ThrowawayStorage(existsSync(overlayPath(path)) ? openOverlay(path, base, 'read') : base);
  } catch (error) {
    base.close();
    throw error;
  }
}

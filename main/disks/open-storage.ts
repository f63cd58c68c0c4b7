/** Which storage a disk's mode asks for. */

import { existsSync } from 'node:fs';
import type { DiskSpec } from './disk-option.ts';
import type { LentStorage } from './lent-storage.ts';
import { openOverlay, overlayPath } from './open-overlay.ts';
import { RawFile } from './raw-file.ts';
import { ThrowawayStorage } from './throwaway-storage.ts';

/** `throwaway`: the guest may write as the mode allows, and no file is written. Throws UsageError. */
export function openStorage({ path, mode, overlay = overlayPath(path) }: DiskSpec, throwaway: boolean): LentStorage {
  if (mode === 'readonly') return new RawFile(path, 'read');
  if (mode === 'overlay') return openOverlaid(path, overlay, throwaway);
  return throwaway ? new ThrowawayStorage(new RawFile(path, 'read')) : new RawFile(path, 'write');
}

function openOverlaid(path: string, overlay: string, throwaway: boolean): LentStorage {
  const base = new RawFile(path, 'read');
  try {
    if (!throwaway) return openOverlay(path, base, 'write', overlay);
    return new ThrowawayStorage(existsSync(overlay) ? openOverlay(path, base, 'read', overlay) : base);
  } catch (error) {
    base.close();
    throw error;
  }
}

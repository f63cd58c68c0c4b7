/** Which storage a disk's mode asks for. */

import type { DiskSpec } from './disk-option.ts';
import type { LentStorage } from './lent-storage.ts';
import { RawFile } from './raw-file.ts';
import { ThrowawayStorage } from './throwaway-storage.ts';

/** Throws UsageError. */
export function openStorage({ path, mode }: DiskSpec, throwaway: boolean): LentStorage {
  if (throwaway && mode !== 'readonly') return new ThrowawayStorage(new RawFile(path, 'read'));
  return new RawFile(path, mode === 'writable' ? 'write' : 'read');
}

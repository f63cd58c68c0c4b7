/**
 * One Astride to a data folder.  The lock names its process; one whose process is gone is nobody's, so that a crash
 * leaves nothing to tidy up.
 */

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FileInUse, type FileLock, lockToWrite } from '../disks/file-lock.ts';
import { fileError } from '../files.ts';
import { UsageError } from '../usage-error.ts';

/** Makes the folder if need be. Throws UsageError with a sentence for the person. */
export function takeDataFolder(path: string): { readonly folder: string; readonly lock: FileLock } {
  const folder = resolve(path);
  try {
    mkdirSync(join(folder, 'comparisons'), { recursive: true });
  } catch (error) {
    throw fileError(folder, error);
  }
  return { folder, lock: lockFolder(folder) };
}

function lockFolder(folder: string): FileLock {
  try {
    return lockToWrite(join(folder, 'astride'));
  } catch (error) {
    if (!(error instanceof FileInUse)) throw error;
    throw new UsageError(
      `${folder} is in use by another Astride (process ${error.pid}); use its window, or choose another folder with --data`,
    );
  }
}

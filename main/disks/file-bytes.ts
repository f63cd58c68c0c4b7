/** Positioned reads and writes that are done when they return, and whose failures are the medium's: StorageError. */

import { fdatasyncSync, readSync, writeSync } from 'node:fs';
import { StorageError } from '../../core/launcher/devices/block/storage.ts';

const sentences: Record<string, string> = {
  ENOSPC: 'this computer has no room left for it',
  EDQUOT: 'there is no room left for it in the quota',
  EFBIG: 'the file would grow beyond what this computer allows',
  EIO: "this computer's own disk failed",
};

/** Fills `into` from `at`; a file that ends too early is a failure. */
export function readFully(descriptor: number, into: Uint8Array, at: number): void {
  for (let filled = 0; filled < into.length; ) {
    const count = attempt(() => readSync(descriptor, into, filled, into.length - filled, at + filled));
    if (count === 0) throw new StorageError(`the file ends at byte ${at + filled}, though it was longer once`);
    filled += count;
  }
}

export function writeFully(descriptor: number, from: Uint8Array, at: number): void {
  for (let written = 0; written < from.length; ) {
    written += attempt(() => writeSync(descriptor, from, written, from.length - written, at + written));
  }
}

/** Returns once everything written so far would survive a power cut. */
export function syncFile(descriptor: number): void {
  attempt(() => fdatasyncSync(descriptor));
}

function attempt<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new StorageError(sentences[code] ?? `the file cannot be used any more (${code})`);
  }
}

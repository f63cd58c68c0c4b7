/**
 * Files that are there whole or not at all, whatever happens to us and whenever: written beside their name, made safe, and
 * only then given it.  A leftover of a death in between has a name of its own and is written over next time.
 */

import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

const UNFINISHED = '.new';

/** Precondition: nobody else writes to this path at the same time. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const unfinished = `${path}${UNFINISHED}`;
  await writeSafely(unfinished, text);
  await renameSafely(unfinished, path);
}

/** Returns once the bytes would survive a power cut; the name may not. */
export async function writeSafely(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A file that somebody else wrote, made safe. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function renameSafely(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** Not every system can do this to a folder; the others have no need to. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null);
  await folder?.sync().catch(() => {});
  await folder?.close();
}

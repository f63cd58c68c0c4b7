/**
 * A machine as one file, NAME.astride: a zip with its machine.json, its kernel and initrd, and what its guest wrote to
 * overlays.  Disks lie elsewhere, may be huge and may be shared; they are named in it and not included.
 */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fillTarget } from '../workstation/copy-saved-file.ts';
import { ENTRY_FILE, entryText } from './entry-file.ts';
import type { FineEntry } from './library.ts';
import { overlayName } from './overlay-file.ts';
import { ownFilesOf } from './own-files.ts';
import { ZipWriter } from './zip-writer.ts';

/** Precondition: the machine does not run. Throws Refusal; whatever was at `to` stays there then. */
export async function exportMachine(entry: FineEntry, to: string): Promise<void> {
  const overlays = (await readdir(entry.folder)).filter((name) => overlayName.test(name));
  const names = [...ownFilesOf(entry.settings), ...overlays];
  await fillTarget(to, async (unfinished) => {
    const zip = await ZipWriter.create(unfinished);
    try {
      const { createdAt, settings } = entry;
      await zip.addText(ENTRY_FILE, entryText({ createdAt, settings, lastRun: null }));
      for (const name of names) await zip.addFile(name, join(entry.folder, name));
      await zip.finish();
    } catch (error) {
      await zip.close();
      throw error;
    }
  });
}

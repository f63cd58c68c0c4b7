/**
 * A machine from a file that anybody may have made.  It may hold the files a machine has and no others, of sizes that
 * make sense; it is unpacked into a folder that is no machine yet and that is gone again if anything is wrong.  Nor does
 * it get to choose files of this computer: its disks are put into its notes, for the person to attach.
 */

import { readFile, stat, statfs } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { MachineSettings } from '../../core/protocol/machines.ts';
import { fileError } from '../files.ts';
import { Refusal } from '../workstation/parts.ts';
import { syncFile } from './atomic-file.ts';
import { ENTRY_FILE, LARGEST_ENTRY_BYTES, parseEntry } from './entry-file.ts';
import type { FineEntry, Library } from './library.ts';
import { overlayName } from './overlay-file.ts';
import { LARGEST_BYTES, type OwnFile, ownFileName, ownFilesOf } from './own-files.ts';
import { withZip, type ZipEntry, type ZipReader } from './zip-reader.ts';

const LONGEST_NOTES = 20_000;

/** Throws Refusal, and then has left nothing behind. */
export async function importMachine(library: Library, from: string): Promise<FineEntry> {
  if (!isAbsolute(from)) throw new Refusal(`${from}: name the file by its full path`);
  const found = await stat(from).catch((error) => {
    throw new Refusal(fileError(from, error).message);
  });
  if (!found.isFile()) throw new Refusal(`${from}: this is no ordinary file`);
  return library.createFilled((folder) => withZip(from, (zip) => unpackMachine(zip, folder)));
}

// @journey glass/import  A stranger's machine
// One file, one machine, sent by a friend: how nice.  And how nice for somebody who is none.  The file could name a path
// above its folder, the same name twice, a gigabyte that is all one letter, or, simplest of all, a disk called
// /home/you/.ssh/id_rsa, for a guest with a network card.  So names come from a list of four kinds, sizes are believed
// only until the bytes are counted, and disks come along as words in the notes.  A person may attach them with a click;
// what may not happen is that nobody clicked.
async function unpackMachine(zip: ZipReader, folder: string): Promise<MachineSettings> {
  const names = checkNames(zip.entries);
  await checkRoom(zip.entries, folder);
  for (const entry of zip.entries) {
    const path = join(folder, entry.name);
    await zip.unpack(entry, path);
    await syncFile(path);
  }
  const read = parseEntry(await readFile(join(folder, ENTRY_FILE), 'utf8'));
  if (read.is === 'damaged') throw new Refusal(`this machine cannot be imported: ${read.reason}`);
  return ownOnly(read.entry.settings, names);
}

/** Exact names, so that there is no path to escape by; one of them is machine.json. */
function checkNames(entries: readonly ZipEntry[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, bytes } of entries) {
    const limit = largest(name);
    if (limit === null)
      throw new Refusal('this file holds something that is no part of a machine; it was not imported');
    if (names.has(name)) throw new Refusal(`this file holds ${name} twice; it was not imported`);
    if (bytes > limit) throw new Refusal(`${name} in this file is larger than such a file may be; it was not imported`);
    names.add(name);
  }
  if (!names.has(ENTRY_FILE))
    throw new Refusal(`this file holds no ${ENTRY_FILE}; it is no machine exported by Astride`);
  return names;
}

function largest(name: string): number | null {
  if (name === ENTRY_FILE) return LARGEST_ENTRY_BYTES;
  if (overlayName.test(name)) return Number.POSITIVE_INFINITY;
  // The pattern knows no other words.
  return ownFileName.test(name) ? LARGEST_BYTES[name.split('-')[0] as OwnFile] : null;
}

/** Half of what is free: the rest is for what the person does next. */
async function checkRoom(entries: readonly ZipEntry[], folder: string): Promise<void> {
  const needed = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  const { bavail, bsize } = await statfs(folder);
  if (needed > (bavail * bsize) / 2) throw new Refusal('there is not enough room on the disk to import this machine');
}

function ownOnly(settings: MachineSettings, names: ReadonlySet<string>): MachineSettings {
  const named = [settings.image.kind === 'file' ? settings.image.path : null, settings.initrd].filter(
    (name) => name !== null,
  );
  const own = new Set(ownFilesOf(settings));
  if (named.some((name) => !own.has(name) || !names.has(name))) {
    throw new Refusal('this machine wants files that are not in the file; it was not imported');
  }
  if (settings.disks.length === 0) return settings;
  const list = settings.disks.map(({ path, access }) => `  ${path} (${access})`).join('\n');
  const notes = `${settings.notes}\n\nIt came with these disks; attach them again if they are here and you trust it:\n${list}`;
  return { ...settings, disks: [], notes: notes.trimStart().slice(0, LONGEST_NOTES) };
}
// @end

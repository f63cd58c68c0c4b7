/**
 * The files a machine has of its own: its kernel and its initrd, copied in when they were chosen, so that a machine still
 * starts after its author has tidied up.  Settings name them without a folder; anything absolute was just chosen and is
 * yet to be copied.  A file in use is never written over: a replacement gets a new name.
 */

import { constants, existsSync } from 'node:fs';
import { chmod, copyFile, readdir, rm, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { MachineSettings } from '../../core/protocol/machines.ts';
import { fileError } from '../files.ts';
import { mapBeside } from '../machines/kernel-symbols.ts';
import { Refusal } from '../workstation/parts.ts';
import { syncFile } from './atomic-file.ts';

const MIB = 1024 * 1024;
/** More than guests have memory. */
export const LARGEST_BYTES = { kernel: 256 * MIB, initrd: 1024 * MIB } as const;
const LARGEST_MAP = 64 * MIB;
const OWNERS_FILE = 0o644;
export type OwnFile = keyof typeof LARGEST_BYTES;

export const ownFileName = /^(kernel|initrd)(-[1-9][0-9]{0,5})?$/;

/** Which files of the folder the settings speak of. */
export function ownFilesOf({ image, initrd }: Pick<MachineSettings, 'image' | 'initrd'>): string[] {
  const named = [image.kind === 'file' ? image.path : null, initrd];
  return named.filter((path): path is string => path !== null && ownFileName.test(path));
}

/** The image with the whole path of the library's copy in `folder`; one that lies elsewhere is left as it is. */
export function ownImage(image: MachineSettings['image'], folder: string): MachineSettings['image'] {
  return image.kind === 'file' && ownFileName.test(image.path) ? { ...image, path: join(folder, image.path) } : image;
}

/**
 * Copies into `folder` what the settings name elsewhere, and returns settings that name the copies.  `from` is where
 * names without a folder are looked for: the folder itself, or that of a machine to be cloned.  Throws Refusal.
 */
export async function adoptFiles(settings: MachineSettings, folder: string, from: string): Promise<MachineSettings> {
  const { image, initrd } = settings;
  return {
    ...settings,
    image: image.kind === 'file' ? { kind: 'file', path: await adopt('kernel', image.path, folder, from) } : image,
    initrd: initrd === null ? null : await adopt('initrd', initrd, folder, from),
  };
}

async function adopt(what: OwnFile, path: string, folder: string, from: string): Promise<string> {
  const isOwn = ownFileName.test(path) && path.startsWith(what);
  if (!isOwn && !isAbsolute(path)) throw new Refusal(`${path}: name the ${what} by its full path`);
  const source = isOwn ? join(from, path) : path;
  await checkFile(what, source);
  if (isOwn && from === folder) return path;
  const name = freeName(what, folder);
  await copyIn(source, folder, name);
  if (what === 'kernel') await adoptMap(source, folder, name);
  return name;
}

/** The kernel's symbols come along if they lie beside it: without them the machine is only harder to read. */
async function adoptMap(kernel: string, folder: string, name: string): Promise<void> {
  const map = mapBeside(kernel);
  if (map === null || ((await stat(map).catch(() => null))?.size ?? Number.POSITIVE_INFINITY) > LARGEST_MAP) return;
  await copyIn(map, folder, `${name}.map`).catch(() => undefined);
}

async function copyIn(source: string, folder: string, name: string): Promise<void> {
  try {
    await copyFile(source, join(folder, name), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    // The copy is ours, whoever may not write to the original.
    await chmod(join(folder, name), OWNERS_FILE);
    await syncFile(join(folder, name));
  } catch (error) {
    await rm(join(folder, name), { force: true });
    throw refusalAbout(source, error);
  }
}

async function checkFile(what: OwnFile, path: string): Promise<void> {
  const found = await stat(path).catch((error) => {
    throw refusalAbout(path, error);
  });
  if (!found.isFile()) throw new Refusal(`${path}: this is no ordinary file`);
  const limit = LARGEST_BYTES[what];
  if (found.size > limit) throw new Refusal(`${path}: ${what}s of more than ${limit / MIB} MiB are not taken`);
}

export const refusalAbout = (path: string, error: unknown) => new Refusal(fileError(path, error).message);

function freeName(what: OwnFile, folder: string): string {
  for (let number = 0; ; number++) {
    const name = number === 0 ? what : `${what}-${number}`;
    if (!existsSync(join(folder, name))) return name;
  }
}

/** Leftovers of a change that was not finished, or of one that was. Overlays and logs are never among them. */
export async function removeUnusedFiles(folder: string, settings: MachineSettings): Promise<void> {
  const used = new Set(ownFilesOf(settings));
  for (const name of await readdir(folder)) {
    const owner = name.replace(/\.map$/, '');
    if (ownFileName.test(owner) && !used.has(owner)) await rm(join(folder, name), { force: true });
  }
}

/** A file of ours, copied to where a person wants it: whole, or not at all. */

import { constants, copyFile, rename, rm, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { fileError } from '../files.ts';
import { Refusal } from './parts.ts';

/** `nothingYet` is said if there is no such file of ours. Throws Refusal. */
export async function copySavedFile(from: string, to: string, nothingYet: string): Promise<void> {
  checkTarget(to);
  if ((await stat(from).catch(() => null)) === null) throw new Refusal(nothingYet);
  await fillTarget(to, (unfinished) => copyFile(from, unfinished, constants.COPYFILE_FICLONE));
}

/** `fill` writes the file under another name beside it; throws Refusal. */
export async function fillTarget(to: string, fill: (unfinished: string) => Promise<void>): Promise<void> {
  checkTarget(to);
  const unfinished = `${to}.${process.pid}.new`;
  try {
    await fill(unfinished);
    await rename(unfinished, to);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw error instanceof Refusal ? error : new Refusal(fileError(to, error).message);
  }
}

function checkTarget(to: string): void {
  if (!isAbsolute(to)) throw new Refusal(`${to}: name the file by its full path`);
}

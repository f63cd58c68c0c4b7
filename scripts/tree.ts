/**
 * Which files are ours.  The checks that read the whole tree (journey, fence, sizes, line counts) all ask here, so
 * that they agree about what they read.  Walks the folders and does not ask git: a downloaded archive has none.
 */

import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's own top folder. */
export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folders that hold somebody else's files, or ones we can make again. */
const notOurs = new Set(['.git', 'node_modules', 'out', 'coverage']);

/** Every file of ours below these folders of `root`, as sorted paths relative to `root` with forward slashes. */
export function filesUnder(root: string, folders: readonly string[], endings: readonly string[] = ['']): string[] {
  const found = folders.flatMap((folder) => walk(root, folder));
  return found.filter((path) => endings.some((ending) => path.endsWith(ending))).sort();
}

function walk(root: string, folder: string): string[] {
  const here = join(root, folder);
  if (!existsSync(here)) return [];
  return readdirSync(here, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : walk(root, path);
    return entry.isFile() && !entry.name.endsWith('.log') ? [path] : [];
  });
}

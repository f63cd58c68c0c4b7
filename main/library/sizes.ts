/** What a machine's folder takes on disk. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Of the files directly in it (there are no others of ours); what vanishes meanwhile counts nothing. */
export async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map((name) => fileBytes(join(folder, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function fileBytes(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true ? found.size : 0;
}

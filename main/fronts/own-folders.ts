/** Where our own files lie, seen from the bundle this becomes a part of: `out/` is beside `package.json`. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the project, or of the packaged app. */
export const ownRoot = fileURLToPath(new URL('..', import.meta.url));
export const builtFolder = join(ownRoot, 'out');
export const pageFolder = join(builtFolder, 'renderer');

export function ownVersion(): string {
  // The file is ours; see package.json.
  const { version } = JSON.parse(readFileSync(join(ownRoot, 'package.json'), 'utf8')) as { version: string };
  return version;
}

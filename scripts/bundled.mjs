/**
 * Runs a program of ours from one bundled file: `node scripts/bundled.mjs main/astride.ts boot hello`.  Loading some two
 * hundred TypeScript files one by one takes longer than booting a guest.  The bundle is made when a source is newer than
 * it, so nobody ever runs an old one.
 */

import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildProgram, isFresh, programSources, root } from './build.mjs';

const [entry] = process.argv.splice(2, 1);
const name = `${basename(entry, '.ts')}.mjs`;
const bundle = join(root, 'out', name);

if (!isFresh(bundle, [...programSources, dirname(entry)])) {
  mkdirSync(join(root, 'out'), { recursive: true });
  await buildProgram(name, { entry }).catch((error) => {
    process.stderr.write(`${entry} does not bundle: ${error.message}\n`);
    process.exit(1);
  });
}
await import(pathToFileURL(bundle).href);

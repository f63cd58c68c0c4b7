/**
 * Starts the command line from one bundled file: loading some two hundred TypeScript files one by one takes longer than
 * booting a guest.  The bundle is made when a source is newer than it, so nobody ever runs an old one.  Plain JavaScript,
 * because it runs before anything could translate it.
 */

import { existsSync, readdirSync, renameSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = join(root, 'out', 'astride.mjs');
const sources = ['core', 'main'];

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

const isFresh = () =>
  existsSync(bundle) && sources.every((folder) => newest(join(root, folder)) < statSync(bundle).mtimeMs);

/** Written beside and renamed, so that two starts at once never read half a bundle.  The bundler must leave `const` at
 *  the top of files alone: V8 folds such constants, and a ring change of the processor takes half the time. */
async function build() {
  const { rolldown } = await import('rolldown');
  const begun = new Date();
  const fresh = `${bundle}.${process.pid}`;
  const program = await rolldown({ input: join(root, 'main', 'astride.ts'), platform: 'node', logLevel: 'warn' });
  await program.write({ file: fresh, format: 'esm', codeSplitting: false });
  // A source that changes while it is being read must look newer than the bundle.
  utimesSync(fresh, begun, begun);
  renameSync(fresh, bundle);
}

if (!isFresh()) {
  await build().catch((error) => {
    process.stderr.write(`astride: the sources do not bundle: ${error.message}\n`);
    process.exit(1);
  });
}
// `npm ci` calls with --build, so that the first start is as quick as the others.
if (process.argv[2] !== '--build') await import(pathToFileURL(bundle).href);

/**
 * Runs a program of ours from one bundled file: `node scripts/bundled.mjs main/astride.ts boot hello`.  Loading some two
 * hundred TypeScript files one by one takes longer than booting a guest.  The bundle is made when a source is newer than
 * it, so nobody ever runs an old one.  Plain JavaScript, because it runs before anything could translate it.
 */

import { existsSync, readdirSync, renameSync, statSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = ['core', 'main', 'scripts'];

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

const isFresh = (bundle) =>
  existsSync(bundle) && sources.every((folder) => newest(join(root, folder)) < statSync(bundle).mtimeMs);

/** Written beside and renamed, so that two starts at once never read half a bundle.  The bundler must leave `const` at
 *  the top of files alone: V8 folds such constants, and a ring change of the processor takes half the time.  For that
 *  it also needs every import to be static. */
async function build(entry, bundle) {
  const { rolldown } = await import('rolldown');
  const begun = new Date();
  const fresh = `${bundle}.${process.pid}`;
  const program = await rolldown({ input: join(root, entry), platform: 'node', logLevel: 'warn' });
  await program.write({ file: fresh, format: 'esm', codeSplitting: false });
  // A source that changes while it is being read must look newer than the bundle.
  utimesSync(fresh, begun, begun);
  renameSync(fresh, bundle);
}

/** `npm ci` calls with --build, so that the first start is as quick as the others. */
const onlyBuild = process.argv[2] === '--build';
const [entry] = process.argv.splice(2, onlyBuild ? 2 : 1).slice(-1);
const bundle = join(root, 'out', `${basename(entry, '.ts')}.mjs`);

if (!isFresh(bundle)) {
  await build(entry, bundle).catch((error) => {
    process.stderr.write(`${entry} does not bundle: ${error.message}\n`);
    process.exit(1);
  });
}
if (!onlyBuild) await import(pathToFileURL(bundle).href);

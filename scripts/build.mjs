/**
 * Builds what is stale and nothing else: `node scripts/build.mjs [name …]`, all of it without names.  Each program of
 * main becomes one file, the window a folder.  A fresh tree costs one walk over the sources, so everything that starts
 * Astride can afford to ask.  Plain JavaScript, because it runs before anything could translate it.
 */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'out');

export const programSources = ['core', 'main', 'scripts/build.mjs', 'package-lock.json'];
const windowSources = ['core/counters', 'core/protocol', 'renderer', 'scripts/build.mjs', 'package-lock.json'];

/** Everything that is built, by name: for a program its entry, for the window a folder. */
export const parts = {
  'astride.mjs': { entry: 'main/astride.ts' },
  'workstation.mjs': { entry: 'main/start.ts' },
  'machine-worker.mjs': { entry: 'main/machines/machine-worker.ts' },
  'comparison-worker.mjs': { entry: 'main/comparisons/comparison-worker.ts' },
  'inspect-worker.mjs': { entry: 'main/library/inspect-worker.ts' },
  'desktop.mjs': { entry: 'main/desktop.ts' },
  'preload.cjs': { entry: 'main/preload.ts', format: 'cjs' },
  renderer: { folder: 'renderer' },
};

/** What `npm start` needs; all but the command line. */
export const partsOfApp = Object.keys(parts).filter((name) => name !== 'astride.mjs');

function newest(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  // The folder's own time counts too: it is what changes when a file in it is deleted.
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), found.mtimeMs);
}

/** Whether `made` is newer than all its sources. */
export function isFresh(made, sources) {
  return existsSync(made) && sources.every((path) => newest(join(root, path)) < statSync(made).mtimeMs);
}

/** Somewhere to write what is not finished; a rename puts it in place, so that two starts at once never read half. */
const unfinished = (name) => join(out, `${name}.${process.pid}.new`);

/** Handlers every guest needs, generated while bundling from what is being bundled: the processor starts with them
 *  instead of taking a tenth of a second to write them. */
const prepared = {
  name: 'prepared handlers',
  load: {
    filter: { id: /core[\\/]x86[\\/]interpreter[\\/]prepared-handlers\.ts$/ },
    handler: () => {
      prepared.text ??= prepareHandlers();
      return prepared.text;
    },
  },
  text: undefined,
};

async function prepareHandlers() {
  const { rolldown } = await import('rolldown');
  const generator = await rolldown({ input: join(root, 'core/x86/common-written.ts'), logLevel: 'warn' });
  const { output } = await generator.generate({ format: 'esm' });
  const { prepareForBoards } = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
  const { code, misses, handlers, routines } = prepareForBoards();
  const bytes = (module) => `Buffer.from(${JSON.stringify(Buffer.from(module).toString('base64'))}, 'base64')`;
  return `export const preparedHandlers = {
    code: ${bytes(code)},
    misses: ${bytes(misses)},
    handlers: JSON.parse(${JSON.stringify(JSON.stringify(handlers))}),
    routines: ${JSON.stringify(routines)},
  };`;
}

/** The bundler must leave `const` at the top of files alone: V8 folds such constants, and a ring change of the
 *  processor takes half the time.  For that it also needs every import to be static. */
export async function buildProgram(name, { entry, format = 'esm' }) {
  const { rolldown } = await import('rolldown');
  const begun = new Date();
  const program = await rolldown({
    input: join(root, entry),
    platform: 'node',
    logLevel: 'warn',
    plugins: [prepared],
    // Electron brings itself; ws asks for two accelerators of which it says it does not need them.
    external: ['electron', 'bufferutil', 'utf-8-validate'],
  });
  await program.write({ file: unfinished(name), format, codeSplitting: false });
  putInPlace(name, unfinished(name), begun);
}

/** No inline script and nothing fetched from elsewhere: the page's security policy would refuse both. */
async function buildWindow(name, { folder }) {
  const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')]);
  const begun = new Date();
  await build({
    configFile: false,
    logLevel: 'warn',
    root: join(root, folder),
    base: './',
    plugins: [react()],
    build: {
      outDir: unfinished(name),
      emptyOutDir: true,
      target: 'es2023',
      cssCodeSplit: false,
      assetsInlineLimit: 0,
      modulePreload: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
      rolldownOptions: { checks: { pluginTimings: false } },
    },
  });
  putInPlace(name, unfinished(name), begun);
}

/** Dated to when reading began: a source that changes meanwhile must look newer than what was made of it. */
function putInPlace(name, path, begun) {
  utimesSync(path, begun, begun);
  const place = join(out, name);
  const folder = statSync(path).isDirectory();
  const old = `${unfinished(name)}.old`;
  if (folder && existsSync(place)) renameSync(place, old);
  renameSync(path, place);
  if (folder) rmSync(old, { recursive: true, force: true });
}

/** Builds those of `names` that are stale, with one line on stderr about it. Throws an Error whose message is a sentence. */
export async function buildStale(names) {
  if (staleAmong(names).length === 0) return;
  mkdirSync(out, { recursive: true });
  // Whoever waited for somebody else's build finds less to do, or nothing.
  await alone(() => buildParts(staleAmong(names)));
}

const staleAmong = (names) =>
  names.filter((name) => !isFresh(join(out, name), parts[name].folder ? windowSources : programSources));

async function buildParts(names) {
  if (names.length === 0) return;
  const begun = performance.now();
  process.stderr.write(`building ${names.join(', ')} …`);
  for (const name of names) {
    const part = parts[name];
    const source = part.folder ?? part.entry;
    const built = part.folder ? buildWindow(name, part) : buildProgram(name, part);
    await built.catch((error) => {
      process.stderr.write('\n');
      throw new Error(`${source} does not build: ${error.message}`, { cause: error });
    });
  }
  process.stderr.write(` ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
}

/** One build at a time: two would take the window's folder from under each other. A dead builder's lock counts for nothing. */
async function alone(work) {
  const lock = join(out, 'build.lock');
  while (!takes(lock)) {
    if (isAlive(Number(readIfThere(lock)))) await sleep(100);
    else rmSync(lock, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function takes(lock) {
  try {
    writeFileSync(lock, `${process.pid}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Also for an empty lock, whose owner is about to write its number. */
function isAlive(pid) {
  try {
    return pid === 0 || process.kill(pid, 0);
  } catch {
    return false;
  }
}

if (process.argv[1] && basename(process.argv[1]) === 'build.mjs') {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  try {
    if (unknown)
      throw new Error(`there is nothing called ${unknown} to build; there is ${Object.keys(parts).join(', ')}`);
    await buildStale(names.length > 0 ? names : Object.keys(parts));
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

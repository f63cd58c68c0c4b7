/**
 * Where Electron's program is.  npm brings Electron without it: it is a hundred megabytes and fetched when first needed,
 * which is now.  That is tried once, with Electron's own script; a computer without a network should not wait for it at every
 * start.
 */

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundElectron } from './choose-front.ts';
import type { Surroundings } from './usual-place.ts';

const FETCH_LIMIT_MS = 180_000;

export interface ElectronPlaces {
  /** The package as npm installed it. */
  readonly package: string;
  /** Says that fetching was tried and failed; lies where a build's leftovers lie. */
  readonly failedMark: string;
}

interface Search extends Pick<Surroundings, 'platform' | 'environment'> {
  readonly places: ElectronPlaces;
  /** Fetch even if it failed before. */
  readonly insist: boolean;
  readonly say: (line: string) => void;
}

/** Where the program lies in a dist folder (as Electron's own install.js has it). */
export function programIn(dist: string, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return join(dist, 'Electron.app', 'Contents', 'MacOS', 'Electron');
  return join(dist, platform === 'win32' ? 'electron.exe' : 'electron');
}

export async function findElectron({ platform, environment, places, insist, say }: Search): Promise<FoundElectron> {
  const own = environment.ASTRIDE_ELECTRON;
  if (own) {
    const program = programIn(own, platform);
    return existsSync(program) ? { program } : { missing: `ASTRIDE_ELECTRON names ${own}, and no Electron is there` };
  }
  const program = programIn(join(places.package, 'dist'), platform);
  // Its script writes path.txt last: without it the program may be half unpacked.
  const isWhole = () => existsSync(join(places.package, 'path.txt')) && existsSync(program);
  if (isWhole()) return { program };
  if (!existsSync(join(places.package, 'install.js'))) return { missing: 'the package electron is not installed' };
  if (existsSync(places.failedMark) && !insist) {
    return {
      missing: `Electron could not be fetched (${readFileSync(places.failedMark, 'utf8').trim()}; --desktop tries again)`,
    };
  }
  say('fetching Electron for the desktop window, about 100 MB, once …');
  const trouble = await fetchElectron(places.package);
  if (trouble === null && isWhole()) return { program };
  const why = trouble ?? 'its script left nothing behind';
  writeFileSync(places.failedMark, `${why}\n`);
  return { missing: `Electron could not be fetched (${why})` };
}

/** Why it failed, or null. */
function fetchElectron(folder: string): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(folder, 'install.js')], { stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    let limitReached = false;
    const limit = setTimeout(() => {
      limitReached = true;
      child.kill();
    }, FETCH_LIMIT_MS);
    child.stderr.on('data', (text) => {
      complaint = (complaint + text).slice(0, 4096);
    });
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => {
      clearTimeout(limit);
      if (limitReached) resolve(`it took longer than ${FETCH_LIMIT_MS / 1000} s`);
      else resolve(code === 0 ? null : firstLine(complaint));
    });
  });
}

const firstLine = (text: string) =>
  text
    .trim()
    .split('\n')[0]
    .replace(/^\w*Error: /, '')
    .slice(0, 200) || 'its script failed without a word';

/**
 * `npm start`: the desktop window, or the same app in a browser.  This file only joins what can be had with what was
 * asked for; what the app does is the workstation's, and the same in both.
 */

import { homedir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { chooseFront, type Front } from './fronts/choose-front.ts';
import { findElectron } from './fronts/find-electron.ts';
import { type FrontOptions, frontUsage, readFrontOptions } from './fronts/front-options.ts';
import { builtFolder, ownRoot, pageFolder } from './fronts/own-folders.ts';
import { openOwnWorkstation } from './fronts/own-workstation.ts';
import { runDesktop } from './fronts/run-desktop.ts';
import { runWeb } from './fronts/run-web.ts';
import { dataFolder, type Surroundings } from './fronts/usual-place.ts';
import { makeCompilerPatient } from './patient-compiler.ts';
import { UsageError } from './usage-error.ts';

const around: Surroundings = {
  platform: process.platform,
  environment: process.env,
  home: homedir(),
  workingFolder: process.cwd(),
};
const say = (line: string) => void process.stderr.write(`${line}\n`);

async function start(options: FrontOptions): Promise<void> {
  const front = await chooseFront(options, around, () =>
    findElectron({
      ...around,
      insist: options.front === 'desktop',
      places: {
        package: join(ownRoot, 'node_modules', 'electron'),
        failedMark: join(builtFolder, 'electron-not-fetched.txt'),
      },
      say,
    }),
  );
  const folder = dataFolder(options.data, around);
  if (front.is === 'web') return startWeb(options, folder, front.because);
  const end = await startDesktop(front, folder);
  if (end.is === 'ended') process.exitCode = end.code;
  else if (options.front === 'desktop') throw new UsageError(`the desktop window cannot open: ${end.because}`);
  else await startWeb(options, folder, `because ${end.because}`);
}

function startDesktop({ electron }: Front & { is: 'desktop' }, folder: string) {
  const isRoot = process.getuid?.() === 0;
  return runDesktop({ electron, root: ownRoot, dataFolder: folder, platform: around.platform, isRoot });
}

async function startWeb(options: FrontOptions, folder: string, because: string): Promise<void> {
  makeCompilerPatient(process.versions.v8, setFlagsFromString);
  const workstation = await openOwnWorkstation(folder, 'browser');
  await runWeb({ options, because, around, pageFolder, workstation });
}

try {
  const options = readFrontOptions(process.argv.slice(2));
  if (options) await start(options);
  else process.stdout.write(frontUsage);
} catch (error) {
  // What is wrong in the person's world is a sentence; anything else is our own mistake, and its stack helps.
  if (!(error instanceof UsageError)) throw error;
  say(`astride: ${error.message}`);
  process.exitCode = 2;
}

/** Starts the desktop window as a program of its own, and waits for its end. */

import { spawn } from 'node:child_process';
import type { Surroundings } from './usual-place.ts';

/** Whoever dies sooner than this, without having been asked to, has not shown anybody a window. */
const SHORTEST_LIFE_MS = 10_000;

export interface DesktopStart {
  readonly electron: string;
  /** Of the project: Electron reads package.json there. */
  readonly root: string;
  readonly dataFolder: string;
  readonly platform: Surroundings['platform'];
  /** Chromium refuses to run for root with its sandbox. */
  readonly isRoot: boolean;
}

export type DesktopEnd =
  | { readonly is: 'ended'; readonly code: number }
  /** It never got as far as a window; a clause about why. */
  | { readonly is: 'stillborn'; readonly because: string };

export function desktopWords({ root, dataFolder, platform, isRoot }: Omit<DesktopStart, 'electron'>): string[] {
  return [...(platform === 'linux' && isRoot ? ['--no-sandbox'] : []), root, `--data=${dataFolder}`];
}

/** What ends us is passed on, and we stay to see it end; that Ctrl-C reaches Electron twice does no harm. */
export function runDesktop(start: DesktopStart): Promise<DesktopEnd> {
  const begun = performance.now();
  const child = spawn(start.electron, desktopWords(start), { stdio: 'inherit' });
  let asked = false;
  const pass = (signal: NodeJS.Signals) => {
    asked = true;
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, pass);
  return new Promise((resolve) => {
    const end = (because: string | null, code: number) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, pass);
      const soon = performance.now() - begun < SHORTEST_LIFE_MS;
      resolve(because !== null && soon && !asked ? { is: 'stillborn', because } : { is: 'ended', code });
    };
    child.on('error', (error) => end(`Electron does not start (${error.message})`, 1));
    child.on('exit', (code, signal) => {
      if (signal) end(`Electron was ended by ${signal}`, 1);
      else end(code === 0 || code === SAID_ITSELF ? null : `Electron gave up with code ${code}`, code ?? 1);
    });
  });
}

/** What desktop.ts ends with when it has told the person itself what is wrong: a browser would not help. */
export const SAID_ITSELF = 2;

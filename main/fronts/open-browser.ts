/** Shows an address in the person's own browser, if this computer has one and someone to look at it. */

import { spawn } from 'node:child_process';
import type { Surroundings } from './usual-place.ts';

/** Whether windows can appear: always on macOS and Windows, elsewhere if a display was named. */
export function hasDisplay({ platform, environment }: Pick<Surroundings, 'platform' | 'environment'>): boolean {
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

export function openingCommand(platform: NodeJS.Platform, address: string): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open', address];
  // Not `start`, which is the shell's and would read & and % in an address.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', address];
  return ['xdg-open', address];
}

/** Tries, and stays silent if it fails: the address is on the terminal anyway. */
export function openBrowser(around: Pick<Surroundings, 'platform' | 'environment'>, address: string): void {
  if (!hasDisplay(around)) return;
  const [command, ...words] = openingCommand(around.platform, address);
  const child = spawn(command, words, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

/** Where the library of machines lies when nobody says: the place each system keeps for what a program must not lose. */

import { posix, win32 } from 'node:path';

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** What relative paths are relative to. */
  readonly workingFolder: string;
}

/** An absolute path. `chosen` is the option's value, or null. */
export function dataFolder(chosen: string | null, around: Surroundings): string {
  const { resolve } = around.platform === 'win32' ? win32 : posix;
  return resolve(around.workingFolder, chosen ?? (around.environment.ASTRIDE_DATA || usualPlace(around)));
}

/** XDG Base Directory on Linux and its kin; Application Support on macOS; Local AppData on Windows. */
function usualPlace({ platform, environment, home }: Surroundings): string {
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Astride');
  if (platform === 'win32')
    return win32.join(environment.LOCALAPPDATA || win32.join(home, 'AppData', 'Local'), 'Astride');
  const shared = environment.XDG_DATA_HOME;
  // The specification says that a relative path there is to be ignored.
  return posix.join(shared && posix.isAbsolute(shared) ? shared : posix.join(home, '.local', 'share'), 'astride');
}

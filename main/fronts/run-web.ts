/** Serves the app to a browser until somebody ends us; what was running is stopped in order. */

import { randomBytes } from 'node:crypto';
import { UsageError } from '../usage-error.ts';
import type { Workstation } from '../workstation/parts.ts';
import type { FrontOptions } from './front-options.ts';
import { openBrowser } from './open-browser.ts';
import { readPageFiles } from './page-files.ts';
import type { Surroundings } from './usual-place.ts';
import { serveWeb, type WebFront } from './web-server.ts';

/** 256 bits: nobody guesses it while the app runs. */
const TOKEN_BYTES = 32;
const ENDED_BY_SIGNAL = 128;

interface WebStart {
  readonly options: Pick<FrontOptions, 'port' | 'openBrowser'>;
  readonly because: string;
  readonly around: Surroundings;
  readonly pageFolder: string;
  readonly workstation: Workstation;
}

/** Returns once it serves; the process then lives until a signal. Throws UsageError if the port is not to be had. */
export async function runWeb({ options, because, around, pageFolder, workstation }: WebStart): Promise<void> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const files = readPageFiles(pageFolder);
  const front = await serveWeb({ workstation, files, token, port: options.port }).catch(async (error) => {
    await workstation.close();
    throw new UsageError(`port ${options.port} cannot be had: ${error.message}`);
  });
  const address = `${front.address}/#token=${token}`;
  process.stdout.write(`Astride is at ${address} (in a browser ${because}; Ctrl-C ends it)\n`);
  endOnSignal(front, workstation);
  if (options.openBrowser) openBrowser(around, address);
}

/** The second time, it is meant at once. */
function endOnSignal(front: WebFront, workstation: Workstation): void {
  const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
  let asked = false;
  for (const [signal, number] of Object.entries(numbers)) {
    process.on(signal, async () => {
      if (asked) process.exit(ENDED_BY_SIGNAL + number);
      asked = true;
      await front.close();
      await workstation.close();
      process.exit(0);
    });
  }
}

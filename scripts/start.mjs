/**
 * `npm start`: builds what is stale, then starts the app; `npm start -- --help` lists its words.  All decisions are in
 * main/start.ts, which has to be built before it can take any.
 */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildStale, partsOfApp, root } from './build.mjs';

const ready = await buildStale(partsOfApp).then(
  () => true,
  (error) => {
    process.stderr.write(`astride: ${error.message}\n`);
    process.exitCode = 2;
    return false;
  },
);
if (ready) await import(pathToFileURL(join(root, 'out', 'workstation.mjs')).href);

/**
 * Makes the committed machine code again from its sources: the Switcher, the sample guests and the bare workloads.  With
 * --check nothing is written, and every difference is a sentence and exit 1; so a blob cannot drift away from the text
 * beside it.
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './tree.ts';

const builders = ['build-switcher.ts', 'build-guests.ts', 'build-bare.ts'];

/** Runs one builder in its own process, its words going straight to the terminal. */
function succeeds(builder: string): boolean {
  const script = join(projectRoot, 'scripts', builder);
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', script, ...process.argv.slice(2)], {
    cwd: projectRoot,
    stdio: 'inherit',
  });
  return status === 0;
}

// All of them run, whatever the first one finds.
process.exitCode = builders.map(succeeds).every(Boolean) ? 0 : 1;

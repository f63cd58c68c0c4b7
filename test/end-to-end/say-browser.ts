/** For the build machine: says which browser the tests would take, and fails if there is none. */

import { findBrowser } from './find-browser.ts';

const found = findBrowser();
if ('missing' in found) {
  process.stderr.write(`${found.missing}\n`);
  process.exitCode = 1;
} else process.stdout.write(`testing in ${found.program}\n`);

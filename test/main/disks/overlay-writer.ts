/** A process that is going to be killed: writes into an overlay, flushes, and says how many flushes are through. */

import { writeSync } from 'node:fs';
import { openStorage } from '../../../main/disks/open-storage.ts';
import { writeRound } from './overlay-rounds.ts';

const [path] = process.argv.slice(2);
const storage = openStorage({ path, mode: 'overlay' }, false);
for (let round = 1; ; round++) {
  writeRound(storage, round);
  storage.flush();
  writeSync(1, `${round}\n`);
}

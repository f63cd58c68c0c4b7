/**
 * A process that does nothing but change a library, to be killed while it does.  Before each change it says what it is
 * about to do, and after it that it is done, so that whoever killed it knows what must be there and what may be.
 */

import { writeSync } from 'node:fs';
import type { MachineSettings } from '../../../core/protocol/machines.ts';
import { Library } from '../../../main/library/library.ts';

const [dataFolder, kernel] = process.argv.slice(2);
const say = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`);
const library = await Library.open(dataFolder, () => {});

const settings = (name: string): MachineSettings => ({
  ...{ name, notes: 'n'.repeat(5000), image: { kind: 'file', path: kernel }, initrd: null, commandLine: '' },
  ...{ memoryMiB: 64, disks: [], networks: [], entropy: false, devices: 'auto', fastPath: false, engine: 'translator' },
});

for (let count = 0; ; count++) {
  const commandLine = `${process.pid}.${count}`;
  const [first] = library.entries;
  say({ about: first.id, commandLine });
  await library.amend(first.id, { commandLine });
  say({ done: first.id, commandLine });
  if (count % 5 === 0) {
    const { id } = await library.create(settings('made'));
    say({ made: id });
    await library.recordRun(id, { startedAt: '', seconds: count, end: 'killed', reason: 'r'.repeat(500) });
  }
  const last = library.entries.at(-1);
  if (library.entries.length > 8 && last !== undefined) {
    say({ removing: last.id });
    await library.remove(last.id);
  }
}

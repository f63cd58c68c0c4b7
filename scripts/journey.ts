/**
 * `npm run journey` prints the tale, chapter by chapter, with the code it is about.
 *
 *     --check   say where JOURNEY.md and the code disagree; exit 1 if they do
 *     --list    print the list JOURNEY.md should hold
 *     --write   put that list into JOURNEY.md, below its introduction
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  chapters,
  disagreements,
  emptyChapter,
  freshList,
  inListedOrder,
  readList,
  type Station,
  stationsIn,
} from './stations.ts';
import { filesUnder, projectRoot } from './tree.ts';

const tellingFolders = ['core', 'main', 'renderer', 'guest-images', 'scripts'];
const tellingEndings = ['.ts', '.tsx', '.c', '.S', '.h'];

/** All stations of the tree, and what is wrong with the marks around them. */
function readTree(): { stations: Station[]; faults: string[] } {
  const files = filesUnder(projectRoot, tellingFolders, tellingEndings);
  const found = files.map((path) => stationsIn(path, readFileSync(join(projectRoot, path), 'utf8')));
  return { stations: found.flatMap(({ stations }) => stations), faults: found.flatMap(({ faults }) => faults) };
}

function printTale(stations: readonly Station[]): void {
  for (const { name, about } of chapters) {
    console.log(`\n${'='.repeat(78)}\n${name.toUpperCase()}\n${about}\n`);
    const told = stations.filter(({ id }) => id.startsWith(`${name}/`));
    if (told.length === 0) console.log(emptyChapter);
    for (const { title, path, line, tale, code } of told) {
      console.log(`--- ${title} (${path}:${line})\n\n${[...tale, '', ...code].join('\n')}\n`);
    }
  }
}

function main(option: string | undefined): number {
  const listPath = join(projectRoot, 'JOURNEY.md');
  const markdown = readFileSync(listPath, 'utf8');
  const listings = readList(markdown);
  const { stations, faults } = readTree();
  const body = freshList(stations, listings);
  const complaints = [...faults, ...disagreements(stations, listings, markdown)];
  switch (option) {
    case undefined:
      printTale(inListedOrder(stations, listings));
      return 0;
    case '--list':
      console.log(body);
      return 0;
    case '--write':
      writeFileSync(listPath, `${markdown.split(/^## /m)[0].trimEnd()}\n\n${body}`);
      return 0;
    case '--check':
      for (const complaint of complaints) console.error(`journey: ${complaint}`);
      if (complaints.length === 0) console.log(`The journey and its list agree on ${stations.length} stations.`);
      return complaints.length === 0 ? 0 : 1;
    default:
      console.error(`journey: unknown option ${option}; there are --check, --list and --write`);
      return 2;
  }
}

// A reader who has seen enough quits the pager, and that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
process.exitCode = main(process.argv[2]);

/** `npm run loc`: how much there is to read, folder by folder. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addCounts, countLines, type LineCount, noLines } from './line-kinds.ts';
import { filesUnder, projectRoot } from './tree.ts';

const folders = [
  'core/agreement',
  'core/counters',
  'core/x86',
  'core/switcher',
  'core/host',
  'core/launcher',
  'core/protocol',
  'main',
  'renderer',
  'guest-images',
  'scripts',
  'test',
];
const endings = ['.ts', '.tsx', '.c', '.S', '.h'];

function countFolder(folder: string): LineCount {
  const counts = filesUnder(projectRoot, [folder], endings).map((path) =>
    countLines(path, readFileSync(join(projectRoot, path), 'utf8')),
  );
  return counts.reduce(addCounts, noLines);
}

function row(name: string, ...cells: (string | number)[]): string {
  return name.padEnd(16) + cells.map((cell) => String(cell).padStart(9)).join('');
}

const rowOf = (name: string, { files, code, comment, blank }: LineCount) => row(name, files, code, comment, blank);

const counts = folders.map((folder) => ({ folder, count: countFolder(folder) }));
console.log(row('folder', 'files', 'code', 'comment', 'blank'));
for (const { folder, count } of counts) if (count.files > 0) console.log(rowOf(folder, count));
console.log(rowOf('all', counts.map(({ count }) => count).reduce(addCounts, noLines)));

/** What the documents promise a reader to find: files, npm scripts, and the commands the build machine runs. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { filesUnder, projectRoot } from '../../scripts/tree.ts';

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');
const documents = filesUnder(projectRoot, [''], ['.md']);
const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts;

/** Links of a Markdown text that point into the tree. */
function localLinks(markdown: string): string[] {
  const links = [...markdown.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target);
  return links.filter((target) => !/^[a-z]+:/.test(target));
}

/** npm scripts a text tells the reader to run. */
function scriptsNamed(text: string): string[] {
  return [...text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name);
}

test('links and scripts are found where they are written', () => {
  expect(localLinks('[a](docs/a.md) [b](https://example.org/b) [c](#here) [d](e.ts#L1)')).toEqual([
    'docs/a.md',
    'e.ts',
  ]);
  expect(scriptsNamed('`npm run -s astride -- list`, npm run rebuild:check')).toEqual(['astride', 'rebuild:check']);
});

test('every link leads to a file', () => {
  expect(documents).toContain('README.md');
  const broken = documents.flatMap((path) =>
    localLinks(read(path))
      .filter((target) => !existsSync(join(projectRoot, dirname(path), target)))
      .map((target) => `${path} links to ${target}`),
  );
  expect(broken).toEqual([]);
});

test('every script a document or the build machine names is in package.json', () => {
  const named = [...documents, '.ci/run'].flatMap((path) => scriptsNamed(read(path)));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test("every script runs a file that is there, or a tool of the package's", () => {
  const files = Object.values(scripts).flatMap((command) => command.match(/\S+\.ts\b/g) ?? []);
  expect(files.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
});

test("the build machine ends with README's own test command", () => {
  const [install, run] = ['npm ci', 'npm test'];
  expect(read('README.md')).toContain(`${install} && ${run}`);
  const lines = read('.ci/run').trimEnd().split('\n');
  expect(lines.some((line) => line.startsWith(install))).toBe(true);
  expect(lines.at(-1)).toBe(run);
});

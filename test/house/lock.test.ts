/**
 * `npm ci` refuses a lock that lacks one platform's optional package, and a registry mirror that lacks it makes npm
 * write such a lock without a word.  Found here before it is found on somebody's Mac.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../scripts/tree.ts';

type Wishes = Record<string, string>;
interface Manifest {
  readonly dependencies?: Wishes;
  readonly devDependencies?: Wishes;
  readonly optionalDependencies?: Wishes;
}
type Lock = Record<string, Manifest>;

/** Packages that some package of the lock wants and the lock does not hold. */
function missingFrom(packages: Lock): string[] {
  return Object.entries(packages).flatMap(([place, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !foundFrom(place, name, packages))
      .map((name) => `${place} wants ${name}`),
  );
}

/** Looks where Node would: beside the package's own dependencies, then one folder further out, to the top. */
function foundFrom(place: string, name: string, packages: Lock): boolean {
  const above = place.lastIndexOf('/node_modules/');
  const inside = place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`;
  if (inside in packages) return true;
  if (place === '') return false;
  return foundFrom(above < 0 ? '' : place.slice(0, above), name, packages);
}

const json = (name: string) => JSON.parse(readFileSync(join(projectRoot, name), 'utf8'));

test('a package that is missing is found missing, wherever it might have been', () => {
  const lock = (extra: Lock): Lock => ({ '': {}, 'node_modules/a': { optionalDependencies: { b: '1' } }, ...extra });
  expect(missingFrom(lock({}))).toEqual(['node_modules/a wants b']);
  expect(missingFrom(lock({ 'node_modules/b': {} }))).toEqual([]);
  expect(missingFrom(lock({ 'node_modules/a/node_modules/b': {} }))).toEqual([]);
});

test('the lock holds every package on every platform', () => {
  expect(missingFrom(json('package-lock.json').packages)).toEqual([]);
});

test('the lock was made from this package.json', () => {
  const { dependencies, devDependencies }: Manifest = json('package.json');
  const locked: Manifest = json('package-lock.json').packages[''];
  expect([locked.dependencies, locked.devDependencies]).toEqual([dependencies, devDependencies]);
});

/** Two machines may do the same, but not be called the same. */

import { randomBytes } from 'node:crypto';

const LONGEST_NAME = 80;
const LONGEST_WORD = 40;
const ID_BYTES = 4;

/** `name`, or the first of `name 2`, `name 3`, … that nobody has. Precondition: no longer than a name may be. */
export function uniqueName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : ` ${number}`;
    const candidate = `${name.slice(0, LONGEST_NAME - suffix.length).trimEnd()}${suffix}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** A folder's name a person recognises; never used again, so that nothing kept about one machine is taken for another's. */
export function freshId(name: string): string {
  const word = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_WORD)
    .replaceAll(/^-+|-+$/g, '');
  return `${word === '' ? 'machine' : word}-${randomBytes(ID_BYTES).toString('hex')}`;
}

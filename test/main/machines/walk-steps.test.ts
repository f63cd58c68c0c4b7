/** Walks in words: what each entry allows, and why a walk ends where it does. */

import { describe, expect, test } from 'vitest';
import type { CrossingCloseUp, WalkSeen } from '../../../core/host/guest-events.ts';
import { walkSteps } from '../../../main/machines/walk-steps.ts';

const ADDRESS = 0xc0403123;
const USER_WRITE = 6;
const KERNEL_READ = 0;
const nothing: WalkSeen = { directory: null, table: null };

function words(guest: WalkSeen, errorCode: number, shadow = nothing) {
  const code = { at: 0, from: 0, bytes: new Uint8Array(0) };
  const closeUp = {
    cr2: ADDRESS,
    trap: { number: 14, errorCode },
    walks: { guest, shadow },
    entered: code,
    left: code,
  };
  // What the walk does not look at is left out.
  return walkSteps(closeUp as unknown as CrossingCloseUp)!;
}

test('entries are found by their parts of the address', () => {
  const guest = { directory: { at: 0x1c04, value: 0x2067 }, table: { at: 0x200c, value: 0 } };
  expect(words(guest, USER_WRITE).guest).toEqual([
    { label: 'directory entry 0x301', at: 0x1c04, value: 0x2067, meaning: 'present, writable, user, accessed, dirty' },
    { label: 'table entry 0x3', at: 0x200c, value: 0, meaning: 'not present' },
  ]);
});

describe('the last word', () => {
  const last = (directory: number, table: number | null, errorCode: number) =>
    words(
      { directory: { at: 0, value: directory }, table: table === null ? null : { at: 0, value: table } },
      errorCode,
    ).guest.at(-1)?.meaning;

  test.each([
    ['a directory without the table', 0, null, 'not present'],
    ['an entry of a swapped page', 0x2067, 0x500, 'not present, and not empty'],
    [
      'a table beyond memory',
      0xfffff067,
      null,
      'present, writable, user, accessed, dirty: there is no such table in its memory',
    ],
    ['a page of the kernel', 0x2067, 0x3063, 'present, writable, accessed, dirty: not for ring 3'],
    ['a page that is only read', 0x2067, 0x3025, 'present, user, accessed: not to be written'],
    ['a page that allows it all', 0x2067, 0x3067, 'present, writable, user, accessed, dirty'],
  ])('of %s', (_, directory, table, meaning) => {
    expect(last(directory, table, USER_WRITE)).toBe(meaning);
  });

  test('says nothing against what was not tried', () => {
    expect(last(0x2067, 0x3021, KERNEL_READ)).toBe('present, accessed');
  });
});

test('a guest without tables has none to walk, and its shadow has', () => {
  const shadow = { directory: { at: 0x5c04, value: 0 }, table: null };
  const walk = words(nothing, KERNEL_READ, shadow);
  expect(walk.guest).toEqual([
    { label: 'no tables yet', at: 0, value: ADDRESS, meaning: 'every address means itself' },
  ]);
  expect(walk.shadow.map(({ meaning }) => meaning)).toEqual(['not present']);
});

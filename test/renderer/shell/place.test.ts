/** The place in the address: there and back, beside what else lies there, and from nonsense to home. */

import { expect, test } from 'vitest';
import { menuStep } from '../../../renderer/shell/menu.tsx';
import { find } from '../../../renderer/shell/palette-search.ts';
import { hashWith, type Place, placeIn, samePlace } from '../../../renderer/shell/place.ts';
import { themeFor } from '../../../renderer/shell/theme.ts';
import { agoWords, counted, durationWords, fileNameFor, sizeWords } from '../../../renderer/shell/wording.ts';

test.each<Place>([
  { view: 'home' },
  { view: 'machine', id: 'linux-3-11', tab: 'crossings' },
  { view: 'compare' },
  { view: 'log' },
  { view: 'preferences' },
  { view: 'about' },
])('%o is found again', (place) => {
  expect(placeIn(hashWith('', place))).toEqual(place);
});

test('what else lies in the address stays there', () => {
  const hash = hashWith('#token=abc', { view: 'log' });
  expect(hash).toBe('#token=abc&at=log');
  expect(hashWith(hash, { view: 'machine', id: 'a', tab: 'settings' })).toBe('#token=abc&at=machine/a/settings');
});

test.each(['', '#', '#at=', '#at=nowhere', '#at=machine', '#at=machine/../x', '#at=machine/A%20B', '#token=abc'])(
  'home is where %s leads',
  (hash) => {
    expect(placeIn(hash)).toEqual({ view: 'home' });
  },
);

test('a tab nobody knows is the console', () => {
  expect(placeIn('#at=machine/a/nonsense')).toEqual({ view: 'machine', id: 'a', tab: 'console' });
  expect(samePlace(placeIn('#at=machine/a'), { view: 'machine', id: 'a', tab: 'console' })).toBe(true);
});

test('arrows walk a list round and round', () => {
  expect(menuStep('ArrowDown', 2, 3)).toBe(0);
  expect(menuStep('ArrowUp', 0, 3)).toBe(2);
  expect(menuStep('ArrowDown', -1, 3)).toBe(0);
  expect(menuStep('ArrowUp', -1, 3)).toBe(2);
  expect(menuStep('End', 0, 3)).toBe(2);
  expect(menuStep('a', 0, 3)).toBeNull();
  expect(menuStep('ArrowDown', 0, 0)).toBeNull();
});

test('the palette finds every word, best beginnings first', () => {
  const entry = (label: string, kind = 'View') => ({ id: label, label, kind, shortcut: '', run: () => {} });
  const entries = [entry('All machines'), entry('New machine…', 'Machine'), entry('machine shop', 'Machine, off')];
  expect(find(entries, 'machine').map(({ id }) => id)).toEqual(['machine shop', 'All machines', 'New machine…']);
  expect(find(entries, 'off shop').map(({ id }) => id)).toEqual(['machine shop']);
  expect(find(entries, '')).toHaveLength(3);
});

test('the theme is the system’s until somebody says otherwise', () => {
  expect(themeFor('system', true)).toBe('dark');
  expect(themeFor('system', false)).toBe('light');
  expect(themeFor('light', true)).toBe('light');
});

test('sizes, spans and moments are said as people say them', () => {
  expect([0, 1023, 1024, 9_400_000, 300 * 1024 ** 2].map(sizeWords)).toEqual([
    '0 bytes',
    '1023 bytes',
    '1.0 KiB',
    '9.0 MiB',
    '300 MiB',
  ]);
  expect([0.21, 9.96, 45.4, 75, 3700].map(durationWords)).toEqual([
    '0.2 s',
    '10.0 s',
    '45 s',
    '1 min 15 s',
    '1 h 1 min',
  ]);
  const now = Date.parse('2026-03-10T12:00:00Z');
  expect(agoWords('2026-03-10T11:59:30Z', now)).toBe('just now');
  expect(agoWords('2026-03-10T11:59:00Z', now)).toBe('1 minute ago');
  expect(agoWords('2026-03-10T09:00:00Z', now)).toBe('3 hours ago');
  expect(agoWords('2026-03-09T09:00:00Z', now)).toBe('yesterday');
  expect(agoWords('2026-01-09T09:00:00Z', now)).toBe('on 2026-01-09');
  expect(agoWords('nonsense', now)).toBe('at an unknown time');
  expect(counted(1, 'machine')).toBe('1 machine');
});

test('a file name has nothing in it that a shell or a folder would mind', () => {
  expect(fileNameFor('Linux 3.11: my/own')).toBe('Linux-3.11-my-own');
  expect(fileNameFor('../..')).toBe('machine');
  expect(fileNameFor('Möwe')).toBe('Möwe');
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { firstWindow, keepWindowPlace, openingPlace, readWindowPlace } from '../../../main/fronts/window-place.ts';

const folder = mkdtempSync(join(tmpdir(), 'astride-place-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'window.json');
const screen = { x: 0, y: 24, width: 1920, height: 1056 };
const place = { x: 100, y: 100, width: 1000, height: 700, maximized: false };

test('a place is kept, and read as it was kept', () => {
  expect(readWindowPlace(file)).toBeNull();
  keepWindowPlace(file, place);
  expect(readWindowPlace(file)).toEqual(place);
});

test.each(['', '{', '[]', '{"x":1}', '{"x":1,"y":2,"width":"3","height":4,"maximized":true}'])(
  'a file that says %j says nothing',
  (text) => {
    writeFileSync(file, text);
    expect(readWindowPlace(file)).toBeNull();
  },
);

test('a folder that cannot be written stops nobody', () => {
  expect(() => keepWindowPlace(join(folder, 'missing', 'window.json'), place)).not.toThrow();
});

test('the first window has a size of ours and the middle of the screen', () => {
  expect(openingPlace(null, [screen])).toEqual(firstWindow);
});

test('a window opens where it was if its title bar is on some screen', () => {
  const { maximized, ...where } = place;
  expect(maximized).toBe(false);
  expect(openingPlace(place, [screen])).toEqual(where);
  expect(openingPlace({ ...place, x: 2500 }, [screen, { ...screen, x: 1920 }])).toMatchObject({ x: 2500 });
});

test.each([
  ['to the right', { x: 2500 }],
  ['to the left', { x: -990 }],
  ['above', { y: -300 }],
  ['below', { y: 1070 }],
])('and in the middle again if that screen was %s', (_, change) => {
  expect(openingPlace({ ...place, ...change }, [screen])).toEqual({ width: 1000, height: 700 });
});

test('a window is never smaller than its own buttons', () => {
  expect(openingPlace({ ...place, width: 3, height: 3 }, [screen])).toMatchObject({ width: 640, height: 420 });
});

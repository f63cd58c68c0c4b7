/** Which rows exist, and where keys and choices take the list. */

import { describe, expect, test } from 'vitest';
import { ROW_HEIGHT, rowAfterKey, rowsInView, scrollToShow } from '../../../renderer/crossings/virtual-rows.ts';

const HEIGHT = 10 * ROW_HEIGHT;

describe('rows', () => {
  test('exist where they are seen, and a few beyond', () => {
    const { first, end } = rowsInView({ top: 1000 * ROW_HEIGHT, height: HEIGHT }, 5000);
    expect(first).toBeLessThan(1000);
    expect(end).toBeGreaterThan(1010);
    expect(end - first).toBeLessThan(40);
  });

  test('end where the list does, even if it was scrolled beyond', () => {
    expect(rowsInView({ top: 4995 * ROW_HEIGHT, height: HEIGHT }, 5000).end).toBe(5000);
    expect(rowsInView({ top: 90_000, height: HEIGHT }, 3)).toEqual({ first: 3, end: 3 });
    expect(rowsInView({ top: 0, height: HEIGHT }, 0)).toEqual({ first: 0, end: 0 });
  });
});

describe('scrolling to a row', () => {
  test('is not done if it is seen, and no farther than it must be nearby', () => {
    expect(scrollToShow(105, { top: 100 * ROW_HEIGHT, height: HEIGHT })).toBeNull();
    expect(scrollToShow(99, { top: 100 * ROW_HEIGHT, height: HEIGHT })).toBe(99 * ROW_HEIGHT);
    expect(scrollToShow(110, { top: 100 * ROW_HEIGHT, height: HEIGHT })).toBe(101 * ROW_HEIGHT);
  });

  test('brings a far row to the middle', () => {
    const top = scrollToShow(2000, { top: 0, height: HEIGHT });
    expect(top).toBe(2000 * ROW_HEIGHT - HEIGHT / 2 + ROW_HEIGHT / 2);
  });
});

describe('keys', () => {
  test.each([
    ['ArrowDown', 5, 6],
    ['ArrowUp', 5, 4],
    ['ArrowDown', 99, 99],
    ['ArrowUp', 0, 0],
    ['ArrowDown', -1, 0],
    ['ArrowUp', -1, 99],
    ['PageDown', 5, 14],
    ['PageUp', 5, 0],
    ['Home', 50, 0],
    ['End', 50, 99],
    ['x', 50, null],
    ['toString', 50, null],
  ])('%s from row %i leads to %s', (key, row, expected) => {
    expect(rowAfterKey(key, row, 100, HEIGHT)).toBe(expected);
  });

  test('do nothing in an empty list', () => {
    expect(rowAfterKey('Home', -1, 0, HEIGHT)).toBeNull();
  });
});

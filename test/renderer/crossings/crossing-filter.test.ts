/** What a filter lets through. */

import { describe, expect, test } from 'vitest';
import { countCauses, isFiltering, matcherOf, noFilter, toggled } from '../../../renderer/crossings/crossing-filter.ts';
import { someCrossings } from './some-crossings.ts';

const crossings = someCrossings(6, (n) => ({
  eip: [0xc0100010, 0xc01000ff, 0x08048000, 0xc0200000, 0xbad, 0x08049000][n],
  symbol: ['do_page_fault+0x10', 'SET_pte_at', '', 'schedule', '', ''][n],
  outcome: ['SET_PTE 0x1000', 'cr2 0x8048000 error 0x4', '', 'vector 0x20', 'HALT', 'cr2 0xbad'][n],
}));
const numbers = (filter: Partial<typeof noFilter>) =>
  crossings.filter(matcherOf({ ...noFilter, ...filter })).map(({ number }) => number);

describe('a filter', () => {
  test('that asks for nothing lets everything through', () => {
    expect(numbers({})).toHaveLength(6);
    expect(isFiltering(noFilter)).toBe(false);
    expect(isFiltering({ ...noFilter, place: '  ' })).toBe(false);
  });

  test('leaves out causes and rings, and shows those it never heard of', () => {
    expect(numbers({ withoutCauses: new Set(['hypercall']) })).toEqual([1, 2, 4, 5]);
    expect(numbers({ withoutRings: new Set([1]) })).toEqual([2, 5]);
    expect(numbers({ withoutCauses: new Set(['something else']) })).toHaveLength(6);
  });

  test.each([
    ['page_fault', [0]],
    ['set_PTE', [1]],
    ['c01000', [0, 1]],
    ['0xC01000', [0, 1]],
    ['bad', [4]],
    ['c0100000-c01fffff', [0, 1]],
    ['0x8048000 - 0x8049000', [2, 5]],
    ['zebra', []],
  ])('for the place %s', (place, expected) => {
    expect(numbers({ place })).toEqual(expected);
  });

  test('for words of the outcome, in any case', () => {
    expect(numbers({ outcome: 'CR2' })).toEqual([1, 5]);
    expect(numbers({ outcome: 'cr2', place: 'bad', withoutRings: new Set([3]) })).toEqual([]);
  });
});

test('a set is turned over without touching the old one', () => {
  const old = new Set(['a']);
  expect([...toggled(old, 'b')]).toEqual(['a', 'b']);
  expect([...toggled(old, 'a')]).toEqual([]);
  expect([...old]).toEqual(['a']);
});

test('causes are counted in the order of the legend, and unknown ones follow', () => {
  const mixed = someCrossings(5, (n) => ({ cause: ['NMI', 'odd', 'hypercall', 'NMI', 'odd'][n] }));
  expect([...countCauses(mixed, ['hypercall', 'device access', 'NMI'])]).toEqual([
    ['hypercall', 1],
    ['NMI', 2],
    ['odd', 2],
  ]);
});

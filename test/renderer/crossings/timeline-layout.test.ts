/** Where crossings lie, which of them are seen, and which one is under a finger. */

import { describe, expect, test } from 'vitest';
import { columnsOf } from '../../../renderer/crossings/timeline-columns.ts';
import {
  crossingAt,
  geometryOf,
  heightShare,
  showsBars,
  unitAt,
  xOf,
} from '../../../renderer/crossings/timeline-geometry.ts';
import { indexOfNumber, layOut, spanAround, visible } from '../../../renderer/crossings/timeline-layout.ts';
import { someCrossings, TRIP } from './some-crossings.ts';

describe('a layout', () => {
  test('by the clock goes from the first entry to the last return', () => {
    const layout = layOut(someCrossings(10), 'clock');
    expect(layout.limits.whole).toEqual({ from: 1000, to: 1000 + 10 * TRIP });
    expect(layout.starts[3]).toBe(1000 + 3 * TRIP);
  });

  test('one by one gives a sleeper no more room than anybody', () => {
    const slept = someCrossings(4, (number) => (number < 2 ? {} : { enteredAt: 9e9, leftAt: 9e9 + number }));
    const { starts, ends, limits } = layOut(slept, 'one by one');
    expect([...starts]).toEqual([0, 1, 2, 3]);
    expect([...ends].every((end, i) => end > starts[i] && end < i + 1)).toBe(true);
    expect(limits.whole).toEqual({ from: 0, to: 4 });
  });

  test('has a lane for programs and the kernel even if only one of them ran, and for a ring 2 if there was one', () => {
    expect(layOut(someCrossings(2), 'clock').rings).toEqual([3, 1]);
    expect(
      layOut(
        someCrossings(4, (n) => (n === 3 ? { ring: 2 } : {})),
        'clock',
      ).rings,
    ).toEqual([3, 2, 1]);
  });

  test('of nothing and of one is still an axis', () => {
    for (const count of [0, 1]) {
      for (const scale of ['clock', 'one by one'] as const) {
        const { whole } = layOut(someCrossings(count), scale).limits;
        expect(whole.to).toBeGreaterThan(whole.from);
      }
    }
  });

  test('finds what reaches into a span, like a search through all of them', () => {
    const layout = layOut(someCrossings(200), 'clock');
    for (const [from, to] of [
      [0, 500],
      [1000, 1001],
      [1500, 3000],
      [5000, 20_000],
      [20_000, 30_000],
    ]) {
      const { first, end } = visible(layout, { from, to });
      const expected = layout.crossings.filter(({ enteredAt, leftAt }) => leftAt >= from && enteredAt < to);
      expect(layout.crossings.slice(first, end)).toEqual(expected);
    }
  });

  test('finds a crossing by its number, also where numbers are missing', () => {
    const crossings = someCrossings(100).filter(({ number }) => number % 10 !== 3 && number > 20);
    expect(crossings[indexOfNumber(crossings, 57)].number).toBe(57);
    for (const missing of [0, 20, 53, 100]) expect(indexOfNumber(crossings, missing)).toBe(-1);
  });

  test('knows the piece of axis some crossings take, to the very end for the last', () => {
    const layout = layOut(someCrossings(10), 'clock');
    expect(spanAround(layout, 7, 10)).toEqual({ from: 1000 + 7 * TRIP, to: 1000 + 10 * TRIP });
    expect(spanAround(layout, -5, 2)).toEqual({ from: 1000, to: 1000 + 2 * TRIP });
  });
});

describe('a finger', () => {
  const layout = layOut(someCrossings(30), 'clock');
  const geometry = geometryOf(900, 206, layout.rings);
  const span = layout.limits.whole;
  const [programs, kernel] = geometry.lanes;
  const middleOf = (index: number) => xOf((layout.starts[index] + layout.ends[index]) / 2, span, geometry);

  test('finds the crossing under it, in its lane', () => {
    expect(crossingAt(layout, span, geometry, middleOf(4), (kernel.top + kernel.floor) / 2)).toBe(4);
    expect(crossingAt(layout, span, geometry, middleOf(5), (programs.top + programs.floor) / 2)).toBe(5);
  });

  test('finds nothing in the other lane, or beside the timeline', () => {
    expect(crossingAt(layout, span, geometry, middleOf(4), (programs.top + programs.floor) / 2)).toBeNull();
    expect(crossingAt(layout, span, geometry, 10, kernel.top + 10)).toBeNull();
  });

  test("finds any ring in the host's lane", () => {
    expect(crossingAt(layout, span, geometry, middleOf(5), geometry.hostLine)).toBe(5);
  });

  test('may be a little off a bar thinner than itself', () => {
    const sparse = layOut(
      someCrossings(3, (n) => ({ enteredAt: n * 1e6, leftAt: n * 1e6 + 10 })),
      'clock',
    );
    const x = xOf(1e6, sparse.limits.whole, geometry);
    expect(crossingAt(sparse, sparse.limits.whole, geometry, x + 4, geometry.hostLine)).toBe(1);
    expect(crossingAt(sparse, sparse.limits.whole, geometry, x + 40, geometry.hostLine)).toBeNull();
  });

  test('and the axis agree on where things are', () => {
    expect(unitAt(xOf(1234, span, geometry), span, geometry)).toBeCloseTo(1234, 6);
  });
});

describe('from afar', () => {
  const layout = layOut(someCrossings(5000), 'clock');
  const geometry = geometryOf(900, 206, layout.rings);
  const all = new Uint8Array(5000).fill(1);

  test('five thousand are columns and thirty are bars', () => {
    expect(showsBars(layout, layout.limits.whole, geometry)).toBe(false);
    expect(showsBars(layout, spanAround(layout, 100, 130), geometry)).toBe(true);
  });

  test('columns count every crossing once, under its own cause', () => {
    const { counts, stride, count } = columnsOf(layout, layout.limits.whole, 300, all, null);
    const perCause = Array.from({ length: stride }, (_, c) =>
      Array.from({ length: count }, (_, k) => counts[k * stride + c]).reduce((a, b) => a + b),
    );
    expect(perCause).toEqual([1667, 1667, 1666, 0]);
  });

  test('lanes share out what all of them together have, and the filtered out are counted apart', () => {
    const matches = all.map((_, i) => (i % 2 ? 1 : 0));
    const total = (ring: number | null) =>
      columnsOf(layout, layout.limits.whole, 50, matches, ring).counts.reduce((a, b) => a + b);
    expect(total(1) + total(3)).toBe(total(null));
    const { counts, stride } = columnsOf(layout, layout.limits.whole, 50, matches, null);
    expect(counts.filter((_, i) => i % stride === stride - 1).reduce((a, b) => a + b)).toBe(2500);
  });

  test('a longer stay is a taller bar, within its lane', () => {
    const shares = [0, 1, 30, 4000, 100_000].map((count) => heightShare(count, 100_000));
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
    expect(new Set(shares).size).toBe(5);
    expect(shares.every((share) => share > 0 && share <= 1)).toBe(true);
  });
});

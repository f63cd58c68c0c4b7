/** Moving and stretching a piece of the axis. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confine, lengthOf, pan, reveal, ticksOf, zoom } from '../../../renderer/crossings/span.ts';

const limits = { whole: { from: 1000, to: 11_000 }, shortest: 40 };

describe('a span', () => {
  test('zooms about the place under the pointer, which stays where it is', () => {
    const span = { from: 2000, to: 4000 };
    const closer = zoom(span, 2500, 0.5, limits);
    expect(closer).toEqual({ from: 2250, to: 3250 });
    expect((2500 - closer.from) / lengthOf(closer)).toBe((2500 - span.from) / lengthOf(span));
  });

  test('grows no shorter than the shortest and no longer than all there is', () => {
    expect(lengthOf(zoom({ from: 2000, to: 2050 }, 2010, 0.01, limits))).toBe(40);
    expect(zoom({ from: 2000, to: 2050 }, 2010, Number.MAX_SAFE_INTEGER, limits)).toEqual(limits.whole);
  });

  test('stops at the ends without growing shorter', () => {
    expect(pan({ from: 1200, to: 1500 }, -1000, limits)).toEqual({ from: 1000, to: 1300 });
    expect(pan({ from: 1200, to: 1500 }, 1e9, limits)).toEqual({ from: 10_700, to: 11_000 });
  });

  test('moves only if what is to be seen is not', () => {
    const span = { from: 2000, to: 3000 };
    expect(reveal(span, { from: 2900, to: 2990 }, limits)).toBe(span);
    expect(reveal(span, { from: 5000, to: 5100 }, limits)).toEqual({ from: 4550, to: 5550 });
    const long = reveal(span, { from: 4000, to: 8000 }, limits);
    expect(long.from).toBeLessThanOrEqual(4000);
    expect(long.to).toBeGreaterThanOrEqual(8000);
  });

  test('never leaves what there is, whatever is done to it', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const step = fc.oneof(
      fc.record({ does: fc.constant('pan' as const), by: number }),
      fc.record({ does: fc.constant('zoom' as const), by: fc.double({ min: 0.001, max: 1000, noNaN: true }) }),
      fc.record({ does: fc.constant('confine' as const), by: number }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let span = { from: 2000, to: 3000 };
        for (const { does, by } of steps) {
          if (does === 'pan') span = pan(span, by, limits);
          if (does === 'zoom') span = zoom(span, span.from + lengthOf(span) / 3, by, limits);
          if (does === 'confine') span = confine({ from: span.from + by, to: span.to + by }, limits);
          expect(span.from).toBeGreaterThanOrEqual(1000 - 1e-6);
          expect(span.to).toBeLessThanOrEqual(11_000 + 1e-6);
          expect(lengthOf(span)).toBeGreaterThanOrEqual(40 - 1e-6);
        }
      }),
    );
  });
});

describe('ticks', () => {
  test('are round numbers inside the span', () => {
    expect(ticksOf({ from: 118_989_538, to: 121_480_353 }, 5)).toEqual({
      step: 500_000,
      at: [119_000_000, 119_500_000, 120_000_000, 120_500_000, 121_000_000],
    });
  });

  test('are whole units at the least, and never more than asked for', () => {
    expect(ticksOf({ from: 3.2, to: 5.9 }, 8)).toEqual({ step: 1, at: [4, 5] });
    fc.assert(
      fc.property(
        fc.nat(1e9),
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 1, max: 20 }),
        (from, length, most) => {
          expect(ticksOf({ from, to: from + length }, most).at.length).toBeLessThanOrEqual(most + 1);
        },
      ),
    );
  });
});

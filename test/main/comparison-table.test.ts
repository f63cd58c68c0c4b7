/** The verdict is the one sentence people will repeat, so it must be grammatical and true also where the path costs. */

import { expect, test } from 'vitest';
import type { Gain } from '../../core/launcher/compare.ts';
import { verdict } from '../../main/comparison-table.ts';

const gain = (percent: number): Gain => ({ off: 1, on: 1 - percent / 100, ratio: 1 - percent / 100, percent });
const verdictOf = (perFault: number, all: number, cycles: number) =>
  verdict(
    {
      gains: {
        roundTripsPerUserFault: gain(perFault),
        roundTrips: gain(all),
        modelledCycles: gain(cycles),
        wallSeconds: gain(0),
      },
    },
    { code: 300, verse: 118, comment: 0 },
  );

test('what saves cycles is worth so many lines a per cent', () => {
  expect(verdictOf(50, 46.8, 15)).toBe(
    'The fast path adds 300 lines of code and 118 of verse. It saves 50.0 % of the round trips per user page fault, ' +
      "46.8 % of all round trips and 15.0 % of the modelled cycles. By lguest's rule of thumb (about 1 % should be worth " +
      'the lines) it is worth it here: one per cent of the cycles costs 20 lines.',
  );
});

test('what costs cycles adds to them and is not worth it', () => {
  expect(verdictOf(50, 10, -5.5)).toContain(
    'It saves 50.0 % of the round trips per user page fault and 10.0 % of all round trips, and adds 5.5 % to the modelled cycles.',
  );
  expect(verdictOf(50, 10, -5.5)).toMatch(/it is not worth it here\.$/);
});

test('what only costs says only that', () => {
  expect(verdictOf(-1, -2, -3)).toContain(
    'It adds 1.0 % to the round trips per user page fault, 2.0 % to all round trips and 3.0 % to the modelled cycles.',
  );
});

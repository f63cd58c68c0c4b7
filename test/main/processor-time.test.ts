/** What this process costs, as it sees it itself. */

import { expect, test } from 'vitest';
import { peakMiB, processorTime, timeBetween } from '../../main/processor-time.ts';

test('time spent in this thread is this thread’s', () => {
  const begin = processorTime();
  let time = timeBetween(begin, begin);
  expect(time.mainSeconds).toBe(0);
  // A clock that stands still, or is another thread's, would keep us here.
  while (time.mainSeconds < 0.02) time = timeBetween(begin, processorTime());
  expect(time.otherSeconds ?? 0).toBeGreaterThanOrEqual(0);
});

test('memory that was had is remembered', () => {
  const before = peakMiB();
  const held = Buffer.alloc(256 * 1024 * 1024, 1);
  expect(peakMiB()).toBeGreaterThanOrEqual(Math.max(before, 250));
  expect(held[held.length - 1]).toBe(1);
});

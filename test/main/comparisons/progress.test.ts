/** What may be said of a comparison's progress, and when nothing may. */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Progress } from '../../../main/comparisons/progress.ts';
import { Seldom } from '../../../main/comparisons/seldom.ts';

describe('progress', () => {
  test('is unknown while neither side has ended', () => {
    const progress = new Progress(null, true);
    expect(progress.view('a', 0)).toEqual([]);
    progress.begin('off', 0);
    progress.begin('on', 0);
    progress.advance('off', 500);
    for (const side of progress.view('a', 1000)) {
      expect(side).toMatchObject({ comparison: 'a', expectedInstructions: null, share: null, secondsLeft: null });
    }
  });

  test('side by side, the slower side decides how long', () => {
    const progress = new Progress(null, true);
    progress.begin('off', 0);
    progress.begin('on', 0);
    progress.end('on', 1000, 1000);
    progress.advance('off', 500);
    const [off, on] = progress.view('a', 1000);
    expect(off).toMatchObject({ expectedInstructions: 1000, done: false, share: 0.75, secondsLeft: 1 });
    expect(on).toMatchObject({ expectedInstructions: 1000, done: true, share: 0.75, secondsLeft: 1 });
  });

  test('one after the other, the second is expected to be like the first', () => {
    const progress = new Progress(null, false);
    progress.begin('off', 0);
    progress.end('off', 1000, 2000);
    expect(progress.view('a', 2000)).toMatchObject([{ share: 0.5, secondsLeft: 2 }]);
    progress.begin('on', 2000);
    progress.advance('on', 500);
    expect(progress.view('a', 3000)).toMatchObject([{ share: 0.75 }, { share: 0.75, secondsLeft: 1 }]);
    progress.end('on', 900, 3500);
    expect(progress.view('a', 3500)).toMatchObject([{ share: 1 }, { expectedInstructions: 900, secondsLeft: 0 }]);
  });

  test('an earlier run of the same is remembered', () => {
    const progress = new Progress({ off: 1000, on: 800 }, true);
    progress.begin('off', 0);
    progress.begin('on', 0);
    progress.advance('off', 100);
    progress.advance('on', 200);
    const [off, on] = progress.view('a', 1000);
    expect([off.expectedInstructions, on.expectedInstructions]).toEqual([1000, 800]);
    expect(off.share).toBeCloseTo(300 / 1800);
    expect(off.secondsLeft).toBeCloseTo(9);
  });

  test('a side that takes more than was expected does not pass its end', () => {
    const progress = new Progress({ off: 1000, on: 1000 }, true);
    progress.begin('off', 0);
    progress.advance('off', 5000);
    expect(progress.view('a', 1000)[0].expectedInstructions).toBe(5000);
    expect(progress.view('a', 1000)[0].share).toBeLessThanOrEqual(1);
  });
});

describe('telling seldom', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('happens at most once an interval, and after the last time it was asked for', () => {
    const times: number[] = [];
    const telling = new Seldom(() => times.push(performance.now()), 250);
    const start = performance.now();
    for (let asked = 0; asked < 100; asked++) {
      telling.ask();
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(1000);
    expect(times.map((time) => time - start)).toEqual([0, 250, 500, 750, 1000]);
  });

  test('happens at once where that is needed, and not twice for it', () => {
    const told = vi.fn();
    const telling = new Seldom(told, 250);
    telling.ask();
    telling.now();
    expect(told).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1000);
    expect(told).toHaveBeenCalledTimes(1);
    telling.ask();
    telling.stop();
    vi.advanceTimersByTime(1000);
    expect(told).toHaveBeenCalledTimes(1);
  });
});

/** Every step, in the real app, with one driver or the other: both fronts show the same window. */

import { afterAll } from 'vitest';
import type { Driver } from './app.ts';
import { firstHour } from './first-hour.ts';
import { describeChapter } from './stage.ts';

export function takeEveryStep(driver: Driver): void {
  describeChapter(driver, 'the first hour', firstHour);
  afterAll(() => driver.close());
}

/** Every step, in the real app, with one driver or the other: both fronts show the same window. */

import { afterAll } from 'vitest';
import type { Driver } from './app.ts';
import { byKeyboard } from './by-keyboard.ts';
import { comparing } from './comparing.ts';
import { consoles } from './consoles.ts';
import { firstHour } from './first-hour.ts';
import { library } from './library.ts';
import { lockedPage } from './locked-page.ts';
import { describeChapter } from './stage.ts';
import { worldSwitches } from './world-switches.ts';

export function takeEveryStep(driver: Driver): void {
  describeChapter(driver, 'the first hour', firstHour);
  describeChapter(driver, 'the library', library);
  describeChapter(driver, 'comparing', comparing);
  describeChapter(driver, 'world switches', worldSwitches);
  describeChapter(driver, 'consoles', consoles);
  describeChapter(driver, 'by keyboard', byKeyboard);
  describeChapter(driver, 'a page that is locked', lockedPage);
  afterAll(() => driver.close());
}

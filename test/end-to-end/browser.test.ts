import { describe } from 'vitest';
import { available } from '../extras.ts';
import { browserDriver } from './browser-driver.ts';
import { takeEveryStep } from './steps.ts';

describe.skipIf(!available('browser'))('in a browser', () => {
  takeEveryStep(browserDriver());
});

import { describe } from 'vitest';
import { available } from '../extras.ts';
import { electronDriver } from './electron-driver.ts';
import { takeEveryStep } from './steps.ts';

describe.skipIf(!available('electron'))('in the desktop window', () => {
  takeEveryStep(electronDriver());
});

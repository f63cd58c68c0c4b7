/** What a person prefers, everywhere. Kept in one file; what it lacks has a default. */

import * as v from 'valibot';

export const preferences = v.strictObject({
  theme: v.picklist(['system', 'light', 'dark']),
  consoleFontSize: v.pipe(v.number(), v.integer(), v.minValue(8), v.maxValue(32)),
  scrollbackLines: v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(100_000)),
  confirmClose: v.boolean(),
  /** Counter samples are shown this often. */
  samplesPerSecond: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)),
});
export type Preferences = v.InferOutput<typeof preferences>;

export const defaultPreferences: Preferences = {
  theme: 'system',
  consoleFontSize: 14,
  scrollbackLines: 10_000,
  confirmClose: true,
  samplesPerSecond: 10,
};

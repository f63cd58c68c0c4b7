/**
 * The common handlers as a build found them.  There are none here: the bundler (scripts/build.mjs) puts in the place of
 * this file one that has them, generated from the same sources it bundles, so they can never be out of date.
 */

import type { PreparedHandlers } from './common-handlers.ts';

export const preparedHandlers: PreparedHandlers | null = null;

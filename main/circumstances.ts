/**
 * What a guest finds in the world besides files and keys: the date, and chance.  They are inputs like any other.  A run
 * that is meant to be repeated gets the same ones every time; a guest somebody lives in gets the real ones.
 */

import { randomBytes } from 'node:crypto';
import { seededSource } from '../core/launcher/devices/entropy/seeded-source.ts';
import type { RunRequest } from './guest-requests.ts';

export interface Circumstances {
  /** Seconds since 1970 when the board's clock is 0. */
  readonly wallClockSeconds: number;
  /** Where one guest of the board, counted from 0, gets random bytes; each call begins its stream again. */
  entropy(guestIndex: number): (bytes: number) => Uint8Array;
}

/** The day Linux 2.6.23 came out, the first with lguest in it. */
export const FIXED_DATE = '2007-10-09';
const FIXED_DATE_SECONDS = Date.parse(FIXED_DATE) / 1000;
const FIXED_SEED = 'astride';

// @journey mastery/same-inputs  Same inputs, same run
// A machine whose time is its instruction count has no moods: the same start gives the same run, to the last counter.
// Only three things come in from outside: what is typed, what day it is, and chance.  So nobody here may look at a clock
// or throw dice on the side.  Whoever counts (a budget, a comparison) gets a fixed day and a seeded stream; whoever lives
// in a guest gets today and the real thing.  Recording a run would mean writing down these three and the counts at which
// they entered, and nothing else; we did not build it, since nothing yet asks for a run of last week.
/** `repeatable`: what was not chosen on the command line is fixed rather than real. */
export function circumstancesOf(request: RunRequest, repeatable: boolean, nowMs: number): Circumstances {
  const date = request.date ?? (repeatable ? FIXED_DATE_SECONDS : 'now');
  const seed = request.seed ?? (repeatable ? FIXED_SEED : null);
  return {
    wallClockSeconds: date === 'now' ? Math.floor(nowMs / 1000) : date,
    entropy: (guestIndex) => (seed === null ? randomBytes : seededSource(`${guestIndex} ${seed}`)),
  };
}
// @end

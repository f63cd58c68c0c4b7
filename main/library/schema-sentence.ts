/** What a schema has against a value, as part of a sentence: the place first, then the objection, and never a screenful. */

import type { BaseIssue } from 'valibot';

const LONGEST = 200;

type Issues = readonly [Pick<BaseIssue<unknown>, 'message' | 'path'>, ...unknown[]];

/** Only the first is told: a person mends one thing at a time. */
export function objection([first]: Issues): string {
  const place = (first.path ?? []).map(({ key }) => String(key)).join('.');
  const sentence = place === '' ? first.message : `${place}: ${first.message}`;
  return sentence.length <= LONGEST ? sentence : `${sentence.slice(0, LONGEST)}…`;
}

/**
 * The whole table, answered: each chapter of it belongs to one part, so that no method has two answerers.  The compiler
 * says whether one has none; since parts may be put together by code that it does not see, the start asks again.
 */

import { type Method, requests } from '../../core/protocol/requests.ts';
import type { AnswersOf, Chapter, MethodsOf } from './parts.ts';

export type Chapters = { readonly [Name in Chapter]: AnswersOf<MethodsOf<Name>> };

/** Throws if a method is answered twice or not at all, or if there is an answer nobody may ask for. */
export function allAnswers(chapters: Chapters): AnswersOf<Method> {
  const joined = Object.values(chapters).flatMap((answers) => Object.entries(answers));
  const answered = new Set(joined.map(([method]) => method));
  const twice = joined.length !== answered.size;
  const missing = Object.keys(requests).filter((method) => !answered.has(method));
  const unasked = [...answered].filter((method) => !Object.hasOwn(requests, method));
  if (twice || missing.length + unasked.length > 0) {
    throw new Error(`the table of requests has no one answer each: ${[...missing, ...unasked].join(', ')}`);
  }
  // Complete and without strangers, as was just seen; each entry keeps the type its chapter gave it.
  return Object.fromEntries(joined) as AnswersOf<Method>;
}

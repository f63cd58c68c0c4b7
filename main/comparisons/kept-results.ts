/**
 * Finished comparisons on disk: one file each, there whole or not at all.  What cannot be read is shown with the reason
 * and left alone until somebody deletes it; a file with a name of somebody else's is none of ours.
 */

import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { zeroCounters } from '../../core/counters/list.ts';
import { type ComparisonResult, comparisonRequest } from '../../core/protocol/comparisons.ts';
import { writeAtomically } from '../library/atomic-file.ts';
import { objection } from '../library/schema-sentence.ts';

/** A result takes a few thousand bytes. */
const LARGEST_BYTES = 1024 * 1024;
const VERSION = 1;
const fileName = /^([a-z0-9-]{1,64})\.json$/;

const number = v.pipe(v.number(), v.finite());
const tally = v.record(v.string(), number);
const text = v.pipe(v.string(), v.maxLength(10_000));

/** A counter that was added to the list later was not counted then. */
const counters = v.pipe(
  v.record(v.string(), number),
  v.transform((found) => {
    const all = zeroCounters();
    // Names in the list are the keys of what `zeroCounters` made.
    for (const name of Object.keys(all) as (keyof typeof all)[]) all[name] = found[name] ?? 0;
    return all;
  }),
);

const side = v.object({
  counters,
  tallies: v.object({ roundTrips: tally, hypercalls: tally, handedOn: tally }),
  roundTripsPerUserFault: number,
  wallSeconds: number,
  end: text,
  cameToItsEnd: v.boolean(),
});

const result = v.object({
  version: v.literal(VERSION),
  comparison: text,
  title: text,
  madeAt: text,
  request: comparisonRequest,
  off: side,
  on: side,
  identicalOutput: v.boolean(),
  sideBySide: v.boolean(),
  addedLines: number,
  saved: v.object({ roundTripsPerUserFault: number, roundTrips: number, modelledCycles: number, wallSeconds: number }),
  verdict: text,
});

export type Kept =
  | { readonly is: 'finished'; readonly result: ComparisonResult }
  | { readonly is: 'damaged'; readonly comparison: string; readonly reason: string };

const pathOf = (folder: string, comparison: string) => join(folder, `${comparison}.json`);

/** Everything in the folder, in no particular order. */
export async function readKept(folder: string): Promise<Kept[]> {
  const ids = (await readdir(folder)).flatMap((name) => fileName.exec(name)?.[1] ?? []);
  const kept: Kept[] = [];
  for (const id of ids) kept.push(await readOne(folder, id));
  return kept;
}

async function readOne(folder: string, comparison: string): Promise<Kept> {
  const damaged = (reason: string): Kept => ({ is: 'damaged', comparison, reason });
  const path = pathOf(folder, comparison);
  try {
    const found = await stat(path);
    if (!found.isFile()) return damaged('this is no ordinary file');
    if (found.size > LARGEST_BYTES) return damaged('it is too large to be one of ours');
    return parseResult(comparison, await readFile(path, 'utf8'));
  } catch (error) {
    return damaged(`it cannot be read (${error instanceof Error && 'code' in error ? error.code : error})`);
  }
}

/** Never throws. */
export function parseResult(comparison: string, json: string): Kept {
  const damaged = (reason: string): Kept => ({ is: 'damaged', comparison, reason });
  let found: unknown;
  try {
    found = JSON.parse(json);
  } catch {
    return damaged('it is not valid JSON');
  }
  const version = v.safeParse(v.object({ version: v.number() }), found);
  if (version.success && version.output.version > VERSION) {
    return damaged(`a newer Astride wrote it (format ${version.output.version}); update Astride to read it`);
  }
  const parsed = v.safeParse(result, found);
  if (!parsed.success) return damaged(objection(parsed.issues));
  // The file's name is the truth: a copy under another name is another comparison.
  return { is: 'finished', result: { ...parsed.output, comparison } };
}

export function keepResult(folder: string, kept: ComparisonResult): Promise<void> {
  return writeAtomically(pathOf(folder, kept.comparison), `${JSON.stringify(kept, null, 2)}\n`);
}

/** Fine if it is gone already. */
export function forgetResult(folder: string, comparison: string): Promise<void> {
  return rm(pathOf(folder, comparison), { force: true });
}

/**
 * machine.json: what a person chose for a machine, and how its last run went.  It has a version; what a later Astride
 * wrote is left alone.  Whatever else may be in the file is a reason, never an exception.
 */

import { open } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type LastRun, type MachineSettings, machineSettings } from '../../core/protocol/machines.ts';
import { writeAtomically, writeSafely } from './atomic-file.ts';
import { objection } from './schema-sentence.ts';

const VERSION = 1;
/** Notes have twenty thousand characters at most, and the rest is smaller than that. */
export const LARGEST_ENTRY_BYTES = 1024 * 1024;
export const ENTRY_FILE = 'machine.json';

const lastRun = v.strictObject({
  startedAt: v.pipe(v.string(), v.maxLength(40)),
  seconds: v.pipe(v.number(), v.minValue(0)),
  end: v.picklist(['powered off', 'killed', 'stopped', 'crashed', 'could not start']),
  reason: v.pipe(v.string(), v.maxLength(2000)),
});

const entryFile = v.strictObject({
  version: v.literal(VERSION),
  createdAt: v.pipe(v.string(), v.maxLength(40)),
  settings: machineSettings,
  lastRun: v.nullable(lastRun),
});
export interface KeptEntry {
  readonly createdAt: string;
  readonly settings: MachineSettings;
  readonly lastRun: LastRun | null;
}

export type ReadEntry = { readonly is: 'fine'; readonly entry: KeptEntry } | { readonly is: 'damaged'; reason: string };

const damaged = (reason: string): ReadEntry => ({ is: 'damaged', reason });

/** Never throws. */
export async function readEntry(folder: string): Promise<ReadEntry> {
  try {
    return parseEntry(await readBounded(join(folder, ENTRY_FILE)));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'ENOENT') return damaged(`${ENTRY_FILE} is missing`);
    return damaged(`${ENTRY_FILE} cannot be read (${code})`);
  }
}

/** From a file of anybody's making. */
export function parseEntry(text: string | null): ReadEntry {
  if (text === null) return damaged(`${ENTRY_FILE} is too large to be one of ours`);
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return damaged(`${ENTRY_FILE} is not valid JSON`);
  }
  const version = v.safeParse(v.looseObject({ version: v.number() }), found);
  if (version.success && version.output.version > VERSION) {
    return damaged(`it was written by a newer Astride (format ${version.output.version}); update Astride to use it`);
  }
  const entry = v.safeParse(entryFile, found);
  if (!entry.success) return damaged(`${ENTRY_FILE}: ${objection(entry.issues)}`);
  const { version: _, ...kept } = entry.output;
  return { is: 'fine', entry: kept };
}

async function readBounded(path: string): Promise<string | null> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return size > LARGEST_ENTRY_BYTES ? null : await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Nothing is written that would be damaged when it is read: throws an Error, since only we can be wrong here. */
export function entryText(entry: KeptEntry): string {
  const text = `${JSON.stringify({ version: VERSION, ...entry }, null, 2)}\n`;
  const read = parseEntry(text);
  if (read.is === 'damaged') throw new Error(`an entry would be damaged by us: ${read.reason}`);
  return text;
}

/** Over one that is already there. */
export function replaceEntry(folder: string, entry: KeptEntry): Promise<void> {
  return writeAtomically(join(folder, ENTRY_FILE), entryText(entry));
}

/** Into a folder that has no name yet. */
export function writeFirstEntry(folder: string, entry: KeptEntry): Promise<void> {
  return writeSafely(join(folder, ENTRY_FILE), entryText(entry));
}

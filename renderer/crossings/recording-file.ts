/**
 * Recordings as files: what this view saves, and what it is ready to open.  A file comes from anywhere, so nothing in it
 * is believed: every text is cut short by refusal, every number must be one, and crossings must follow each other in
 * time, because everything that draws them searches by it.
 */

import * as v from 'valibot';
import type { CrossingDetail, CrossingView } from '../../core/protocol/crossings.ts';

export const MOST_CROSSINGS = 5000;
/** Bytes. Five thousand crossings with everything known about each are some fifteen million. */
export const LARGEST_FILE = 64 * 1024 * 1024;

/** A file that cannot be opened; its message is a sentence for the person. */
export class UnreadableRecording extends Error {}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const word = v.pipe(v.number(), v.integer(), v.minValue(-0x80000000), v.maxValue(0xffffffff));
const words = (most: number) => v.pipe(v.string(), v.maxLength(most));
const listOf = <S extends v.GenericSchema>(item: S, most: number) => v.pipe(v.array(item), v.maxLength(most));

const crossing = v.strictObject({
  number: count,
  enteredAt: count,
  leftAt: count,
  ring: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3)),
  eip: word,
  symbol: words(300),
  cause: v.pipe(v.string(), v.minLength(1), v.maxLength(60)),
  outcome: words(500),
  instructionsInGuest: count,
});

const step = v.strictObject({ label: words(120), at: word, value: word, meaning: words(300) });
const instruction = v.strictObject({ address: word, text: words(200) });

const detail = v.strictObject({
  crossing,
  registers: listOf(v.strictObject({ name: words(12), value: word }), 64),
  walk: v.nullable(v.strictObject({ address: word, guest: listOf(step, 8), shadow: listOf(step, 8) })),
  enteredEip: word,
  left: listOf(instruction, 100),
  entered: listOf(instruction, 100),
});

const FORMAT = 'astride crossings';

const recordingFile = v.strictObject({
  format: v.literal(FORMAT, 'it does not say that it is a recording of crossings'),
  version: v.literal(1, 'it was written by another version of Astride'),
  machine: words(200),
  crossings: v.pipe(
    v.array(crossing),
    v.maxLength(MOST_CROSSINGS, `it has more than ${MOST_CROSSINGS} crossings`),
    v.check((list) => inOrder(list), 'its crossings do not follow each other in time'),
    v.check((list) => new Set(list.map(({ cause }) => cause)).size <= 40, 'it names more causes than there can be'),
  ),
  details: listOf(detail, MOST_CROSSINGS),
});

export interface Recording {
  readonly machine: string;
  readonly crossings: readonly CrossingView[];
  readonly details: readonly CrossingDetail[];
}

export function inOrder(list: readonly CrossingView[]): boolean {
  return list.every((one, i) => {
    const before = list[i - 1];
    return one.leftAt >= one.enteredAt && (!before || (one.number > before.number && one.enteredAt >= before.leftAt));
  });
}

/** Text of a file that this view saved, as a recording. Throws UnreadableRecording. */
export function readRecordingJson(text: string): Recording {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new UnreadableRecording('This file is not a recording: its JSON is broken off or garbled.');
  }
  const { success, output, issues } = v.safeParse(recordingFile, parsed);
  if (!success)
    throw new UnreadableRecording(`This file is not a recording Astride can open: ${objection(issues[0])}.`);
  return { machine: output.machine, crossings: output.crossings, details: output.details };
}

/** Where it went wrong and how, never longer than a line: the file's own words may be megabytes. */
function objection(issue: v.BaseIssue<unknown>): string {
  const where = v.getDotPath(issue)?.slice(0, 80);
  const what = issue.message.slice(0, 160);
  return where ? `${what} (at ${where})` : what;
}

export function writeRecordingJson({ machine, crossings, details }: Recording): string {
  return `${JSON.stringify({ format: FORMAT, version: 1, machine, crossings, details })}\n`;
}

const columns = [
  'number',
  'enteredAt',
  'leftAt',
  'ring',
  'eip',
  'symbol',
  'cause',
  'outcome',
  'instructionsInGuest',
] as const satisfies readonly (keyof CrossingView)[];

/** For a spreadsheet: one line a crossing, names above. */
export function writeRecordingCsv(crossings: readonly CrossingView[]): string {
  const lines = crossings.map((one) =>
    columns.map((name) => (name === 'eip' ? `0x${(one.eip >>> 0).toString(16)}` : csvField(one[name]))).join(','),
  );
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}

/** Quoted where it must be; a text a spreadsheet would take for a formula gets an apostrophe. RFC 4180. */
function csvField(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * The one line a measuring guest prints, and what of it two runs of the same guest need not have alike: a guest that
 * counts its own time finds less of it when a crossing was saved, which is the point and not a difference.
 *
 *     lat_fork: 400 operations, 223833 ns each (fork, exit, wait)
 */

export interface MeasuredLine {
  readonly name: string;
  readonly operations: number;
  /** By the guest's clock. */
  readonly nsEach: number;
}

const line = /^(\w+): (\d+) operations?, (\d+) ns each\b/gm;
const times = /\b\d+ (?=ns each|MB\/s)/g;

const PIECE_BYTES = 4096;
/** A measuring guest prints one line; whoever prints more than this behind it measures nothing. */
const LAST_BYTES = 65_536;

/** As Latin-1: all that is looked for is ASCII. */
function textOf(output: Uint8Array): string {
  let text = '';
  for (let at = 0; at < output.length; at += PIECE_BYTES) {
    text += String.fromCharCode(...output.subarray(at, at + PIECE_BYTES));
  }
  return text;
}

/** The last such line of what a guest printed; null without one, or if it says nothing was done. */
export function measuredLine(output: Uint8Array): MeasuredLine | null {
  const [, name, operations, nsEach] = [...textOf(output.subarray(-LAST_BYTES)).matchAll(line)].at(-1) ?? [];
  if (name === undefined || Number(operations) === 0) return null;
  return { name, operations: Number(operations), nsEach: Number(nsEach) };
}

/** Whether two outputs are the same but for the times in measured lines. */
export function sameButForTimes(one: Uint8Array, other: Uint8Array): boolean {
  const [first, second] = [textOf(one), textOf(other)];
  return first === second || withoutTimes(first) === withoutTimes(second);
}

const withoutTimes = (text: string): string =>
  text.replace(/^\w+: \d+ operations?, .*$/gm, (found) => found.replace(times, '# '));

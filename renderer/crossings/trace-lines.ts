/**
 * The other kind of file that can be opened: what `astride boot --trace FILE` wrote, one line a crossing.  A trace may be
 * gigabytes long and about several guests; its end is read, one recording for each guest.
 */

import type { CrossingView } from '../../core/protocol/crossings.ts';
import { inOrder, MOST_CROSSINGS, type Recording, UnreadableRecording } from './recording-file.ts';

/** ENTERED LEFT GUEST INSTRUCTIONS RING:EIP CAUSE: OUTCOME. A guest's name may have blanks in it. */
const line = /^(\d{1,15}) (\d{1,15}) (.{1,200}) (\d{1,15}) ([0-3]):([0-9a-f]{8}) ([^:]{1,60})(?:: (.{0,500}))?$/;

/** As many lines as could matter: one guest's last crossings may lie between another's. */
const MOST_LINES = 8 * MOST_CROSSINGS;

/**
 * The last crossings of each guest, the guest with the most first. `fromStart` says whether the text begins where the
 * file does; else its first line is half a line. Throws UnreadableRecording.
 */
export function readTraceLines(text: string, fromStart: boolean): readonly Recording[] {
  const whole = text.split(/\r?\n/).slice(fromStart ? 0 : 1);
  const lines = whole.filter((one) => one !== '').slice(-MOST_LINES);
  const byGuest = new Map<string, CrossingView[]>();
  lines.forEach((one, i) => {
    const parts = line.exec(one);
    // The last line of a run that was killed may be broken off.
    if (!parts && i === lines.length - 1 && byGuest.size > 0) return;
    if (!parts) throw new UnreadableRecording(`This file is neither a recording nor a trace: ${excerpt(one)}.`);
    const list = byGuest.get(parts[3]) ?? [];
    byGuest.set(parts[3], list);
    list.push(crossingOf(parts, list.length));
  });
  if (byGuest.size === 0) throw new UnreadableRecording('This file has no crossings in it.');
  if (byGuest.size > 64) throw new UnreadableRecording('This file names more guests than a board can have.');
  return [...byGuest].map(([guest, list]) => recordingOf(guest, list)).sort((a, b) => size(b) - size(a));
}

function crossingOf(parts: RegExpExecArray, number: number): CrossingView {
  const [, enteredAt, leftAt, , instructions, ring, eip, cause, outcome] = parts;
  return {
    number,
    enteredAt: Number(enteredAt),
    leftAt: Number(leftAt),
    ring: Number(ring),
    eip: Number.parseInt(eip, 16),
    symbol: '',
    cause,
    outcome: outcome ?? '',
    instructionsInGuest: Number(instructions),
  };
}

function recordingOf(machine: string, list: readonly CrossingView[]): Recording {
  const crossings = list.slice(-MOST_CROSSINGS);
  if (!inOrder(crossings)) {
    throw new UnreadableRecording(`This trace is in disorder: the crossings of ${machine} do not follow each other.`);
  }
  if (new Set(crossings.map(({ cause }) => cause)).size > 40) {
    throw new UnreadableRecording('This trace names more causes than there can be.');
  }
  return { machine, crossings, details: [] };
}

const size = ({ crossings }: Recording): number => crossings.length;

const excerpt = (text: string): string => `“${text.slice(0, 60)}${text.length > 60 ? '…' : ''}” is no crossing`;

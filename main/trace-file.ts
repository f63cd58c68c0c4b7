/**
 * A trace: one line for every crossing, made to be read by `less`, `grep` and `diff`.  Same start, same lines.
 *
 *      entered left guest instructions ring:eip cause, what the guest came with
 */

import type { CrossingRecord } from '../core/host/guest-events.ts';
import { LineFile } from './files.ts';

export const traceHelp = `A trace has one line for each round trip into the guest:
  ENTERED LEFT GUEST INSTRUCTIONS RING:EIP CAUSE: OUTCOME
with the board's clock (in instructions) at the entry and back home, how many instructions
the guest itself executed, where it was left, why, and with what.`;

export function traceLine(record: CrossingRecord): string {
  const { enteredAt, leftAt, guest, instructionsInGuest, ring, eip, cause, outcome } = record;
  const place = `${ring}:${eip.toString(16).padStart(8, '0')}`;
  const why = outcome === '' ? cause : `${cause}: ${outcome}`;
  return `${enteredAt} ${leftAt} ${guest} ${instructionsInGuest} ${place} ${why}`;
}

export class TraceFile {
  private readonly file: LineFile;

  constructor(path: string) {
    this.file = new LineFile(path);
  }

  readonly write = (record: CrossingRecord): void => this.file.line(traceLine(record));

  close(): void {
    this.file.close();
  }
}

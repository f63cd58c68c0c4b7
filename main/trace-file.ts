/**
 * A trace: one line for every crossing, made to be read by `less`, `grep` and `diff`.  Same start, same lines.
 *
 *      entered  left  guest  ring:eip  cause  what the host made of it
 */

import type { CrossingRecord } from '../core/host/guest-events.ts';
import { LineFile } from './files.ts';

export const traceHelp = `A trace has one line for each round trip into the guest:
  ENTERED LEFT GUEST RING:EIP CAUSE OUTCOME
with the board's clock (in instructions) at the entry and back home, where the guest was
left, why, and what the host made of it.`;

export function traceLine(record: CrossingRecord): string {
  const { enteredAt, leftAt, guest, ring, eip, cause, outcome } = record;
  const place = `${ring}:${eip.toString(16).padStart(8, '0')}`;
  return `${enteredAt} ${leftAt} ${guest} ${place} ${cause.replaceAll(' ', '-')} ${outcome}`.trimEnd();
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

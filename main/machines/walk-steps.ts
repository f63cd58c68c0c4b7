/** How a page fault's address leads through two levels of tables, a line each, and in words where and why it ends. */

import { directoryIndex, entry, tableIndex } from '../../core/agreement/page-tables.ts';
import { pageFaultError } from '../../core/agreement/traps.ts';
import type { CrossingCloseUp, TableEntrySeen, WalkSeen } from '../../core/host/guest-events.ts';
import { hex } from '../../core/host/kill-guest.ts';
import type { CrossingDetail, WalkStep } from '../../core/protocol/crossings.ts';

const bitNames = [
  [entry.present, 'present'],
  [entry.writable, 'writable'],
  [entry.user, 'user'],
  [entry.writeThrough, 'write-through'],
  [entry.cacheDisable, 'cache off'],
  [entry.accessed, 'accessed'],
  [entry.dirty, 'dirty'],
  [entry.global, 'global'],
] as const;

/** Null if the crossing was no page fault. */
export function walkSteps({ walks, cr2, trap }: CrossingCloseUp): CrossingDetail['walk'] {
  if (walks === null || trap === null) return null;
  const steps = (walk: WalkSeen) => stepsOf(walk, cr2, trap.errorCode);
  const guest = walks.guest.directory === null ? [withoutTables(cr2)] : steps(walks.guest);
  return { address: cr2, guest, shadow: steps(walks.shadow) };
}

/** Until it names its first directory, every address of a guest means itself. */
const withoutTables = (address: number): WalkStep => ({
  label: 'no tables yet',
  at: 0,
  value: address,
  meaning: 'every address means itself',
});

function stepsOf({ directory, table }: WalkSeen, address: number, errorCode: number): WalkStep[] {
  if (directory === null) return [];
  const first = step(`directory entry ${hex(directoryIndex(address))}`, directory, errorCode);
  if (table !== null) return [first, step(`table entry ${hex(tableIndex(address))}`, table, errorCode)];
  if (!(directory.value & entry.present)) return [first];
  return [{ ...first, meaning: `${first.meaning}: there is no such table in its memory` }];
}

function step(label: string, { at, value }: TableEntrySeen, errorCode: number): WalkStep {
  return { label, at, value, meaning: meaningOf(value, errorCode) };
}

function meaningOf(value: number, errorCode: number): string {
  if (!(value & entry.present)) return value === 0 ? 'not present' : 'not present, and not empty';
  const bits = bitNames.filter(([bit]) => value & bit).map(([, name]) => name);
  const forbids = objection(value, errorCode);
  return forbids === null ? bits.join(', ') : `${bits.join(', ')}: ${forbids}`;
}

/** What about the access an entry that is present does not allow. */
function objection(value: number, errorCode: number): string | null {
  if (errorCode & pageFaultError.user && !(value & entry.user)) return 'not for ring 3';
  if (errorCode & pageFaultError.write && !(value & entry.writable)) return 'not to be written';
  return null;
}

/**
 * Where two boards differ in anything a program, a guest or a host could notice: registers with their hidden parts, what
 * was counted, and RAM.  Engines may differ in nothing but time, so none of this has an excuse.
 */

import { architecturalWords, sameArchitecturalState } from '../../core/x86/architectural-state.ts';
import type { Board } from '../../core/x86/board.ts';
import { memoryMap } from '../../core/x86/state.ts';

export interface Difference {
  readonly name: string;
  readonly one: number;
  readonly other: number;
}

/** What a board counts, by name. */
const counts: readonly (readonly [string, (board: Board) => number])[] = [
  ['instructions', (board) => board.instructions],
  ['clock', (board) => board.clock],
  ['NMI pending', (board) => Number(board.nmiPending)],
  ...[0, 1, 2, 3].map((ring) => [`in ring ${ring}`, (board: Board) => board.events.instructions[ring]] as const),
  ['cr3 loads', ({ events }) => events.cr3Loads],
  ['TLB fills', ({ events }) => events.tlbFills],
  ['page walks', ({ events }) => events.pageWalks],
  ['segment loads', ({ events }) => events.segmentLoads],
  ['table loads', ({ events }) => events.tableLoads],
  ['deliveries', ({ events }) => events.deliveries],
  ['iret instructions', ({ events }) => events.iretInstructions],
  ['far transfers', ({ events }) => events.farTransfers],
  ['port accesses', ({ events }) => events.portAccesses],
  ['NMIs', ({ events }) => events.nmis],
];

const ramOf = ({ state }: Board) => Buffer.from(state.memory.buffer, memoryMap.ram, state.ramBytes);

/** Registers and counts. */
export function sameProcessors(one: Board, other: Board): boolean {
  if (!sameArchitecturalState(one.state, other.state)) return false;
  for (const [, count] of counts) if (count(one) !== count(other)) return false;
  return true;
}

export function sameMemory(one: Board, other: Board): boolean {
  return ramOf(one).equals(ramOf(other));
}

/** Everything that differs: words, counts, and the first few bytes of RAM by physical address. */
export function differencesOf(one: Board, other: Board): Difference[] {
  const words = architecturalWords.map(({ name, read }) => ({ name, one: read(one.state), other: read(other.state) }));
  const counted = counts.map(([name, count]) => ({ name, one: count(one), other: count(other) }));
  return [...[...words, ...counted].filter((found) => found.one !== found.other), ...memoryDifferences(one, other)];
}

const PAGE = 4096;
const MOST_BYTES = 16;

function memoryDifferences(one: Board, other: Board): Difference[] {
  const [ram, otherRam] = [ramOf(one), ramOf(other)];
  const found: Difference[] = [];
  for (let page = 0; page < ram.length && found.length < MOST_BYTES; page += PAGE) {
    if (ram.compare(otherRam, page, page + PAGE, page, page + PAGE) === 0) continue;
    for (let at = page; at < page + PAGE && found.length < MOST_BYTES; at++) {
      if (ram[at] === otherRam[at]) continue;
      found.push({ name: `RAM at 0x${at.toString(16)}`, one: ram[at], other: otherRam[at] });
    }
  }
  return found;
}

/**
 * The host's half of the fast path: it tells the walker in the Switcher where to look and how far, and notices what
 * it did.  Whether a guest can be served at all is the Switcher's to judge; off, or refused, the gate is the ordinary
 * stub's and this file's only work is to count nothing.
 */

// fast path begins
import { vector } from '../agreement/traps.ts';
import { registersPage, type WalkerCount, walkerCounts } from '../switcher/lguest-pages.ts';
import type { ReadOnlyState } from '../switcher/read-only-state.ts';
import { type WalkerSituation, walkerFields } from '../switcher/walker.ts';
import { changed, type GuestCpu } from './guest-cpu.ts';
import { lookUp } from './guest-walk.ts';

/** Opens or closes the walker for the guest about to run. */
export function installWalker(state: ReadOnlyState, cpu: GuestCpu): void {
  const situation = cpu.fastPath ? situationOf(cpu) : null;
  const answer = situation === null ? null : walkerFields(situation);
  cpu.walkerOpen = answer !== null && 'fields' in answer;
  if (answer !== null && 'fields' in answer) state.openWalker(answer.fields);
  else state.closeWalker();
}

// @journey mastery/filling-in-the-switcher
// The walker could go one step further: where the guest's tables do allow the access, it could fill the shadow entry
// itself, and the crossing for a page the shadow merely lacks would be saved too.  Against it: to fill is to translate
// guest frames to the host's, to set accessed and dirty bits, to take a shadow page from a pool; all of it in assembly,
// in ring 0, on tables the guest wrote.  Reflecting only reads.  `compare` shows how many faults the host still fills:
// after a program has warmed up there are few, and each of them is paid for once.

/** The toggle: takes effect when the guest is next entered. */
export function setFastPath(cpu: GuestCpu, on: boolean): void {
  cpu.fastPath = on;
  cpu.changed |= changed.walker;
}

// @end

function situationOf(cpu: GuestCpu): WalkerSituation | null {
  if (cpu.lguestData === null || cpu.shadow.linear) return null;
  const words = (table: Uint32Array, index: number) => ({ low: table[index * 2], high: table[index * 2 + 1] });
  return {
    directory: cpu.shadow.current.guestDirectory,
    memoryBytes: cpu.memory.size,
    kernelAddress: cpu.lguestData.kernelAddress,
    lguestData: cpu.lguestData.at,
    gate: words(cpu.idt, vector.pageFault),
    stack: cpu.stack,
    stackDescriptor: words(cpu.gdt, (cpu.stack.segment >>> 3) % (cpu.gdt.length / 2)),
    translate: (address) => lookUp(cpu, address),
  };
}

const COUNTS = registersPage.at.counts;
const placeOf = (name: WalkerCount) => walkerCounts.at[name] >>> 2;
const REFLECTED = placeOf('reflected');
/** Faults of ring 1 pass the walker too, but were never its business. */
const handedOnReasons: readonly WalkerCount[] = ['oddEntry', 'outOfReach', 'allowed', 'stumbled', 'nonMaskable'];
const handedOnPlaces = handedOnReasons.map(placeOf);

/**
 * Takes the walker's counts since the last time and answers how many faults it reflected. They lie where the guest's
 * kernel can write: good for showing, not for deciding.
 */
export function countWalker(cpu: GuestCpu): number {
  if (!cpu.walkerOpen) return 0;
  const { walkerCounts: before, counters } = cpu;
  const { words } = cpu.board;
  const first = (cpu.registersPage + COUNTS) >>> 2;
  for (let index = 0; index < handedOnPlaces.length; index++) {
    const place = handedOnPlaces[index];
    if (words[first + place] !== before[place])
      noteHandedOn(cpu, index, takeCount(before, place, words[first + place]));
  }
  const reflected = takeCount(before, REFLECTED, words[first + REFLECTED]);
  if (reflected === 0) return 0;
  counters.reflectedBySwitcher += reflected;
  counters.userPageFaults += reflected;
  return reflected;
}

function noteHandedOn({ tallies, counters }: GuestCpu, reason: number, more: number): void {
  tallies.handedOn.add(handedOnReasons[reason], more);
  counters.handedOn += more;
}

function takeCount(before: Uint32Array, place: number, now: number): number {
  const more = (now - before[place]) >>> 0;
  before[place] = now;
  return more;
}
// fast path ends

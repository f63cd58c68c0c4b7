/**
 * What a guest that has run for a while shows of its kernel: whether it ever spoke to its host, which shape of lguest it
 * knows, its banner lying unpacked in memory, page tables of a kind this host does not have.  Nothing is changed.
 */

import { type GuestPhysical, PAGE_BYTES } from '../../agreement/addresses.ts';
import { lguestNames } from '../../agreement/hypercalls.ts';
import type { LguestEra } from '../../agreement/lguest-data.ts';
import type { Guest, GuestMemory } from '../../host/guest-events.ts';
import { findBannerInMemory } from './linux-banner.ts';

export interface Observation {
  /** Null until LGUEST_INIT. */
  readonly era: LguestEra | null;
  /** It made a hypercall, be it a wrong one. */
  readonly spoke: boolean;
  /** The Linux banner as found in memory. */
  readonly banner: string | null;
  /** It got no further than handing over page tables of three levels. */
  readonly paeTables: boolean;
}

/** Looks at a guest between two runs, or after its death. */
export function observeGuest(guest: Guest): Observation {
  return {
    era: guest.era,
    spoke: Object.keys(guest.tallies.hypercalls).length > 0,
    banner: findBannerInMemory(guest.memory),
    paeTables: stoppedByPae(guest),
  };
}

/** All that such a kernel can say before its first page fault ends it, or the one call only it makes. */
const firstWords: readonly string[] = [lguestNames.initialize, lguestNames.newPageTable];

function stoppedByPae({ dead, tallies, memory }: Guest): boolean {
  if (dead?.end !== 'killed') return false;
  const said = Object.keys(tallies.hypercalls);
  if (said.includes(lguestNames.setPageMiddle)) return true;
  const both = said.length === firstWords.length && firstWords.every((name) => said.includes(name));
  return both && holdsPointerTable(memory);
}

const ENTRY_BYTES = 8;
const ENTRIES = 4;
/** Present, and perhaps write-through and cache-disable: all an entry may have besides an address (SDM 3A table 4-8). */
const PRESENT = 1;
const FLAGS_ALLOWED = 0x19;
const FLAGS = 0xfff;

/**
 * Whether some page is a page-directory-pointer table and nothing else (SDM 3A 4.4.1):
 *
 *      entry 0 … 3   │ address of a page │ 0 … 0 P │ 0 (high word) │        the rest of the page: 0
 */
function holdsPointerTable(memory: GuestMemory): boolean {
  for (let at = 0; at + PAGE_BYTES <= memory.size; at += PAGE_BYTES) {
    // A page of the guest's memory by construction.
    if (isPointerTable(memory, at as GuestPhysical)) return true;
  }
  return false;
}

function isPointerTable(memory: GuestMemory, at: GuestPhysical): boolean {
  let present = 0;
  for (let index = 0; index < ENTRIES; index++) {
    const [low, high] = [0, 4].map((word) => memory.read32((at + index * ENTRY_BYTES + word) as GuestPhysical));
    if (high !== 0 || (low & FLAGS & ~FLAGS_ALLOWED) !== 0) return false;
    if (low !== 0 && ((low & PRESENT) === 0 || low >= memory.size)) return false;
    if (low !== 0) present++;
  }
  const rest = memory.readBytes(at, PAGE_BYTES).subarray(ENTRIES * ENTRY_BYTES);
  // One entry alone could be any record that begins with an odd number.
  return present > 1 && rest.every((byte) => byte === 0);
}

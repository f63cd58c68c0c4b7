/**
 * Where a hypercall's number and arguments come from: the guest's registers, or an entry of its ring of batched calls.
 * Both are the guest's to fill, so nothing is assumed of the numbers but that they are 32 bits each.
 */

import { type LguestEra, lguestEras, RING_ENTRIES, RING_FREE } from '../agreement/lguest-data.ts';
import { lguestRegs } from '../switcher/lguest-pages.ts';
import type { GuestCpu } from './guest-cpu.ts';

/** One call at a time: it is filled in again for the next. `first` is what the ABI calls argument 1. */
export interface HypercallArguments {
  number: number;
  first: number;
  second: number;
  third: number;
  fourth: number;
}

export const noCall = (): HypercallArguments => ({ number: 0, first: 0, second: 0, third: 0, fourth: 0 });

/** Where an era has the arguments 1 to 4: offsets into the saved registers, and into an entry of the ring. */
export interface CallPlaces {
  readonly registers: Four;
  readonly ring: Four;
  readonly ringEntryBytes: number;
}

type Four = readonly [number, number, number, number];

/** Of an argument an era does not have, which is 0. */
const NOWHERE = -1;

/** The number of a ring's call comes first in all eras. */
export function callPlaces({ argumentRegisters, ringWords, ringEntryBytes }: LguestEra): CallPlaces {
  const register = (index: number) =>
    index < argumentRegisters.length ? lguestRegs.at[argumentRegisters[index]] : NOWHERE;
  const word = (index: number) => (index + 1 < ringWords.length ? ringWords[index + 1] * 4 : NOWHERE);
  const four = (place: (index: number) => number): Four => [place(0), place(1), place(2), place(3)];
  return { registers: four(register), ring: four(word), ringEntryBytes };
}

/** Before LGUEST_INIT the newest convention is as good as any. */
const newest = callPlaces(lguestEras[0]);

/** The call the guest trapped for. */
export function readRegisterCall({ lguestData, registers }: GuestCpu, call: HypercallArguments): void {
  const { registers: places } = lguestData === null ? newest : lguestData.calls;
  call.number = registers.eax;
  call.first = registers.at(places[0]);
  call.second = registers.at(places[1]);
  call.third = registers.at(places[2]);
  call.fourth = places[3] === NOWHERE ? 0 : registers.at(places[3]);
}

/**
 * How many entries of the ring are ready, from the next one on. At most one turn around it: the guest might refill it for
 * ever. To be asked once for all of them, before the first is served.
 */
export function readyInRing({ lguestData: place, board, nextRingEntry: next }: GuestCpu): number {
  if (place === null) return 0;
  const { ringStatus } = place.places;
  let ready = 0;
  while (ready < RING_ENTRIES && board.read8(ringStatus + ((next + ready) % RING_ENTRIES)) !== RING_FREE) ready++;
  return ready;
}

/** Takes the next entry of the ring, which is ready. */
export function takeRingCall(cpu: GuestCpu, call: HypercallArguments): void {
  const { lguestData: place, board, nextRingEntry: index } = cpu;
  if (place === null) throw new Error('a guest without lguest_data has no ring');
  const { ring, ringEntryBytes } = place.calls;
  const start = place.places.ring + index * ringEntryBytes;
  call.number = board.read32(start);
  call.first = board.read32(start + ring[0]);
  call.second = board.read32(start + ring[1]);
  call.third = board.read32(start + ring[2]);
  call.fourth = ring[3] === NOWHERE ? 0 : board.read32(start + ring[3]);
  cpu.nextRingEntry = (index + 1) % RING_ENTRIES;
  board.write8(place.places.ringStatus + index, RING_FREE);
}

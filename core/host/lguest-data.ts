/**
 * The fields of lguest_data the host reads and writes while the guest runs.  Before LGUEST_INIT there is no such page,
 * and the answers are those of a machine with interrupts off.
 */

import type { GuestPhysical } from '../agreement/addresses.ts';
import { INSTRUCTIONS_PER_MICROSECOND } from '../agreement/clock.ts';
import { IRQ_ON, type LguestEra } from '../agreement/lguest-data.ts';
import type { GuestCpu } from './guest-cpu.ts';
import type { GuestBlock } from './guest-memory.ts';

export type Field = keyof LguestEra['at'];
/** Of a field an era does not have. */
const NOWHERE = -1;
/** Where on the board each field of one guest's lguest_data lies, or NOWHERE. */
export type FieldPlaces = Readonly<Record<Field, number>>;

/** The record at `at`, which was found to be in memory, and so is all of it. */
export function fieldPlaces(memory: GuestBlock, at: GuestPhysical, era: LguestEra): FieldPlaces {
  const start = memory.base + at;
  const placed = Object.entries(era.at).map(([field, offset]) => [field, offset === null ? NOWHERE : start + offset]);
  return Object.fromEntries(placed) as FieldPlaces; // the same keys
}

/** Any field: for what happens seldom. Those below are asked for by name, which costs a load and no look-up. */
export function readField(cpu: GuestCpu, field: Field): number {
  return cpu.lguestData === null ? 0 : readPlace(cpu, cpu.lguestData.places[field]);
}

export function writeField(cpu: GuestCpu, field: Field, value: number): void {
  if (cpu.lguestData !== null) writePlace(cpu, cpu.lguestData.places[field], value);
}

const readPlace = (cpu: GuestCpu, at: number): number => (at === NOWHERE ? 0 : cpu.board.read32(at));

function writePlace(cpu: GuestCpu, at: number, value: number): void {
  if (at !== NOWHERE) cpu.board.write32(at, value >>> 0);
}

export const readIrqEnabled = ({ lguestData: place, board }: GuestCpu): number =>
  place === null ? 0 : board.read32(place.places.irqEnabled);

export function writeIrqEnabled({ lguestData: place, board }: GuestCpu, value: number): void {
  if (place !== null) board.write32(place.places.irqEnabled, value >>> 0);
}

export const readBlockedInterrupts = ({ lguestData: place, board }: GuestCpu): number =>
  place === null ? 0 : board.read32(place.places.blockedInterrupts);

/** The address of the guest's last page fault, as cr2 would have it. */
export const readFaultAddress = ({ lguestData: place, board }: GuestCpu): number =>
  place === null ? 0 : board.read32(place.places.cr2);

export function writeFaultAddress({ lguestData: place, board }: GuestCpu, address: number): void {
  if (place !== null) board.write32(place.places.cr2, address >>> 0);
}

/** Lets the guest know, the next time it enables interrupts, whether to call us. */
export function showIrqPending(cpu: GuestCpu, pending: boolean): void {
  if (cpu.irqPendingShown === pending) return;
  cpu.irqPendingShown = pending;
  writeField(cpu, 'irqPending', pending ? IRQ_ON : 0);
}

const NANOSECONDS_PER_INSTRUCTION = 1000 / INSTRUCTIONS_PER_MICROSECOND;
const INSTRUCTIONS_PER_SECOND = INSTRUCTIONS_PER_MICROSECOND * 1_000_000;

/** What time it is: the board's clock, and the wall clock's seconds when that was 0. */
export interface BoardTime {
  readonly clock: number;
  readonly secondsAtStart: number;
}

/** Writes the wall clock's time. */
export function writeTime(cpu: GuestCpu, now: BoardTime): void {
  writeField(cpu, 'timeSeconds', now.secondsAtStart + Math.floor(now.clock / INSTRUCTIONS_PER_SECOND));
  const rest = now.clock % INSTRUCTIONS_PER_SECOND;
  writeField(cpu, 'timeNanoseconds', Math.floor(rest * NANOSECONDS_PER_INSTRUCTION));
}

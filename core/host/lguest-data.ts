/**
 * The fields of lguest_data the host reads and writes while the guest runs.  Before LGUEST_INIT there is no such page,
 * and the answers are those of a machine with interrupts off.
 */

import type { GuestPhysical } from '../agreement/addresses.ts';
import { INSTRUCTIONS_PER_MICROSECOND } from '../agreement/clock.ts';
import { IRQ_ON, type LguestEra } from '../agreement/lguest-data.ts';
import type { GuestCpu } from './guest-cpu.ts';

export type Field = keyof LguestEra['at'];
/** Where each field of one guest's lguest_data lies; null where its era has none. */
export type FieldPlaces = Readonly<Record<Field, GuestPhysical | null>>;

/** The record at `at`, which was found to be in memory. */
export function fieldPlaces(at: GuestPhysical, era: LguestEra): FieldPlaces {
  const placed = Object.entries(era.at).map(([field, offset]) => [field, offset === null ? null : at + offset]);
  return Object.fromEntries(placed) as FieldPlaces; // the same keys, and sums within the record
}

/** Where a field lies; null if this guest has none. The whole record was found to be in memory at LGUEST_INIT. */
export function fieldPlace(cpu: GuestCpu, field: Field): GuestPhysical | null {
  return cpu.lguestData === null ? null : cpu.lguestData.places[field];
}

export function readField(cpu: GuestCpu, field: Field): number {
  const at = fieldPlace(cpu, field);
  return at === null ? 0 : cpu.memory.read32(at);
}

export function writeField(cpu: GuestCpu, field: Field, value: number): void {
  const at = fieldPlace(cpu, field);
  if (at !== null) cpu.memory.write32(at, value >>> 0);
}

export const readIrqEnabled = (cpu: GuestCpu): number => readField(cpu, 'irqEnabled');
export const writeIrqEnabled = (cpu: GuestCpu, value: number): void => writeField(cpu, 'irqEnabled', value);

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

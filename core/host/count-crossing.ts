/**
 * Bookkeeping for one trip into a guest and back: what the processor did meanwhile, told apart by ring, and what it
 * would have cost on a processor that charges for more than instructions.
 */

import type { Ground, ProcessorEvents } from '../agreement/ground.ts';
import { modelCycles, type PricedEvent } from '../counters/cost-model.ts';
import type { GuestCpu } from './guest-cpu.ts';

const pricedEvents: readonly PricedEvent[] = [
  'cr3Loads',
  'tlbFills',
  'segmentLoads',
  'tableLoads',
  'deliveries',
  'iretInstructions',
  'farTransfers',
];

/** What happened on one trip. */
export interface Trip {
  readonly switcherInstructions: number;
  readonly kernelInstructions: number;
  readonly userInstructions: number;
  readonly guestInstructions: number;
  readonly nonMaskableInterrupts: number;
  readonly modelledCycles: number;
}

/** What the processor had counted when last looked at, and what it did since. */
export interface TripMeter {
  readonly events: ProcessorEvents;
  readonly before: Record<PricedEvent, number>;
  readonly since: Record<PricedEvent, number>;
  readonly instructionsBefore: [number, number, number, number];
  nmisBefore: number;
}

export function createTripMeter(ground: Ground): TripMeter {
  const zeros = () => Object.fromEntries(pricedEvents.map((event) => [event, 0])) as Record<PricedEvent, number>; // all of them
  const instructionsBefore: TripMeter['instructionsBefore'] = [0, 0, 0, 0];
  return { events: ground.events, before: zeros(), since: zeros(), instructionsBefore, nmisBefore: 0 };
}

/** A trip begins: whatever the processor did until now belongs to nobody. */
export function departMeter(meter: TripMeter): void {
  const { events } = meter;
  for (const event of pricedEvents) meter.before[event] = events[event];
  for (let ring = 0; ring < 4; ring++) meter.instructionsBefore[ring] = events.instructions[ring];
  meter.nmisBefore = events.nmis;
}

/** The trip is over: what happened on it. */
export function readMeter(meter: TripMeter): Trip {
  const { events } = meter;
  for (const event of pricedEvents) meter.since[event] = events[event] - meter.before[event];
  const { instructionsBefore: before } = meter;
  const [ring0, ring1, ring2, ring3] = events.instructions;
  const switcherInstructions = ring0 - before[0];
  // A guest that builds itself a ring 2 has it counted as kernel.
  const kernelInstructions = ring1 + ring2 - before[1] - before[2];
  const userInstructions = ring3 - before[3];
  const guestInstructions = kernelInstructions + userInstructions;
  return {
    switcherInstructions,
    kernelInstructions,
    userInstructions,
    guestInstructions,
    nonMaskableInterrupts: events.nmis - meter.nmisBefore,
    modelledCycles: modelCycles(switcherInstructions + guestInstructions, meter.since),
  };
}

/** Adds a trip to the guest's counters. */
export function countTrip(cpu: GuestCpu, trip: Trip): void {
  const { counters } = cpu;
  counters.roundTrips++;
  counters.switcherInstructions += trip.switcherInstructions;
  counters.guestInstructions += trip.guestInstructions;
  counters.guestKernelInstructions += trip.kernelInstructions;
  counters.guestUserInstructions += trip.userInstructions;
  counters.nonMaskableInterrupts += trip.nonMaskableInterrupts;
  counters.modelledCycles += trip.modelledCycles;
}

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

type Reading = Record<PricedEvent, number> & { instructions: number[]; nmis: number };

function read(events: ProcessorEvents): Reading {
  const { cr3Loads, tlbFills, segmentLoads, tableLoads, deliveries, iretInstructions, farTransfers, nmis } = events;
  const instructions = [...events.instructions];
  return {
    instructions,
    cr3Loads,
    tlbFills,
    segmentLoads,
    tableLoads,
    deliveries,
    iretInstructions,
    farTransfers,
    nmis,
  };
}

/** Runs `go` and answers with what the processor did in it. */
export function measureTrip<Result>(ground: Ground, go: () => Result): { result: Result; trip: Trip } {
  const before = read(ground.events);
  const result = go();
  const after = read(ground.events);
  const [ring0, ring1, ring2, ring3] = after.instructions.map((count, ring) => count - before.instructions[ring]);
  for (const event of pricedEvents) after[event] -= before[event];
  const trip = {
    switcherInstructions: ring0,
    // A guest that builds itself a ring 2 has it counted as kernel.
    kernelInstructions: ring1 + ring2,
    userInstructions: ring3,
    guestInstructions: ring1 + ring2 + ring3,
    nonMaskableInterrupts: after.nmis - before.nmis,
    modelledCycles: modelCycles(ring0 + ring1 + ring2 + ring3, after),
  };
  return { result, trip };
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

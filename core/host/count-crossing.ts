/**
 * Bookkeeping for the trips of a board: what the processor did, told apart by ring, and what it would have cost on one
 * that charges for more than instructions.  Nobody reads these sums between two crossings, so nobody is made to wait for
 * them there: all that was done since the last settlement was done for the guest that is on, and it is charged with it
 * when another guest's turn comes or when somebody asks.
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

const RINGS = 4;
const USER = 3;

/** What the processor had counted at the last settlement. */
export interface TripMeter {
  readonly events: ProcessorEvents;
  readonly before: Record<PricedEvent, number>;
  readonly instructionsBefore: [number, number, number, number];
  nmisBefore: number;
  /** Instructions of ring 3 when a guest last came home. */
  userAtHome: number;
}

/** Whatever the processor did until now belongs to nobody. */
export function createTripMeter({ events }: Ground): TripMeter {
  const before = Object.fromEntries(pricedEvents.map((event) => [event, 0])) as TripMeter['before']; // all of them
  const meter: TripMeter = { events, before, instructionsBefore: [0, 0, 0, 0], nmisBefore: 0, userAtHome: 0 };
  read(meter);
  return meter;
}

/** Notes the processor's counts as settled. */
function read(meter: TripMeter): void {
  const { events, instructionsBefore } = meter;
  for (const event of pricedEvents) meter.before[event] = events[event];
  for (let ring = 0; ring < RINGS; ring++) instructionsBefore[ring] = events.instructions[ring];
  meter.nmisBefore = events.nmis;
}

/** Instructions begun in ring 3 on the trip that has just ended. Once for each. */
export function userInstructionsOfTrip(meter: TripMeter): number {
  const now = meter.events.instructions[USER];
  const begun = now - meter.userAtHome;
  meter.userAtHome = now;
  return begun;
}

/** Instructions begun in the guest's rings since the last settlement. */
export function guestInstructionsSince({ events, instructionsBefore: before }: TripMeter): number {
  const [, ring1, ring2, ring3] = events.instructions;
  return ring1 + ring2 + ring3 - before[1] - before[2] - before[3];
}

/** Charges `cpu`, for whom the processor ran since the last settlement; null for nobody. */
export function settleMeter(meter: TripMeter, cpu: GuestCpu | null): void {
  if (cpu !== null) charge(meter, cpu);
  read(meter);
}

function charge({ events, before, instructionsBefore, nmisBefore }: TripMeter, { counters }: GuestCpu): void {
  const [ring0, ring1, ring2, ring3] = events.instructions;
  const switcherInstructions = ring0 - instructionsBefore[0];
  // A guest that builds itself a ring 2 has it counted as kernel.
  const kernelInstructions = ring1 + ring2 - instructionsBefore[1] - instructionsBefore[2];
  const userInstructions = ring3 - instructionsBefore[USER];
  const guestInstructions = kernelInstructions + userInstructions;
  counters.switcherInstructions += switcherInstructions;
  counters.guestInstructions += guestInstructions;
  counters.guestKernelInstructions += kernelInstructions;
  counters.guestUserInstructions += userInstructions;
  counters.nonMaskableInterrupts += events.nmis - nmisBefore;
  const since = Object.fromEntries(pricedEvents.map((event) => [event, events[event] - before[event]]));
  // The same keys as `before`, which has all.
  counters.modelledCycles += modelCycles(switcherInstructions + guestInstructions, since as TripMeter['before']);
}

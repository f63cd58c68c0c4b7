/**
 * What one run amounted to, under the counters' own names: `boot --counters`, the comparison and later the screen all
 * show this object.  Ratios are derived here and nowhere else.
 */

import { INSTRUCTIONS_PER_MICROSECOND } from '../agreement/clock.ts';
import type { Counters } from '../counters/list.ts';
import type { Machine, Tallies } from './machine.ts';

export interface RunSummary extends Counters {
  /** Crossings to the host for each ring-3 fault the guest must see; 0 when there was none. */
  readonly roundTripsPerUserFault: number;
  /** Guest and Switcher together: all the board executed for this guest. */
  readonly allInstructions: number;
  readonly wallSeconds: number;
  /** The board's time, idling included. */
  readonly boardSeconds: number;
  readonly end: 'power off' | 'restart' | 'killed' | 'running';
  readonly reason: string;
  readonly restarts: number;
  /** Finer tallies. */
  readonly roundTripsByCause: Tallies['roundTrips'];
  readonly hypercallsByName: Tallies['hypercalls'];
  readonly handedOnByReason: Tallies['handedOn'];
}

/** The board's clock in milliseconds. */
export const boardMs = (boardClock: number): number => boardClock / (INSTRUCTIONS_PER_MICROSECOND * 1000);

/** Everything counted about a machine so far. `boardClock` is its host's. */
export function summarizeRun(machine: Machine, boardClock: number, wallSeconds: number): RunSummary {
  const { counters, tallies, state } = machine;
  const { userPageFaults, userFaultCrossings } = counters;
  return {
    ...counters,
    roundTripsPerUserFault: userPageFaults === 0 ? 0 : userFaultCrossings / userPageFaults,
    allInstructions: counters.guestInstructions + counters.switcherInstructions,
    wallSeconds,
    boardSeconds: boardMs(boardClock) / 1000,
    end: state.is === 'ended' ? state.end : 'running',
    reason: state.is === 'ended' ? state.reason : '',
    restarts: machine.restarts,
    roundTripsByCause: tallies.roundTrips,
    hypercallsByName: tallies.hypercalls,
    handedOnByReason: tallies.handedOn,
  };
}

/**
 * Several guests on one board: each gets a slice in turn, whoever waits is passed over, and whoever has something to
 * say says it.  The order is that of the list, continued where it was left, so that nobody starves and two runs are
 * alike.
 */

import type { Guest, GuestEvent, Host } from './guest-events.ts';

export type RoundRobinEvent =
  /** A guest has news; it should be dealt with before the next call. */
  | { readonly why: 'guest'; readonly guest: Guest; readonly event: Extract<GuestEvent, { why: 'notify' | 'dead' }> }
  /** Nobody can go on before then; null for never, unless an interrupt is raised. */
  | { readonly why: 'all idle'; readonly untilInstruction: number | null }
  | { readonly why: 'budget spent' };

export interface RoundRobin {
  /** Serves the living among `guests` in turn until one has news, all wait, or the budget is used up. */
  run(guests: readonly Guest[], budgetInstructions: number): RoundRobinEvent;
}

/** Instructions a guest gets before the next one's turn: ten milliseconds of the board's clock, as Linux gave. */
export const DEFAULT_SLICE_INSTRUCTIONS = 1_000_000;

export function createRoundRobin(host: Host, sliceInstructions = DEFAULT_SLICE_INSTRUCTIONS): RoundRobin {
  let turn = 0;
  return {
    run(guests, budgetInstructions) {
      const end = host.clock + budgetInstructions;
      let waiting: number[] = [];
      while (host.clock < end) {
        if (waiting.length >= guests.length) return allIdle(waiting);
        const guest = guests[turn % guests.length];
        if (guest.dead !== null) {
          turn = (turn + 1) % guests.length;
          waiting.push(Number.POSITIVE_INFINITY);
          continue;
        }
        const event = host.runGuest(guest, Math.min(sliceInstructions, end - host.clock));
        turn = (turn + 1) % guests.length;
        if (event.why === 'notify' || event.why === 'dead') return { why: 'guest', guest, event };
        if (event.why === 'idle') waiting.push(event.untilInstruction ?? Number.POSITIVE_INFINITY);
        else waiting = [];
      }
      return { why: 'budget spent' };
    },
  };
}

function allIdle(waiting: readonly number[]): RoundRobinEvent {
  const soonest = Math.min(...waiting);
  return { why: 'all idle', untilInstruction: Number.isFinite(soonest) ? soonest : null };
}

/**
 * Several guests on one board: each gets a slice in turn, whoever waits is passed over, and whoever has something to
 * say says it.  The order is that of the list, continued where it was left, so that nobody starves and two runs are
 * alike.  Who takes the turns may be guests or what a launcher makes of them; the rota only needs to know how a turn went.
 */

import type { Guest, GuestEvent, Host } from './guest-events.ts';

/** How a turn went: used (or begun and cut short), given up because there was nothing to do, or over with news. */
export type Turn = 'ran' | 'waits' | 'news';

/** Instructions a guest gets before the next one's turn: ten milliseconds of the board's clock, as Linux gave. */
export const DEFAULT_SLICE_INSTRUCTIONS = 1_000_000;

export class Rota<Member> {
  private readonly takeTurn: (member: Member, budgetInstructions: number) => Turn;
  private readonly clock: () => number;
  private readonly slice: number;
  private next = 0;
  /** What the next member has had of its slice: a turn that a budget cut short goes on with the next budget. */
  private used = 0;

  constructor(takeTurn: (member: Member, budgetInstructions: number) => Turn, clock: () => number, slice: number) {
    this.takeTurn = takeTurn;
    this.clock = clock;
    this.slice = slice;
  }

  /** Gives turns until somebody has news, nobody has anything to do, or the budget is used up by the clock. */
  run(members: readonly Member[], budgetInstructions: number): Member | 'all wait' | 'budget spent' {
    const end = this.clock() + budgetInstructions;
    let waiting = 0;
    while (waiting < members.length) {
      const left = end - this.clock();
      if (left <= 0) return 'budget spent';
      const member = members[this.next % members.length];
      const turn = this.turnOf(member, left, members.length);
      if (turn === 'news') return member;
      waiting = turn === 'waits' ? waiting + 1 : 0;
    }
    return 'all wait';
  }

  private turnOf(member: Member, left: number, members: number): Turn {
    const before = this.clock();
    const turn = this.takeTurn(member, members === 1 ? left : Math.min(this.slice - this.used, left));
    const took = this.clock() - before;
    this.used += took;
    if (turn !== 'ran' || took === 0 || this.used >= this.slice) {
      this.next = (this.next + 1) % members;
      this.used = 0;
    }
    return turn;
  }
}

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

/** A rota of guests, for whoever has no devices to attend to. */
export function createRoundRobin(host: Host, sliceInstructions = DEFAULT_SLICE_INSTRUCTIONS): RoundRobin {
  const last = new Map<Guest, GuestEvent>();
  const takeTurn = (guest: Guest, budget: number): Turn => {
    if (guest.dead !== null) return 'waits';
    const event = host.runGuest(guest, budget);
    last.set(guest, event);
    if (event.why === 'idle') return 'waits';
    return event.why === 'slice over' ? 'ran' : 'news';
  };
  const rota = new Rota(takeTurn, () => host.clock, sliceInstructions);
  return {
    run(guests, budgetInstructions) {
      const outcome = rota.run(guests, budgetInstructions);
      if (outcome === 'budget spent') return { why: 'budget spent' };
      if (outcome === 'all wait') return { why: 'all idle', untilInstruction: soonest(guests, last) };
      const event = last.get(outcome);
      if (event?.why !== 'notify' && event?.why !== 'dead') throw new Error('a guest without news ended a round');
      return { why: 'guest', guest: outcome, event };
    },
  };
}

function soonest(guests: readonly Guest[], last: ReadonlyMap<Guest, GuestEvent>): number | null {
  let first = Number.POSITIVE_INFINITY;
  for (const guest of guests) {
    const event = last.get(guest);
    if (guest.dead === null && event?.why === 'idle') first = Math.min(first, event.untilInstruction ?? first);
  }
  return Number.isFinite(first) ? first : null;
}

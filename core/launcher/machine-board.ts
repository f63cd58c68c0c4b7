/**
 * Several machines on one board, a turn each, round robin.  When all of them idle it says until when, and whoever runs
 * it decides whether to wait that long or to let the board's clock jump there.
 */

import type { Host } from '../host/guest-events.ts';
import { Rota } from '../host/round-robin.ts';
import { createMachine, type Machine, type MachineOptions } from './machine.ts';

/** What a front runs at a time: short enough to answer a key, long enough that stopping costs next to nothing. */
export const SLICE_INSTRUCTIONS = 250_000;
/** A turn among neighbours: two milliseconds of the board's time. */
const TURN_INSTRUCTIONS = 200_000;

export type BoardState =
  | { readonly is: 'running' }
  /** Everyone who is still alive waits; the earliest clock among them fires then (null: none is set). */
  | { readonly is: 'idle'; readonly untilInstruction: number | null }
  | { readonly is: 'ended' };

export class MachineBoard {
  readonly host: Host;
  readonly machines: Machine[] = [];
  /** Instructions executed by all machines, Switcher included; time skipped is not in it. */
  executedInstructions = 0;

  private readonly rota: Rota<Machine>;

  constructor(host: Host) {
    this.host = host;
    const takeTurn = (machine: Machine, budget: number) => {
      const { restarts } = machine;
      if (machine.run(budget).is !== 'running') return 'waits';
      // A restart clears all of a guest's memory, and some do little else.
      return machine.outputFull || machine.restarts !== restarts ? 'news' : 'ran';
    };
    this.rota = new Rota(takeTurn, () => host.clock, TURN_INSTRUCTIONS);
  }

  /** Puts one more machine on the board; throws ImageError. */
  add(options: Omit<MachineOptions, 'host'>): Machine {
    const machine = createMachine({ ...options, host: this.host });
    this.machines.push(machine);
    return machine;
  }

  /** Gives everyone turns until about `budgetInstructions` are used up, all idle, all have ended, one printed a lot or began again. */
  run(budgetInstructions: number): BoardState {
    const alive = this.machines.filter((machine) => machine.state.is !== 'ended');
    const before = this.host.clock;
    const outcome = this.rota.run(alive, budgetInstructions);
    this.executedInstructions += this.host.clock - before;
    const living = alive.filter((machine) => machine.state.is !== 'ended');
    if (living.length === 0) return { is: 'ended' };
    return outcome === 'all wait' ? { is: 'idle', untilInstruction: earliest(living) } : { is: 'running' };
  }

  /** Everyone idles: lets the board's clock jump ahead to a count, which must not lie behind it. */
  skipTo(instruction: number): void {
    this.host.skipTime(Math.max(0, instruction - this.host.clock));
  }
}

function earliest(machines: readonly Machine[]): number | null {
  let first: number | null = null;
  for (const { state } of machines) {
    if (state.is !== 'idle' || state.untilInstruction === null) continue;
    first = first === null ? state.untilInstruction : Math.min(first, state.untilInstruction);
  }
  return first;
}

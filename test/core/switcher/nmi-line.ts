/**
 * Ground with a hand on its NMI line: raises NMIs at chosen instruction counts, at exactly those boundaries, and watches
 * how much the guest still got to run before the host's handler had each.
 */

import type { Ground, GroundExit } from '../../../core/agreement/ground.ts';
import { type HostWorld, vectorServed } from '../../../core/switcher/host-world.ts';

export class NmiLine {
  #inner: Ground | null = null;
  #at: number[] = [];
  /** NMIs raised that could not be latched, because one was waiting already. */
  merged = 0;
  /** Instructions of rings 1 and 3 that began between an NMI and its handler; should stay 0. */
  late = 0;
  /** Whose handlers are watched. */
  world: HostWorld | null = null;
  #raisedAt = 0;

  /** Stands in front of `ground`; all but `run` goes straight through. */
  wrap(ground: Ground): Ground {
    this.#inner = ground;
    // A stand-in by inheritance: everything it does not answer itself is answered by the ground behind it.
    return Object.create(ground, { run: { value: (budget: number) => this.#run(ground, budget) } }) as Ground;
  }

  /** Raises one after each of these numbers of instructions from now. */
  raiseAfter(...instructions: number[]): void {
    const now = this.#inner?.instructions ?? 0;
    this.#at = instructions.map((count) => now + count).sort((one, other) => one - other);
    this.merged = 0;
    this.late = 0;
  }

  #run(ground: Ground, budget: number): GroundExit {
    const end = ground.instructions + budget;
    for (;;) {
      while (this.#at.length > 0 && this.#at[0] <= ground.instructions) {
        this.#at.shift();
        if (ground.nmiPending) this.merged++;
        this.#raisedAt = inGuest(ground);
        ground.raiseNmi();
      }
      const next = Math.min(end, this.#at[0] ?? end);
      const exit = ground.run(next - ground.instructions);
      if (exit.why === 'halted' && this.world !== null && vectorServed(this.world, ground.registers.eip) === 2) {
        this.late += inGuest(ground) - this.#raisedAt;
      }
      if (exit.why !== 'budget spent' || ground.instructions >= end) return exit;
    }
  }
}

const inGuest = ({ events }: Ground) => events.instructions[1] + events.instructions[3];

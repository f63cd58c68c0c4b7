/**
 * Two boards that pass for one: a host or a test that stands on it does everything to both, and every step of theirs is
 * compared.  The first is the reference and answers what is asked.  Where they part, `Parted` unwinds whoever was on it;
 * nothing after that would mean anything.
 */

import type {
  Ground,
  GroundExit,
  PhysicalMemory,
  Ports,
  ProcessorEvents,
  Registers,
} from '../../core/agreement/ground.ts';
import type { Board } from '../../core/x86/board.ts';
import { sameMemory, sameProcessors } from './compare-boards.ts';
import { mirrored } from './mirrored.ts';
import { TwinPorts } from './twin-ports.ts';

export interface TwinTerms {
  /** Registers and counts are compared so often. */
  readonly step: number;
  /** RAM is compared so often: that takes a while. */
  readonly memoryStep: number;
  /** Everything is compared exactly here, and then it is over: `Reached`. */
  readonly stopAt: number;
  /** From here on a step is one instruction, and what the first board executes is told. */
  readonly watchFrom: number;
  readonly watch: (board: Board) => void;
}

export const usualTerms: TwinTerms = {
  step: 100_000,
  memoryStep: 5_000_000,
  stopAt: Number.POSITIVE_INFINITY,
  watchFrom: Number.POSITIVE_INFINITY,
  watch: () => {},
};

/** After `agreed` instructions they were alike in everything, after `by` they were not. */
export class Parted extends Error {
  readonly agreed: number;
  readonly by: number;

  constructor(agreed: number, by: number) {
    super(`the engines part between instruction ${agreed} and ${by}`);
    this.agreed = agreed;
    this.by = by;
  }
}

/** As far as was asked, and alike in everything. */
export class Reached extends Error {}

export class TwinBoard implements Ground {
  readonly one: Board;
  readonly other: Board;
  readonly memory: PhysicalMemory;
  readonly registers: Registers;
  readonly events: ProcessorEvents;
  /** The boards' count when the twins began: they need not be new, only alike. */
  private readonly began: number;
  private readonly terms: TwinTerms;
  private readonly twinPorts = new TwinPorts();
  private ownPorts: Ports;
  private agreed = 0;
  private memoryDue: number;

  constructor(one: Board, other: Board, terms: Partial<TwinTerms> = {}) {
    this.one = one;
    this.other = other;
    this.terms = { ...usualTerms, ...terms };
    this.memoryDue = this.terms.memoryStep;
    this.memory = mirrored<PhysicalMemory>(one.memory, other.memory);
    this.registers = mirrored(one.registers, other.registers);
    this.events = one.events;
    this.ownPorts = one.ports;
    this.began = one.instructions;
  }

  get instructions(): number {
    return this.one.instructions - this.began;
  }

  get clock(): number {
    return this.one.clock;
  }

  get nmiPending(): boolean {
    return this.one.nmiPending;
  }

  get ports(): Ports {
    return this.ownPorts;
  }

  set ports(ports: Ports) {
    this.ownPorts = ports;
    this.one.ports = this.twinPorts.asking(ports);
    this.other.ports = this.twinPorts.repeating;
  }

  skipTime(instructions: number): void {
    this.one.skipTime(instructions);
    this.other.skipTime(instructions);
  }

  raiseInterrupt(vector: number): void {
    this.one.raiseInterrupt(vector);
    this.other.raiseInterrupt(vector);
  }

  raiseNmi(): void {
    this.one.raiseNmi();
    this.other.raiseNmi();
  }

  /** As a board's; throws Parted and Reached. */
  run(budgetInstructions: number): GroundExit {
    const end = this.instructions + budgetInstructions;
    for (;;) {
      const exit = this.runStep(end - this.instructions);
      if (exit.why !== 'budget spent' || this.instructions >= end) return exit;
    }
  }

  /** Compares everything, whatever is due; throws Parted. */
  check(): void {
    if (!sameProcessors(this.one, this.other) || !sameMemory(this.one, this.other)) this.part();
    this.agreed = this.instructions;
    this.memoryDue = this.agreed + this.terms.memoryStep;
  }

  private runStep(left: number): GroundExit {
    const { one, other, terms } = this;
    const done = this.instructions;
    if (done >= terms.stopAt) this.reach();
    const watched = done >= terms.watchFrom;
    const wanted = watched ? 1 : Math.min(left, terms.step - (done % terms.step), terms.watchFrom - done);
    if (watched) terms.watch(one);
    const budget = Math.min(wanted, terms.stopAt - done);
    const [exit, otherExit] = [one.run(budget), other.run(budget)];
    if (!sameExit(exit, otherExit) || !this.twinPorts.agree || !sameProcessors(one, other)) this.part();
    if (this.instructions >= this.memoryDue) this.check();
    return exit;
  }

  private reach(): never {
    this.check();
    throw new Reached();
  }

  private part(): never {
    throw new Parted(this.agreed, Math.max(this.instructions, this.other.instructions - this.began));
  }
}

function sameExit(one: GroundExit, other: GroundExit): boolean {
  return one.why === other.why && (one.why === 'budget spent' || JSON.stringify(one) === JSON.stringify(other));
}

/**
 * A random program on two boards that differ in their engine alone, as one machine: every stop compares why they
 * stopped, every architectural word and every count, and now and then all of RAM.
 */

import type { GroundExit } from '../../../../core/agreement/ground.ts';
import type { Board } from '../../../../core/x86/board.ts';
import { Parted, Reached, TwinBoard, type TwinTerms } from '../../../../main/lockstep/twin-board.ts';
import { install, type Program } from './program.ts';
import { turnsOf } from './schedule.ts';

export interface Pair {
  readonly one: Board;
  readonly other: Board;
}

export interface DuelEnd {
  readonly instructions: number;
  readonly parted: Parted | null;
  /** A board that shut down stays down. */
  readonly spent: boolean;
}

const MEMORY_STEP = 3000;
const final = ({ why }: GroundExit) => why === 'shut down' || why === 'not supported';

/**
 * Runs the program for about so many instructions.  The boards may have had other programs before, the same ones, and
 * may have more if they are not spent.
 */
export function duel(
  { one, other }: Pair,
  program: Program,
  instructions: number,
  terms?: Partial<TwinTerms>,
): DuelEnd {
  const step = Number.POSITIVE_INFINITY;
  const twins = new TwinBoard(one, other, { step, memoryStep: MEMORY_STEP, ...terms });
  try {
    install(twins, program);
    const exit = takeTurns(twins, program, instructions);
    twins.check();
    return { instructions: twins.instructions, parted: null, spent: final(exit) };
  } catch (end) {
    if (end instanceof Parted) return { instructions: end.by, parted: end, spent: true };
    if (end instanceof Reached) return { instructions: twins.instructions, parted: null, spent: true };
    throw end;
  }
}

function takeTurns(twins: TwinBoard, program: Program, instructions: number): GroundExit {
  for (const { budget, before } of turnsOf(program)) {
    before?.(twins);
    const exit = twins.run(budget);
    if (final(exit) || twins.instructions >= instructions) return exit;
  }
  throw new Error('turns never end');
}

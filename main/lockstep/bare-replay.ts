/** A multiboot file on twin boards. What it prints is not shown: `bare` does that. */

import { type BareImage, loadBare, newBareBoard } from '../bare-board.ts';
import type { Replay } from './first-difference.ts';
import type { ReplayTerms } from './guest-replay.ts';
import { TwinBoard } from './twin-board.ts';

/** Between two looks at the clock. */
const SLICE_INSTRUCTIONS = 1_000_000;

export function bareReplay(image: BareImage, budgetInstructions: number | null, terms: ReplayTerms): Replay {
  const budget = budgetInstructions ?? Number.POSITIVE_INFINITY;
  return async (more, made) => {
    const { step, memoryStep } = terms;
    const [one, other] = [newBareBoard(image, terms.one), newBareBoard(image, terms.other)];
    made({ one, other });
    const twins = new TwinBoard(one, other, { step, memoryStep, ...more });
    loadBare(twins, image, () => {});
    for (let left = budget; left > 0; left = budget - twins.instructions) {
      const exit = twins.run(Math.min(left, SLICE_INSTRUCTIONS));
      if (exit.why !== 'budget spent' || !(await terms.goesOn(twins.instructions))) break;
    }
    twins.check();
    await terms.goesOn(twins.instructions);
  };
}

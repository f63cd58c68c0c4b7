/**
 * Finds the first instruction after which two engines differ, by running the same thing again and again from the start:
 * to the middle of what is left, and so on.  Runs are functions of their inputs, so each goes the way of the last.
 */

import type { Board } from '../../core/x86/board.ts';
import { type Difference, differencesOf } from './compare-boards.ts';
import { type NextInstruction, nextInstruction } from './next-instruction.ts';
import { Parted, Reached, type TwinTerms } from './twin-board.ts';

export interface Twins {
  readonly one: Board;
  readonly other: Board;
}

/**
 * Runs the thing anew on new boards, on these terms, and hands the boards to `made` before they run.  Rejects with Parted
 * or Reached, or resolves if it ended of itself.
 */
export type Replay = (terms: Partial<TwinTerms>, made: (twins: Twins) => void) => Promise<void>;

export interface FirstDifference {
  /** They are alike after so many instructions, and differ after one more. */
  readonly agreed: number;
  readonly differences: readonly Difference[];
  readonly twins: Twins;
  /** What the reference executed last, oldest first; the last one is where they part. */
  readonly trail: readonly NextInstruction[];
}

const TRAIL = 12;

/** Null if the difference does not come back when the thing runs again. */
export async function findFirstDifference(replay: Replay, parted: Parted): Promise<FirstDifference | null> {
  let agreed = parted.agreed;
  let differs = (await differsAt(replay, parted.by)) ?? -1;
  if (differs < 0) return null;
  while (differs - agreed > 1) {
    const middle = Math.floor((agreed + differs) / 2);
    const found = await differsAt(replay, middle);
    if (found === null) agreed = middle;
    else differs = Math.max(agreed + 1, found);
  }
  return describe(replay, agreed, differs);
}

/** Where they differ when run up to `count`, which may be sooner; null if they do not. */
async function differsAt(replay: Replay, count: number): Promise<number | null> {
  const end = await outcome(replay, { stopAt: count });
  return end === null ? null : Math.min(count, end.by);
}

/** Null if they did not part. */
export async function outcome(
  replay: Replay,
  terms: Partial<TwinTerms>,
  made: (twins: Twins) => void = () => {},
): Promise<Parted | null> {
  try {
    await replay(terms, made);
  } catch (end) {
    if (end instanceof Parted) return end;
    if (!(end instanceof Reached)) throw end;
  }
  return null;
}

async function describe(replay: Replay, agreed: number, differs: number): Promise<FirstDifference> {
  const trail: NextInstruction[] = [];
  const watch = (board: Board) => {
    trail.push(nextInstruction(board));
  };
  await outcome(replay, { stopAt: differs, watchFrom: Math.max(0, differs - TRAIL), watch });
  const twins: Twins[] = [];
  await outcome(replay, { stopAt: differs }, (made) => twins.push(made));
  const [{ one, other }] = twins;
  return { agreed, differences: differencesOf(one, other), twins: twins[0], trail };
}

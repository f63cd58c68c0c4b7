/**
 * Many random programs, one after the other, on one pair of boards: what the last one left behind in an engine must not
 * matter to the next.  The first difference is traced to its instruction and reported with the program's number.
 */

import { findFirstDifference } from '../../../../main/lockstep/first-difference.ts';
import { differenceReport, type EngineNames } from '../../../../main/lockstep/report.ts';
import { duel, type Pair } from './duel.ts';
import { randomProgram } from './program.ts';

export interface TournamentTerms {
  readonly names: EngineNames;
  readonly newPair: () => Pair;
  readonly firstSeed: number;
  /** Instructions of each program. */
  readonly each: number;
  readonly instructions: number;
  /** After each program: instructions done so far. */
  readonly onProgress?: (instructions: number, programs: number) => void;
}

export interface TournamentEnd {
  readonly instructions: number;
  readonly programs: number;
  /** What was found, as text; null if the engines agree. */
  readonly difference: string | null;
}

/** Boards are thrown away after so many programs: what went wrong is easier to repeat. */
const PROGRAMS_PER_PAIR = 64;

export async function tournament(terms: TournamentTerms): Promise<TournamentEnd> {
  let pair = terms.newPair();
  let [instructions, programs, age] = [0, 0, 0];
  while (instructions < terms.instructions) {
    const seed = terms.firstSeed + programs;
    const end = duel(pair, randomProgram(seed), terms.each);
    programs++;
    instructions += end.instructions;
    if (end.parted !== null) {
      return { instructions, programs, difference: await explain(terms, seed, seed - age) };
    }
    if (end.spent || ++age >= PROGRAMS_PER_PAIR) {
      pair = terms.newPair();
      age = 0;
    }
    terms.onProgress?.(instructions, programs);
  }
  return { instructions, programs, difference: null };
}

/** The program alone, or where that is not enough the ones before it on the same boards first. */
async function explain(terms: TournamentTerms, seed: number, oldest: number): Promise<string> {
  for (const first of oldest === seed ? [seed] : [seed, oldest]) {
    const parted = replay(terms, first, seed);
    if (parted === null) continue;
    const found = await findFirstDifference(async (more, made) => {
      const again = replay(terms, first, seed, more, made);
      if (again !== null) throw again;
    }, parted);
    const which = first === seed ? `program ${seed}` : `program ${seed}, after those from ${first} on`;
    if (found !== null) return `${which}: ${differenceReport(found, terms.names)}`;
    return `${which}: the engines differ by instruction ${parted.by}, but not when stopped there`;
  }
  return `program ${seed} made the engines differ, once`;
}

function replay(
  { newPair, each }: TournamentTerms,
  first: number,
  last: number,
  more?: Parameters<typeof duel>[3],
  made: (pair: Pair) => void = () => {},
) {
  const pair = newPair();
  for (let seed = first; seed < last; seed++) duel(pair, randomProgram(seed), each);
  made(pair);
  return duel(pair, randomProgram(last), each, more).parted;
}

/**
 * What the world outside does to a random program: how long it runs at a time, and what arrives in between.  All of it
 * is decided beforehand, from the program's number, so that it happens at the same counts every time.
 */

import type { Ground } from '../../../../core/agreement/ground.ts';
import { type Random, random } from '../encoding/random.ts';
import { world } from '../small-world.ts';
import { fuzz } from './fuzz-world.ts';
import type { Program } from './program.ts';

export interface Turn {
  readonly budget: number;
  /** Done before the run, the same to each board. */
  readonly before: ((board: Ground) => void) | null;
}

const PAGE = 0x1000;
const FIRST_EXTERNAL_VECTOR = 0x20;

function someBudget(dice: Random): number {
  const roll = dice.below(16);
  if (roll < 3) return 1;
  if (roll < 5) return 2;
  if (roll < 7) return 7;
  if (roll < 10) return 1 + dice.below(60);
  return roll < 14 ? 1 + dice.below(700) : 1 + dice.below(5000);
}

function someEvent(dice: Random, program: Program): Turn['before'] {
  const roll = dice.below(12);
  if (roll < 2) {
    const vector = FIRST_EXTERNAL_VECTOR + dice.below(16);
    return (board) => board.raiseInterrupt(vector);
  }
  if (roll === 2) return (board) => board.raiseNmi();
  if (roll === 3) {
    const at = world.data + dice.below(fuzz.dataPages * PAGE);
    const bytes = Uint8Array.from({ length: 1 + dice.below(32) }, () => dice.below(256));
    return ({ memory }) => memory.writeBytes(at, bytes);
  }
  if (roll === 4) return ({ memory }) => memory.writeBytes(program.origin, program.code);
  if (roll === 5) {
    const at = program.origin + dice.below(program.code.length);
    const byte = dice.below(256);
    return ({ memory }) => memory.write8(at, byte);
  }
  if (roll === 6) return (board) => board.skipTime(1000);
  return null;
}

/** Turns without end. */
export function* turnsOf(program: Program): Generator<Turn, never, void> {
  const dice = random(program.seed ^ 0x7ca11);
  for (;;) yield { budget: someBudget(dice), before: someEvent(dice, program) };
}

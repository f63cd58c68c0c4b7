/**
 * Every engine against the interpreter, over random programs: the same ones each time, and then some nobody has seen,
 * whose number is printed.  ASTRIDE_FUZZ_INSTRUCTIONS asks for more of the latter, ASTRIDE_FUZZ_SEED for certain ones;
 * `npm run fuzz` is for a hundred million.
 */

import { expect, test } from 'vitest';
import { createBoard, type EngineName, engines } from '../../../../core/x86/board.ts';
import { world } from '../small-world.ts';
import { tournament } from './tournament.ts';

const KNOWN_INSTRUCTIONS = 400_000;
const FRESH_INSTRUCTIONS = Number(process.env.ASTRIDE_FUZZ_INSTRUCTIONS ?? 200_000);
const freshSeed = Number(process.env.ASTRIDE_FUZZ_SEED ?? Math.floor(Date.now() / 1000));
/** Blocks are translated when they were executed so often: at once, as far as that goes. */
const HOT_AFTER = 2;
const EACH = 20_000;
/** Far more than it takes: some ten thousand instructions a second are usual, and no test judges speed. */
const TIMEOUT_MS = 60_000 + FRESH_INSTRUCTIONS;

const [reference, ...others] = engines;
const board = (engine: EngineName) => createBoard({ ramBytes: world.bytes, engine, hotAfter: HOT_AFTER });

const contest = (engine: EngineName, firstSeed: number, instructions: number) =>
  tournament({
    names: { one: reference, other: engine },
    newPair: () => ({ one: board(reference), other: board(engine) }),
    firstSeed,
    each: EACH,
    instructions,
  });

test.each(others)(
  'known programs run alike on interpreter and %s',
  async (engine) => {
    const end = await contest(engine, 1, KNOWN_INSTRUCTIONS);
    expect(end.difference).toBeNull();
    expect(end.instructions).toBeGreaterThanOrEqual(KNOWN_INSTRUCTIONS);
  },
  TIMEOUT_MS,
);

test.each(others)(
  `unknown programs, from ${freshSeed} on, run alike on interpreter and %s`,
  async (engine) => {
    const { difference } = await contest(engine, freshSeed, FRESH_INSTRUCTIONS);
    expect(difference).toBeNull();
  },
  TIMEOUT_MS,
);

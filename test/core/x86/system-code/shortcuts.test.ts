/**
 * Generated code before services, against the services alone: random programs full of faults, ring changes, other
 * address spaces, odd segments and page tables written under their own feet must not tell a board with the one from a
 * board with the other, neither by a register nor by a count.
 */

import { expect, test } from 'vitest';
import { createBoard } from '../../../../core/x86/board.ts';
import { tournament } from '../fuzz/tournament.ts';
import { world } from '../small-world.ts';

const KNOWN_INSTRUCTIONS = 1_000_000;
const FRESH_INSTRUCTIONS = Number(process.env.ASTRIDE_FUZZ_INSTRUCTIONS ?? 500_000);
const freshSeed = Number(process.env.ASTRIDE_FUZZ_SEED ?? Math.floor(Date.now() / 1000));
const EACH = 20_000;
const TIMEOUT_MS = 60_000 + FRESH_INSTRUCTIONS;

const board = (shortcuts: boolean) => createBoard({ ramBytes: world.bytes, engine: 'interpreter', shortcuts });

test.each([
  ['known programs', 500_000, KNOWN_INSTRUCTIONS],
  [`unknown programs, from ${freshSeed} on,`, freshSeed, FRESH_INSTRUCTIONS],
])(
  '%s run alike with generated code and with services alone',
  async (_name, firstSeed, instructions) => {
    const end = await tournament({
      names: { one: 'services', other: 'shortcuts' },
      newPair: () => ({ one: board(false), other: board(true) }),
      firstSeed,
      each: EACH,
      instructions,
    });
    expect(end.difference).toBeNull();
    expect(end.instructions).toBeGreaterThanOrEqual(instructions);
  },
  TIMEOUT_MS,
);

/**
 * The decoder's short ways (templates, blocks decoded and constants exchanged in generated code) against the decoder
 * without any: the engines share all of them, so comparing engines with each other would not tell.
 */

import { expect, test } from 'vitest';
import { createBoard, type EngineName } from '../../../../core/x86/board.ts';
import { templateMemory } from '../../../../core/x86/interpreter/templates.ts';
import { tournament } from '../fuzz/tournament.ts';
import { world } from '../small-world.ts';

const INSTRUCTIONS = 200_000;
const EACH = 20_000;
const FIRST_SEED = 131;
const TIMEOUT_MS = 120_000;

/** With no room for a single template. */
function plainBoard() {
  const board = createBoard({ ramBytes: world.bytes, engine: 'interpreter', shortcuts: false });
  board.state.i32[templateMemory.room >>> 2] = templateMemory.end;
  return board;
}

const engines: readonly EngineName[] = ['interpreter', 'translator'];

test.each(engines)(
  'decoding everything anew comes to the same as the %s',
  async (engine) => {
    const end = await tournament({
      names: { one: 'interpreter', other: engine },
      newPair: () => ({ one: plainBoard(), other: createBoard({ ramBytes: world.bytes, engine, hotAfter: 2 }) }),
      firstSeed: FIRST_SEED,
      each: EACH,
      instructions: INSTRUCTIONS,
    });
    expect(end.difference).toBeNull();
    expect(end.instructions).toBeGreaterThanOrEqual(INSTRUCTIONS);
  },
  TIMEOUT_MS,
);

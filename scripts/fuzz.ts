/**
 * Random programs on two engines until they differ, or for as long as it was asked to:
 *
 *     npm run -s fuzz -- [--instructions 100000000] [--seed N] [--each 20000] [--hot-after 2]
 *                        [--engine translator] [--reference interpreter]
 *
 * Every program has a number; `--seed N --instructions 1` runs program N alone.  Exit code 1 if the engines differ.
 */

import { parseArgs } from 'node:util';
import { createBoard } from '../core/x86/board.ts';
import { readEngine } from '../main/engine-option.ts';
import { tournament } from '../test/core/x86/fuzz/tournament.ts';
import { world } from '../test/core/x86/small-world.ts';

const { values } = parseArgs({
  options: {
    instructions: { type: 'string', default: '100000000' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 1000)) },
    each: { type: 'string', default: '20000' },
    'hot-after': { type: 'string', default: '2' },
    engine: { type: 'string', default: 'translator' },
    reference: { type: 'string', default: 'interpreter' },
  },
});

const [one, other] = [readEngine(values.reference), readEngine(values.engine)];
const hotAfter = Number(values['hot-after']);
const newBoard = (engine: typeof one) => createBoard({ ramBytes: world.bytes, engine, hotAfter });
const PROGRESS_EVERY_MS = 10_000;
const start = performance.now();
let shownAt = start;

const end = await tournament({
  names: { one, other },
  newPair: () => ({ one: newBoard(one), other: newBoard(other) }),
  firstSeed: Number(values.seed),
  each: Number(values.each),
  instructions: Number(values.instructions),
  onProgress(instructions, programs) {
    if (performance.now() - shownAt < PROGRESS_EVERY_MS) return;
    shownAt = performance.now();
    console.log(`${programs} programs, ${instructions} instructions, ${Math.round((shownAt - start) / 1000)} s`);
  },
});
if (end.difference !== null) {
  console.log(end.difference);
  process.exitCode = 1;
} else {
  const seconds = Math.round((performance.now() - start) / 1000);
  const last = Number(values.seed) + end.programs - 1;
  console.log(
    `${one} and ${other} agree: programs ${values.seed} to ${last}, ${end.instructions} instructions, ${seconds} s`,
  );
}

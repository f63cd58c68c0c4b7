/** `npm run -s fuzz`: random programs on two engines until they differ, or for as long as it was asked to. */

import { createBoard } from '../core/x86/board.ts';
import { UsageError } from '../main/usage-error.ts';
import { tournament } from '../test/core/x86/fuzz/tournament.ts';
import { world } from '../test/core/x86/small-world.ts';
import { type FuzzRequest, help, readFuzzRequest } from './fuzz/request.ts';

const PROGRESS_EVERY_MS = 10_000;

/** Prints how it went; whether the engines agree. */
async function fuzz({ instructions, seed, each, hotAfter, engine, reference }: FuzzRequest): Promise<boolean> {
  const newBoard = (name: typeof engine) => createBoard({ ramBytes: world.bytes, engine: name, hotAfter });
  const start = performance.now();
  let shownAt = start;
  const end = await tournament({
    names: { one: reference, other: engine },
    newPair: () => ({ one: newBoard(reference), other: newBoard(engine) }),
    ...{ firstSeed: seed, each, instructions },
    onProgress(done, programs) {
      if (performance.now() - shownAt < PROGRESS_EVERY_MS) return;
      shownAt = performance.now();
      console.log(`${programs} programs, ${done} instructions, ${Math.round((shownAt - start) / 1000)} s`);
    },
  });
  if (end.difference !== null) {
    console.log(end.difference);
    return false;
  }
  const [last, seconds] = [seed + end.programs - 1, Math.round((performance.now() - start) / 1000)];
  console.log(
    `${reference} and ${engine} agree: programs ${seed} to ${last}, ${end.instructions} instructions, ${seconds} s`,
  );
  return true;
}

try {
  const request = readFuzzRequest(process.argv.slice(2), Math.floor(Date.now() / 1000));
  if (request === null) console.log(help);
  else if (!(await fuzz(request))) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

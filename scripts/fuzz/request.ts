/** What somebody who types `npm run fuzz -- …` wants compared. */

import type { EngineName } from '../../core/x86/board.ts';
import { readEngine } from '../../main/engine-option.ts';
import { readOptions, wholeNumber } from '../../main/options.ts';
import { UsageError } from '../../main/usage-error.ts';

export const help = `usage: npm run -s fuzz -- [options]

Random programs on two engines, until they differ or enough instructions agree. Every program has a number:
--seed N --instructions 1 runs program N alone. The exit code is 1 if the engines differ.

  --instructions N      stop after so many that agree (default 100_000_000)
  --seed N              the first program (default: the time, in seconds)
  --each N              instructions of a program, at most (default 20_000)
  --hot-after N         translate what was run so often (default 2)
  --engine NAME         what is tried (default translator)
  --reference NAME      what it is compared with (default interpreter)`;

export interface FuzzRequest {
  readonly instructions: number;
  readonly seed: number;
  readonly each: number;
  readonly hotAfter: number;
  readonly engine: EngineName;
  readonly reference: EngineName;
}

const text = { type: 'string' } as const;
const table = {
  ...{ instructions: text, seed: text, each: text, 'hot-after': text, engine: text, reference: text },
  help: { type: 'boolean' },
} as const;

/** Null when only help was asked for; throws UsageError. `now` is the seed of whoever names none. */
export function readFuzzRequest(argv: readonly string[], now: number): FuzzRequest | null {
  const { values, positionals } = readOptions(argv, table);
  if (values.has('help')) return null;
  if (positionals.length > 0) throw new UsageError(`"${positionals[0]}" is no option; try --help`);
  const number = (name: keyof typeof table, usual: number, least: number) => {
    const given = values.get(name);
    return given === undefined ? usual : wholeNumber(`--${name}`, given, least);
  };
  return {
    instructions: number('instructions', 100_000_000, 1),
    seed: number('seed', now, 0),
    each: number('each', 20_000, 1),
    hotAfter: number('hot-after', 2, 1),
    engine: readEngine(values.get('engine') ?? 'translator'),
    reference: readEngine(values.get('reference') ?? 'interpreter'),
  };
}

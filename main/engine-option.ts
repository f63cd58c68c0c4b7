/** Which engine executes: what people type, what is said about it, and what everything gets that nobody asked about. */

import { type EngineName, engines } from '../core/x86/board.ts';
import type { OptionTable } from './options.ts';
import { UsageError } from './usage-error.ts';

/** The variable tests use to have everything run on another engine. */
const VARIABLE = 'ASTRIDE_ENGINE';
const USUAL: EngineName = 'translator';

export const engineOption: OptionTable = { engine: { type: 'string' } };

export const engineHelp = `  --engine interpreter|translator
                         what executes the guest's code (default ${USUAL}): it changes nothing
                         but how long that takes`;

/** Throws UsageError. */
export function readEngine(name: string): EngineName {
  const engine = engines.find((one) => one === name);
  if (engine === undefined) throw new UsageError(`there is no engine "${name}"; there are ${engines.join(' and ')}`);
  return engine;
}

/** What runs where nobody said: the translator, unless ASTRIDE_ENGINE says otherwise. */
export function usualEngine(): EngineName {
  const named = process.env[VARIABLE];
  return named === undefined || named === '' ? USUAL : readEngine(named);
}

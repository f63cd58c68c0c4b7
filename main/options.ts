/**
 * Options as people type them.  `node:util` splits the words; the complaints are ours, because they must be sentences a
 * person can act on.
 */

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

export type OptionTable = NonNullable<ParseArgsConfig['options']>;

export type Word =
  | { readonly kind: 'option'; readonly name: string; readonly value: string | null }
  | { readonly kind: 'positional'; readonly value: string };

/** The words of a command line in order; throws UsageError at the first that `table` does not know. */
export function readWords(argv: readonly string[], table: OptionTable): Word[] {
  const { tokens } = parseArgs({
    args: [...argv],
    options: table,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  return tokens.flatMap((token): Word[] => {
    if (token.kind === 'option-terminator') return [];
    if (token.kind === 'positional') return [{ kind: 'positional', value: token.value }];
    return [{ kind: 'option', name: token.name, value: optionValue(token, table) }];
  });
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string;
  readonly inlineValue?: boolean;
}

function optionValue(token: OptionToken, table: OptionTable): string | null {
  // `hasOwn`, because --constructor is not an option either.
  if (!Object.hasOwn(table, token.name)) throw new UsageError(`there is no option ${token.rawName}; try --help`);
  if (table[token.name].type === 'boolean') {
    if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
    return null;
  }
  const missing = token.value === undefined || (!token.inlineValue && token.value.startsWith('--'));
  if (missing) throw new UsageError(`${token.rawName} needs a value`);
  return token.value!;
}

/** Options that may be given once, by name, and the positionals; for commands whose order does not matter. */
export function readOptions(argv: readonly string[], table: OptionTable) {
  const values = new Map<string, string>();
  const positionals: string[] = [];
  for (const word of readWords(argv, table)) {
    if (word.kind === 'positional') positionals.push(word.value);
    else values.set(word.name, word.value ?? '');
  }
  return { values, positionals };
}

/** A whole number from `least` up. */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = /^[0-9][0-9_]*$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`${option} wants a whole number${least > 0 ? ` from ${least} up` : ''}, not "${text}"`);
}

/** Seconds, fractions allowed, more than none. */
export function seconds(option: string, text: string): number {
  const value = /^[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0) return value;
  throw new UsageError(`${option} wants a number of seconds above 0, not "${text}"`);
}

export function onOrOff(option: string, text: string): boolean {
  if (text === 'on') return true;
  if (text === 'off') return false;
  throw new UsageError(`${option} is on or off, not "${text}"`);
}

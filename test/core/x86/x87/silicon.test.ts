/**
 * The x87 against a real one: thousands of recorded answers everywhere, and fresh questions where the machine running
 * the tests can answer them itself.
 */

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { available } from '../../../extras.ts';
import { disagreements, isUndefinedCase } from './agreement.ts';
import { Bench, type Input, mnemonicOf, type Output } from './bench.ts';
import { codesByMnemonic, makeCases } from './cases.ts';
import { HandlerBench } from './code/handler-bench.ts';
import { parseCase, printCase } from './corpus.ts';
import { askSilicon } from './oracle.ts';

const corpus = gunzipSync(readFileSync(new URL('corpus.txt.gz', import.meta.url)))
  .toString('latin1')
  .trimEnd()
  .split('\n')
  .map(parseCase);

/** Other than the corpus's, and worth changing now and then. */
const FRESH_SEED = 20_261_122;
const FRESH_CASES = 15_000;

function byMnemonic(): Map<string, typeof corpus> {
  const groups = new Map<string, typeof corpus>();
  for (const one of corpus) {
    const mnemonic = mnemonicOf(one.input.code);
    groups.set(mnemonic, [...(groups.get(mnemonic) ?? []), one]);
  }
  return groups;
}

/** The cases on which we and the chip differ, each with both answers, ready to be read. */
function differing(bench: Bench, cases: readonly { input: Input; output: Output }[]): string[] {
  return cases.flatMap(({ input, output }) => {
    const ours = bench.run(input);
    if (ours === undefined) return [`${input.code} does not decode`];
    const found = disagreements(input, ours, output);
    if (found.length === 0) return [];
    return [
      `${mnemonicOf(input.code)} (${found.join(', ')})\n  chip ${printCase(input, output)}\n  ours ${printCase(input, ours)}`,
    ];
  });
}

const benches: [string, () => Bench][] = [
  ['services', () => new Bench()],
  ['handlers and services', () => new HandlerBench()],
];

describe.each(benches)('recorded answers of real silicon, %s', (_name, makeBench) => {
  const bench = makeBench();
  const cases = byMnemonic();

  it('covers every x87 instruction many times', () => {
    expect(corpus.length).toBeGreaterThan(6000);
    expect([...cases.keys()].sort()).toEqual([...codesByMnemonic().keys()].sort());
    for (const [mnemonic, some] of cases) expect([mnemonic, some.length > 20]).toEqual([mnemonic, true]);
  });

  it.each([...cases])('%s', (_mnemonic, some) => {
    expect(differing(bench, some)).toEqual([]);
  });
});

/** agreement.ts knows the liberties these makers' chips take; another's may take others, and would only confuse. */
const isKnownChip = /AMD|Intel/.test(cpus()[0]?.model ?? '');
const canAsk = isKnownChip && available('compiler') && available('native32');

describe.skipIf(!canAsk)('fresh questions to the chip underneath', () => {
  it('are answered alike', () => {
    const inputs = makeCases(FRESH_SEED, FRESH_CASES).filter((input) => !isUndefinedCase(input));
    const outputs = askSilicon(inputs);
    const cases = inputs.map((input, index) => ({ input, output: outputs[index] }));
    for (const [, makeBench] of benches) expect(differing(makeBench(), cases)).toEqual([]);
  });
});

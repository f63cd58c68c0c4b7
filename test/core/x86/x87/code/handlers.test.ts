/**
 * The generated handlers against the services: whatever a handler does, it must have done exactly what the service would
 * have, down to the last flag and pointer; and what it does not do, it must not have begun.
 */

import { describe, expect, it } from 'vitest';
import { x87Choices } from '../../../../../core/x86/x87/code/choices.ts';
import { mnemonicOf } from '../bench.ts';
import { codesByMnemonic, makeCase, Random } from '../cases.ts';
import { compareWithService } from './differences.ts';
import { type Edge, edgeCases, loadEdge } from './edges.ts';
import { HandlerBench } from './handler-bench.ts';

const SEED = 8087;
const CASES_PER_MNEMONIC = 600;
/** Enough to read, and to know. */
const SHOWN = 5;

const groups = [...codesByMnemonic()].filter(([mnemonic]) => x87Choices[mnemonic]);

describe('handlers and services', () => {
  it('have every generated mnemonic among the cases', () => {
    expect(groups.map(([mnemonic]) => mnemonic).sort()).toEqual(
      Object.keys(x87Choices)
        .filter((mnemonic) => mnemonic !== 'wait')
        .sort(),
    );
  });

  it.each(groups)('%s', (mnemonic, codes) => {
    const bench = new HandlerBench();
    const random = new Random(SEED);
    const wrong: string[] = [];
    for (let i = 0; i < CASES_PER_MNEMONIC && wrong.length < SHOWN; i++) {
      const input = makeCase(random, mnemonic, random.pick(codes));
      bench.load(input);
      const found = compareWithService(bench, input.code);
      if (found.length > 0) wrong.push(`${JSON.stringify(input)}: ${found.join('; ')}`);
    }
    expect(wrong).toEqual([]);
    // Otherwise the comparison says nothing: half of the cases are ordinary numbers at the very least.
    expect(bench.done.get(mnemonic)).toBeGreaterThan(CASES_PER_MNEMONIC / 3);
  });
});

describe('operands at the edges, in every mode', () => {
  const bench = new HandlerBench();

  function complaints(edges: Iterable<Edge>, code: string): string[] {
    const wrong: string[] = [];
    for (const edge of edges) {
      loadEdge(bench, edge);
      const found = compareWithService(bench, code);
      if (found.length > 0 && wrong.length < SHOWN) wrong.push(`${JSON.stringify(edge)}: ${found.join('; ')}`);
    }
    return wrong;
  }

  it.each(['d8c1', 'd8c9', 'd8f1', 'd9fa'])('%s', (code) => {
    const edges = edgeCases(mnemonicOf(code));
    expect(complaints(edges, code)).toEqual([]);
    expect(edges.length).toBeGreaterThan(2000);
  });
});

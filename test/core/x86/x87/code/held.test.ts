/**
 * Rows of x87 instructions as regions have them, against the services one by one: whatever a row has done, it must have
 * done exactly what they do, down to the last flag and pointer, and begun nothing more.
 */

import { describe, expect, it } from 'vitest';
import { memoryMap } from '../../../../../core/x86/state.ts';
import { x87Choices } from '../../../../../core/x86/x87/code/choices.ts';
import { type Input, mnemonicOf, OPERAND, WINDOW } from '../bench.ts';
import { codesByMnemonic, makeCase, Random } from '../cases.ts';
import { differences, restore, takeSnapshot } from './differences.ts';
import { type Edge, edgeCases, loadEdge } from './edges.ts';
import { HeldBench, type Row } from './held-bench.ts';

const SEED = 387;
const ROWS = 250;
const LONGEST = 12;
const CASES_PER_ROW = 30;
/** Enough to read, and to know. */
const SHOWN = 5;
const USUAL = 0x37f;
const THROUGH_SS = '36';
const ADDRESS = '00040020';
/** Everything that stands in a region; what is written in place there more often than the rest. */
const frequent = /^f(i?ld|st|add|sub|mul|com|xch|chs)/;
const groups = [...codesByMnemonic()].filter(([mnemonic]) => x87Choices[mnemonic]);
const frequentGroups = groups.filter(([mnemonic]) => frequent.test(mnemonic));

function compareRow(bench: HeldBench, row: Row): { done: number; found: string[] } {
  const before = takeSnapshot(bench);
  const done = bench.runRow(row);
  const ours = takeSnapshot(bench);
  restore(bench, before);
  bench.serveRow(row, done);
  return { done, found: differences(ours, takeSnapshot(bench)) };
}

function someCodes(random: Random): string[] {
  const length = 2 + random.below(LONGEST - 1);
  return Array.from({ length }, () => {
    const code = random.pick(random.pick(random.chance(0.8) ? frequentGroups : groups)[1]);
    return isInMemory(code) && random.chance(0.3) ? THROUGH_SS + code : code;
  });
}

const isInMemory = (code: string) => code.length > 4;

/** Five registers in use, most of them ordinary numbers, and something in memory for one of the instructions. */
function someInput(random: Random, codes: readonly string[]): Input {
  const inMemory = codes.filter(isInMemory);
  const code = inMemory.length > 0 ? random.pick(inMemory) : codes[0];
  const input = makeCase(random, mnemonicOf(code), code);
  const top = (input.status >>> 11) & 7;
  const empty = [5, 6, 7].reduce((bits, i) => bits | (1 << ((top + i) & 7)), 0);
  return {
    ...input,
    memory: input.memory.padEnd(20, '3'),
    empty: random.chance(0.1) ? input.empty : empty,
    control: random.chance(0.6) ? USUAL : input.control,
  };
}

describe('rows of instructions and services', () => {
  it.each([1, 2, 3, 4])('agree, part %i', (part) => {
    const bench = new HeldBench();
    const random = new Random(SEED + part);
    const wrong: string[] = [];
    let asked = 0;
    let all = 0;
    for (let i = 0; i < ROWS && wrong.length < SHOWN; i++) {
      const codes = someCodes(random);
      const row = bench.writeRow(codes);
      for (let n = 0; n < CASES_PER_ROW && wrong.length < SHOWN; n++) {
        const input = someInput(random, codes);
        bench.load(input);
        const { done, found } = compareRow(bench, row);
        asked += codes.length;
        all += done;
        if (found.length > 0) wrong.push(`${codes}, ${done} of them, ${JSON.stringify(input)}: ${found.join('; ')}`);
      }
    }
    expect(wrong).toEqual([]);
    // Otherwise the comparison says little.
    expect(all).toBeGreaterThan(asked / 4);
    expect(bench.calls).toBeLessThan(all / 2);
  });
});

describe('operands at the edges, in every mode', () => {
  const bench = new HeldBench();

  function complaints(edges: Iterable<Edge>, row: Row): string[] {
    const wrong: string[] = [];
    for (const edge of edges) {
      loadEdge(bench, edge);
      const { found } = compareRow(bench, row);
      if (found.length > 0 && wrong.length < SHOWN) wrong.push(`${JSON.stringify(edge)}: ${found.join('; ')}`);
    }
    return wrong;
  }

  it.each([
    ['fadd', ['d8c1']],
    ['fsub', ['d8e1']],
    ['fsubr', ['dee9']],
    ['fmul', ['d8c9']],
    ['fdiv', ['d8f1']],
    ['fsqrt', ['d9fa']],
    ['fmul, fchs, fadd', ['d8c9', 'd9e0', 'd8c1']],
    ['fsub, fxch, fsubp', ['d8e1', 'd9c9', 'dee9']],
    ['fadd, fstp m64', ['d8c1', `dd1d${ADDRESS}`]],
    ['fmul, fst m32', ['d8c9', `d915${ADDRESS}`]],
  ])('%s', (_name, codes) => {
    const edges = edgeCases(mnemonicOf(codes[0]));
    expect(complaints(edges, bench.writeRow(codes))).toEqual([]);
    expect(edges.length).toBeGreaterThan(2000);
  });

  /** Exponents at both ends of a format's, and its neighbours. */
  const ends = (least: number, largest: number) =>
    [least, largest].flatMap((end) => [-2, -1, 0, 1, 2].map((d) => end + d));

  it.each([
    ['fst m64', `dd15${ADDRESS}`, ends(-1022, 1023)],
    ['fst m32', `d915${ADDRESS}`, ends(-126, 127)],
    ['fadd m64', `dc05${ADDRESS}`, [-70, -64, -63, -1, 0, 1, 2, 70]],
    ['fmul m32', `d80d${ADDRESS}`, ends(-16382, 16383)],
    ['fcomi', 'dbf1', [-1, 0, 1]],
  ])('%s', (_name, code, distances) => {
    const edges = edgeCases('fsqrt').flatMap((edge) => distances.map((distance) => ({ ...edge, distance })));
    bench.state.u8.set([0, 0, 0xc0, 0x3f, 0, 0, 0xf8, 0x3f], memoryMap.ram + OPERAND - WINDOW);
    expect(complaints(edges, bench.writeRow([code, 'd9e0', code]))).toEqual([]);
    expect(edges.length).toBeGreaterThan(2000);
  });
});

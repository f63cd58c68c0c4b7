/**
 * The bare workloads on our own processor: the lines they print must be those of silicon (the compute ones, run as a Linux
 * program) and of QEMU (the system ones), for two turns of each.  bare-results.txt holds them.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { engines } from '../../core/x86/board.ts';
import { runOnBoard } from '../../scripts/bench/on-board.ts';
import { makeNativeProgram } from '../../scripts/bench/on-silicon.ts';
import { readResultLine } from '../../scripts/bench/result-line.ts';
import { workloads } from '../../scripts/bench/workloads.ts';
import { available } from '../extras.ts';

const lines = readFileSync(new URL('bare-results.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
const results = new Map(lines.map((line) => [line.split(' ')[0], readResultLine(line, 'paper')]));
const TURNS = 2;

test('every workload has a recorded result, and nothing else does', () => {
  expect([...results.keys()]).toEqual(workloads.map(({ name }) => name));
});

describe.each(engines)('on the %s', (engine) => {
  test.each(workloads)('$name computes what it should', ({ name, image }) => {
    expect(runOnBoard({ image, name, turns: TURNS }, engine)).toMatchObject(results.get(name)!);
  });

  test('a workload runs the same number of instructions every time', () => {
    const [one, other] = [1, 2].map(
      () => runOnBoard({ image: 'system', name: 'world', turns: 1 }, engine).instructions,
    );
    expect(one).toBe(other);
    expect(one).toBeGreaterThan(10_000);
  });

  test('a name nobody knows ends the run with an error and a list', () => {
    expect(() => runOnBoard({ image: 'compute', name: 'nothing', turns: 1 }, engine)).toThrow(
      'where NAME is one of integer sort',
    );
  });
});

describe.skipIf(!available('compiler') || !available('native32'))('on this processor', () => {
  test('the same objects print the same lines', () => {
    const program = makeNativeProgram();
    if (typeof program === 'string') throw new Error(program);
    try {
      for (const { name } of workloads.filter(({ image }) => image === 'compute')) {
        expect(program.run(name, TURNS)).toMatchObject(results.get(name)!);
      }
    } finally {
      program.remove();
    }
  });
});

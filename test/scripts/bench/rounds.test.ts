/** What the benchmark makes of its measurements, and what it refuses to read as a result. No time is asserted. */

import { expect, test } from 'vitest';
import { type EngineName, engines } from '../../../core/x86/board.ts';
import { runOnBoard } from '../../../scripts/bench/on-board.ts';
import { readResultLine } from '../../../scripts/bench/result-line.ts';
import { measure } from '../../../scripts/bench/rounds.ts';
import type { BareRequest, Runner, Sample } from '../../../scripts/bench/sample.ts';
import { summarize } from '../../../scripts/bench/statistics.ts';
import { paceTable, plain, workloadTable } from '../../../scripts/bench/table.ts';

test('the median is the middle one, and the spread a percentage of it', () => {
  expect(summarize([5, 4, 9])).toEqual({ median: 5, least: 4, most: 9, spreadPercent: 100 });
  expect(summarize([1, 2, 10, 4])).toMatchObject({ median: 3, least: 1, most: 10 });
  expect(summarize([7])).toEqual({ median: 7, least: 7, most: 7, spreadPercent: 0 });
});

test('a line that ends well is read back', () => {
  const line = 'world times=3 operations=1500 checksum=00ff12ab ok\n';
  expect(readResultLine(line, 'paper')).toEqual({ name: 'world', turns: 3, operations: 1500, checksum: '00ff12ab' });
});

test.each([
  'world times=3 operations=1500 checksum=00ff12ab FAILED: stores were lost\n',
  'FAILED: trap 14, error code 00000004, at 0010301b\n',
  '',
])('%j is no result', (text) => {
  expect(() => readResultLine(text, 'paper')).toThrow('On paper a workload did not end well');
});

const workloads = ['port', 'sharing'].map((name) => ({ name, image: 'system' as const, turns: 1 }));
const plan = { workloads, runners: engines, rounds: 2, scale: 2, report: () => {} };

test('rounds are interleaved, and every engine’s work is counted from mark to mark', async () => {
  const reports: string[] = [];
  // The plan names no other runners.
  const take = (runner: Runner, request: BareRequest) => runOnBoard(request, runner as EngineName);
  const measured = await measure({ ...plan, take, report: (what) => reports.push(what) });
  expect(reports.slice(0, 2 * engines.length)).toEqual(
    workloads.flatMap(({ name }) => engines.map((engine) => `round 1: ${name} on ${engine}`)),
  );
  expect(reports).toHaveLength(4 * engines.length);
  for (const one of measured) {
    expect(one).toMatchObject({ turns: 2, operations: 10_000 });
    expect(Object.keys(one.figures)).toEqual([...engines]);
  }
  const [titles, ...rows] = plain(workloadTable(measured, engines)).split('\n');
  expect(titles).toContain('interp. µs');
  expect(rows.map((row) => row.split(/\s+/)[0])).toEqual(measured.map(({ workload }) => workload));
  expect(plain(paceTable(measured, engines))).toMatch(/^port +2 /m);
});

const paper: Sample = {
  ...{ name: 'port', turns: 2, operations: 10, checksum: '0000abcd' },
  ...{ mainSeconds: 2, otherSeconds: 1, instructions: 1000, peakMiB: 64 },
};

test('ratios are taken round by round, and what nobody knows is left out', async () => {
  const seconds = { v86: [4, 10], translator: [1, 5], native: [0.5, 1] };
  const taken = { v86: 0, translator: 0, native: 0 };
  const [measured] = await measure({
    ...plan,
    ...{ workloads: [workloads[0]], runners: ['native', 'v86', 'translator'] },
    take: (runner) => {
      if (runner === 'interpreter') return null;
      const mainSeconds = seconds[runner][taken[runner]++];
      return runner === 'native' ? { ...paper, mainSeconds, instructions: null } : { ...paper, mainSeconds };
    },
  });
  const { v86, translator, native } = measured.figures;
  expect(translator).toMatchObject({ overV86: { least: 0.25, most: 0.5 }, overNative: { least: 2, most: 5 } });
  expect(translator?.otherShare).toMatchObject({ least: 0.2, most: 1 });
  expect(v86?.secondsPerOperation).toMatchObject({ least: 0.4, most: 1 });
  expect(native?.instructionsPerSecond).toBeNull();
  expect(measured.figures.interpreter).toBeUndefined();
});

test('two answers to one question are no measurement', async () => {
  const take = (runner: Runner) => ({ ...paper, checksum: runner === 'interpreter' ? '00000001' : '00000002' });
  await expect(measure({ ...plan, take })).rejects.toThrow(
    'port does not compute the same everywhere: 00000001 on interpreter, 00000002 on translator',
  );
});

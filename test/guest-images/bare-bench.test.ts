/** What the benchmark makes of its measurements, and what it refuses to read as a result. No time is asserted. */

import { expect, test } from 'vitest';
import { engines } from '../../core/x86/board.ts';
import { readResultLine } from '../../scripts/bench/result-line.ts';
import { measure } from '../../scripts/bench/rounds.ts';
import { summarize } from '../../scripts/bench/statistics.ts';
import { workloadTable } from '../../scripts/bench/table.ts';

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

test('rounds are interleaved, and every engine’s work is counted from mark to mark', () => {
  const reports: string[] = [];
  const plan = {
    engines,
    rounds: 2,
    scale: 2,
    native: null,
    host: false,
    report: (what: string) => reports.push(what),
  };
  const chosen = ['port', 'sharing'].map((name) => ({ name, image: 'system' as const, turns: 1 }));
  const { workloads, host } = measure({ ...plan, workloads: chosen });
  expect(reports.slice(0, 2 * engines.length)).toEqual(
    chosen.flatMap(({ name }) => engines.map((engine) => `round 1: ${name} on ${engine}`)),
  );
  expect(reports).toHaveLength(4 * engines.length);
  expect(host).toEqual([]);
  for (const one of workloads) {
    expect(one).toMatchObject({ operations: 10_000, overNative: null });
    expect(one.instructions).toBeGreaterThan(20_000);
  }
  const [titles, ...rows] = workloadTable(workloads).split('\n');
  expect(titles).toContain('µs/operation');
  expect(rows.map((row) => row.split(/\s+/)[0])).toEqual(workloads.map(({ workload }) => workload));
});

/** What the benchmark makes of its measurements, and what it refuses to read as a result. */

import { expect, test } from 'vitest';
import { readResultLine } from '../../scripts/bench/result-line.ts';
import { summarize } from '../../scripts/bench/statistics.ts';

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

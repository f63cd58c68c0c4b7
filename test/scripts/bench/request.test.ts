/** What the benchmark's options mean. */

import { expect, test } from 'vitest';
import { readRequest } from '../../../scripts/bench/request.ts';
import { workloads } from '../../../scripts/bench/workloads.ts';

const request = (...argv: string[]) => readRequest(undefined, argv);

test('everything is measured on everybody unless told otherwise', () => {
  const all = request();
  expect(all).toMatchObject({ rounds: 3, scale: 1, json: false, faults: true, kernels: [] });
  expect(all?.workloads).toEqual(workloads);
  expect(all?.runners).toEqual(['native', 'v86', 'translator', 'interpreter']);
  expect(all?.missing).toContain('ASTRIDE_KERNELS');
});

test('names choose, in our order', () => {
  const some = request('--only', 'world, crc', '--engines', 'interpreter,v86', '--rounds', '2', '--scale', '8');
  expect(some?.workloads.map(({ name }) => name)).toEqual(['crc', 'world']);
  expect(some).toMatchObject({ runners: ['v86', 'interpreter'], engines: ['interpreter'], faults: false });
  expect(some).toMatchObject({ rounds: 2, scale: 8, missing: null });
});

test.each([
  [['--only', 'crc,nothing'], 'There is no workload "nothing"'],
  [['--engines', 'bochs'], 'There is no engine "bochs"'],
  [['--rounds', '0'], '--rounds wants a number from 1, not "0"'],
])('%j is refused', (argv, complaint) => {
  expect(() => request(...argv)).toThrow(complaint);
});

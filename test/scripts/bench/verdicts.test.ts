/** How measurements become verdicts. */

import { expect, test } from 'vitest';
import type { Figures, MeasuredWorkload } from '../../../scripts/bench/rounds.ts';
import { summarize } from '../../../scripts/bench/statistics.ts';
import { markdown, otherThreadsLine, plain, verdictTable } from '../../../scripts/bench/table.ts';
import { bars, machineVerdicts, otherThreadsOf, verdictsOn } from '../../../scripts/bench/verdicts.ts';
import type { MeasuredPiece } from '../../../scripts/bench/whole-machines.ts';
import { workloads } from '../../../scripts/bench/workloads.ts';

function figures(overV86: number, otherShare: number | null, seconds: number): Figures {
  return {
    secondsPerOperation: summarize([seconds]),
    instructionsPerSecond: null,
    otherShare: otherShare === null ? null : summarize([otherShare]),
    peakMiB: 64,
    overV86: summarize([overV86]),
    overNative: null,
  };
}

function measured(workload: string, overV86: number, otherShare: number | null = null, seconds = 1): MeasuredWorkload {
  const translator = figures(overV86, otherShare, seconds);
  return { workload, turns: 1, operations: 1, checksum: '00000000', figures: { translator } };
}

const outcomes = (...list: MeasuredWorkload[]) =>
  verdictsOn('translator', list).map(({ group, outcome }) => `${group}: ${outcome}`);

test('every workload has a bar, but for those that wait for somebody else', () => {
  const barred = bars.flatMap(({ members }) => members);
  expect(new Set(barred).size).toBe(barred.length);
  expect([...barred, 'chase', 'port'].sort()).toEqual(workloads.map(({ name }) => name).sort());
});

test('the mean is geometric, and the worst is named', () => {
  const [verdict] = verdictsOn('translator', [measured('multiply', 0.2), measured('divide', 0.8)]);
  expect(verdict).toMatchObject({ group: '64-bit arithmetic', worst: 0.8, worstMember: 'divide' });
  expect(verdict.mean).toBeCloseTo(0.4);
});

test('a verdict looks at the mean and at each', () => {
  expect(outcomes(measured('multiply', 0.3), measured('divide', 0.4))).toEqual(['64-bit arithmetic: met']);
  expect(outcomes(measured('multiply', 0.1), measured('divide', 0.5))).toEqual(['64-bit arithmetic: met in the mean']);
  expect(outcomes(measured('multiply', 0.1), measured('divide', 1.7))).toEqual(['64-bit arithmetic: missed']);
});

test('integer workloads have a limit each, above the mean’s', () => {
  expect(outcomes(measured('crc', 0.2), measured('list', 0.69))).toEqual(['integer: met']);
  expect(outcomes(measured('crc', 0.1), measured('list', 0.71))).toEqual(['integer: met in the mean']);
});

test('what was not measured on both has no verdict', () => {
  const alone = { ...figures(1, null, 1), overV86: null };
  expect(verdictsOn('translator', [{ ...measured('crc', 1), figures: { translator: alone } }])).toEqual([]);
  expect(verdictsOn('interpreter', [measured('crc', 0.1)])).toEqual([]);
});

test('other threads are weighed by the time they were needed for', () => {
  const busy = [measured('crc', 1, 0.1, 9), measured('list', 1, 0.6, 1), measured('sort', 1)];
  const others = otherThreadsOf('translator', busy);
  expect(others).toMatchObject({ worst: 0.6, worstWorkload: 'list' });
  expect(others?.share).toBeCloseTo(0.15);
  expect(otherThreadsOf('translator', [measured('sort', 1)])).toBeNull();
  expect(otherThreadsLine('translator', others!)).toContain('0.15 of the main thread’s time'.replace('’', "'"));
});

test('verdicts are printed in columns', () => {
  const table = verdictTable(verdictsOn('translator', [measured('crc', 0.2), measured('world', 0.3)]));
  expect(plain(table).split('\n')).toEqual([
    'time over v86  worst of them  verdict              bar  mean  worst',
    'integer                       met      0.40, each 0.70  0.20   0.20',
    'world switch                  missed              0.20  0.30   0.30',
  ]);
  expect(markdown(table).split('\n').slice(1)).toEqual([
    '|---|---|---|---|---|---|',
    '| integer |  | met | 0.40, each 0.70 | 0.20 | 0.20 |',
    '| world switch |  | missed | 0.20 | 0.30 | 0.30 |',
  ]);
});

function piece(guest: string, name: MeasuredPiece['piece'], seconds: number, overInterpreter: number): MeasuredPiece {
  return {
    ...{ guest, piece: name, engine: 'translator', operations: 1, instructions: 1, roundTrips: 1, peakMiB: 1 },
    ...{ otherShare: null, overOff: null },
    secondsPerOperation: summarize([seconds]),
    overInterpreter: summarize([overInterpreter]),
  };
}

test('whole machines have bars of their own: a warm first touch, and boots by their mean', () => {
  const faults = [piece('faults', 'on', 5e-6, 1), piece('faults', 'on, warm', 3e-6, 1)];
  const boots = [piece('a', 'boot', 1, 0.5), piece('b', 'boot', 1, 0.125), piece('b', 'fork', 1, 9)];
  expect(machineVerdicts('translator', [...faults, ...boots])).toEqual([
    'a first touch, path on, warm: 3.0 µs on the translator, at most 3: met',
    'Linux boots 4.0 times as fast as on the interpreter, at least 3: met',
  ]);
  expect(machineVerdicts('translator', [piece('faults', 'on, warm', 3.2e-6, 1), piece('a', 'boot', 1, 0.4)])).toEqual([
    'a first touch, path on, warm: 3.2 µs on the translator, at most 3: missed',
    'Linux boots 2.5 times as fast as on the interpreter, at least 3: missed',
  ]);
  expect(machineVerdicts('interpreter', faults)).toEqual([]);
});

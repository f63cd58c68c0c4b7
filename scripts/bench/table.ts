/** The measurements as tables for people. */

import type { HostMeasured, Measured } from './rounds.ts';

type Column = readonly [title: string, width: number];

function row(cells: readonly string[], columns: readonly Column[]): string {
  return cells
    .map((cell, i) => (i < 2 ? cell.padEnd(columns[i][1]) : cell.padStart(columns[i][1])))
    .join(' ')
    .trimEnd();
}

/** Three digits that mean something. */
const three = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const orBlank = (value: number | undefined, scale = 1) => (value === undefined ? '' : three(value * scale));

const workloadColumns: readonly Column[] = [
  ['workload', 11],
  ['engine', 12],
  ['million/s', 10],
  ['µs/operation', 13],
  ['× native', 9],
  ['spread %', 9],
];

export function workloadTable(measured: readonly Measured[]): string {
  const rows = measured.map((one) =>
    row(
      [
        one.workload,
        one.engine ?? 'native',
        orBlank(one.instructionsPerSecond?.median, 1e-6),
        three(one.secondsPerOperation.median * 1e6),
        orBlank(one.overNative?.median),
        one.secondsPerTurn.spreadPercent.toFixed(0),
      ],
      workloadColumns,
    ),
  );
  const titles = workloadColumns.map(([title]) => title);
  return [row(titles, workloadColumns), ...rows].join('\n');
}

const hostColumns: readonly Column[] = [
  ['fast path', 11],
  ['engine', 12],
  ['round trips', 12],
  ['trips/s', 9],
  ['faults/s', 9],
  ['million/s', 10],
  ['× off', 7],
  ['spread %', 9],
];

export function hostTable(measured: readonly HostMeasured[]): string {
  const rows = measured.map((one) =>
    row(
      [
        one.fastPath ? 'on' : 'off',
        one.engine,
        String(one.roundTrips),
        one.roundTripsPerSecond.median.toFixed(0),
        one.userFaultsPerSecond.median.toFixed(0),
        three(one.instructionsPerSecond.median / 1e6),
        three(one.overOff.median),
        one.roundTripsPerSecond.spreadPercent.toFixed(0),
      ],
      hostColumns,
    ),
  );
  const titles = hostColumns.map(([title]) => title);
  return [row(titles, hostColumns), ...rows].join('\n');
}

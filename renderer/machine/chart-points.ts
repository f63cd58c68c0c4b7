/**
 * What one chart draws: for each of its lines the rate at every point, stacked if its lines add up to something.  The
 * topmost sum comes first, because it is painted first and the others over it.
 */

import type { Line } from './charts.ts';
import { idleShareAt, type Points, ratesAt } from './rates.ts';
import { ownColumns, type SampleHistory } from './sample-history.ts';

/** A line's own rates, whatever it stands on. */
export function lineRates(history: SampleHistory, line: Line, points: Points): Float64Array {
  if (line.columns.length === 1) {
    const [column] = line.columns;
    return column === ownColumns.idleMs ? idleShareAt(history, points) : ratesAt(history, column, points);
  }
  const sum = new Float64Array(points.later.length);
  for (const column of line.columns) addTo(sum, ratesAt(history, column, points));
  return sum;
}

/** In the order they are painted: the sum of all lines first, the first line alone last. */
export function stack(rates: readonly Float64Array[]): Float64Array[] {
  let below: Float64Array | null = null;
  const sums = rates.map((own) => {
    const sum = own.slice();
    if (below !== null) addTo(sum, below);
    below = sum;
    return sum;
  });
  return sums.reverse();
}

function addTo(sum: Float64Array, more: Float64Array): void {
  for (let index = 0; index < sum.length; index++) sum[index] += more[index];
}

/** Marks of the time axis: a few, at distances from now that stand still while the chart moves. */
export function timeMarks(newest: number, spanSeconds: number): number[] {
  const step = spanSeconds / 5;
  return [5, 4, 3, 2, 1, 0].map((steps) => newest - steps * step);
}

/** 12 seconds before the newest point as '−12 s'. */
export function agoMark(seconds: number): string {
  if (seconds < 0.05) return 'now';
  return seconds < 120 ? `−${Math.round(seconds)} s` : `−${Math.round(seconds / 60)} min`;
}

/**
 * Rates out of totals: per second over a stretch of history, as points for a chart, and as ratios.  A rate across a break
 * (a new run, a gap) does not exist, so none is ever computed.
 */

import { ownColumns, type SampleHistory } from './sample-history.ts';

/** What a chart may show; points further apart than a pixel or two help nobody. */
export interface Span {
  readonly label: string;
  readonly seconds: number;
  /** 0: a point for every sample. */
  readonly bucketSeconds: number;
}

export const spans: readonly Span[] = [
  { label: '1 min', seconds: 60, bucketSeconds: 0.2 },
  { label: '5 min', seconds: 300, bucketSeconds: 1 },
  { label: '15 min', seconds: 900, bucketSeconds: 3 },
];

/** Pairs of samples between which rates are taken; point n stands at the later one of pair n. */
export interface Points {
  readonly earlier: readonly number[];
  readonly later: readonly number[];
  readonly seconds: Float64Array;
  /** From the last point of one stretch to the first of the next: no line is drawn there. */
  readonly gaps: readonly (readonly [from: number, to: number])[];
}

/** The points of the last `span` up to `newest` (a time; charts that are paused stay at theirs). */
export function pointsOf(history: SampleHistory, span: Span, newest: number): Points {
  const earlier: number[] = [];
  const later: number[] = [];
  const gaps: [number, number][] = [];
  const breaks = new Set(history.breaks);
  const start = Math.max(0, history.indexFrom(newest - span.seconds) - 1);
  const end = history.indexFrom(newest + 1e-9);
  let base = start;
  let lastPoint: number | null = null;
  let broken = false;
  for (let index = start + 1; index < end; index++) {
    const seconds = history.secondsAt(index);
    if (breaks.has(seconds)) {
      base = index;
      broken = true;
      continue;
    }
    if (!closesBucket(history, index, end, span.bucketSeconds)) continue;
    if (broken && lastPoint !== null) gaps.push([lastPoint, seconds]);
    broken = false;
    earlier.push(base);
    later.push(index);
    base = index;
    lastPoint = seconds;
  }
  return { earlier, later, seconds: Float64Array.from(later, (index) => history.secondsAt(index)), gaps };
}

/** Buckets lie on a grid of the clock, so that points stand still while the chart moves on. */
function closesBucket(history: SampleHistory, index: number, end: number, bucketSeconds: number): boolean {
  if (bucketSeconds === 0 || index === end - 1) return true;
  const cell = (at: number) => Math.floor(history.secondsAt(at) / bucketSeconds);
  return cell(index) !== cell(index + 1);
}

/** Growth per second at each point; zero throughout for what was never counted. */
export function ratesAt(history: SampleHistory, column: string, points: Points): Float64Array {
  const rates = new Float64Array(points.later.length);
  const totals = history.column(column);
  if (totals === undefined) return rates;
  for (let point = 0; point < rates.length; point++) {
    const from = points.earlier[point];
    const to = points.later[point];
    rates[point] = (totals[to] - totals[from]) / (history.secondsAt(to) - history.secondsAt(from));
  }
  return rates;
}

/** Share of the wall's time the guest spent idle at each point, 0 to 1. */
export function idleShareAt(history: SampleHistory, points: Points): Float64Array {
  return ratesAt(history, ownColumns.idleMs, points).map((msPerSecond) => Math.min(1, Math.max(0, msPerSecond / 1000)));
}

/** The samples at both ends of the last seconds of the newest stretch, or null while there is only one. */
export function lastSeconds(history: SampleHistory, seconds: number): { from: number; to: number } | null {
  const to = history.length - 1;
  const from = Math.max(history.lastStretch, Math.min(to - 1, history.indexFrom(history.lastSeconds - seconds)));
  return to >= 1 && from < to ? { from, to } : null;
}

/** Growth per second over the last seconds; null while nobody can say. */
export function rateOver(history: SampleHistory, column: string, seconds: number): number | null {
  const ends = lastSeconds(history, seconds);
  if (ends === null) return null;
  const growth = history.total(column, ends.to) - history.total(column, ends.from);
  return growth / (history.secondsAt(ends.to) - history.secondsAt(ends.from));
}

/** How much one total grew for each one of another over the last seconds; null if the other stood still. */
export function ratioOver(history: SampleHistory, of: string, to: string, seconds: number): number | null {
  const ends = lastSeconds(history, seconds);
  if (ends === null) return null;
  const growth = (column: string) => history.total(column, ends.to) - history.total(column, ends.from);
  const divisor = growth(to);
  return divisor === 0 ? null : growth(of) / divisor;
}

/** What the fast path is for: two without it, one with it. */
export function roundTripsPerUserFault(history: SampleHistory, seconds: number): number | null {
  return ratioOver(history, 'userFaultCrossings', 'userPageFaults', seconds);
}

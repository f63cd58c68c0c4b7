/** Two comparisons beside each other: their rows matched by name, and a part only with a part of the same whole. */

import { type ComparisonRow, comparisonRows } from '../../core/protocol/comparison-rows.ts';
import type { ComparisonResult } from '../../core/protocol/comparisons.ts';

export interface RowPair {
  readonly key: string;
  readonly row: ComparisonRow;
  /** Of the other comparison, if there is one; a part that it lacks is zero there. */
  readonly other: ComparisonRow | null;
}

/** Rows of the first in their order, and what only the second has at the end of the whole it belongs to. */
export function pairRows(first: ComparisonResult, second: ComparisonResult | null): RowPair[] {
  const mine = keyedRows(first);
  if (second === null) return mine.map(([key, row]) => ({ key, row, other: null }));
  const theirs = new Map(keyedRows(second));
  const pairs: RowPair[] = mine.map(([key, row]) => ({ key, row, other: theirs.get(key) ?? noneOf(row) }));
  for (const [key, other] of theirs) {
    if (pairs.some((pair) => pair.key === key)) continue;
    const whole = key.split(PART)[0];
    const place = pairs.findLastIndex((pair) => pair.key.split(PART)[0] === whole);
    pairs.splice(place + 1, 0, { key, row: noneOf(other), other });
  }
  return pairs;
}

const PART = ' › ';

const noneOf = (row: ComparisonRow): ComparisonRow => ({ ...row, off: 0, on: 0 });

function keyedRows({ off, on }: ComparisonResult): [string, ComparisonRow][] {
  let whole = '';
  return comparisonRows(off, on).map((row) => {
    if (row.depth === 0) whole = row.label;
    return [row.depth === 0 ? whole : `${whole}${PART}${row.label}`, row];
  });
}

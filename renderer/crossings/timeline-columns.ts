/**
 * From far away: how many crossings of each cause fall into each column of the screen.  What a person filtered out is
 * counted apart, so that it can be drawn as a shadow of itself.
 */

import type { Span } from './span.ts';
import { type TimelineLayout, visible } from './timeline-layout.ts';

export interface Columns {
  readonly count: number;
  /** Crossings of cause c in column k are at k × (causes + 1) + c; the last of each column counts the filtered out. */
  readonly counts: Uint32Array;
  readonly stride: number;
  /** Of the fullest column. */
  readonly most: number;
}

/** `matches` has a 1 for every crossing that is not filtered out; `ring` null takes all of them. */
export function columnsOf(
  layout: TimelineLayout,
  span: Span,
  count: number,
  matches: Uint8Array,
  ring: number | null,
): Columns {
  const stride = layout.causes.length + 1;
  const counts = new Uint32Array(count * stride);
  const totals = new Uint32Array(count);
  const { first, end } = visible(layout, span);
  const perUnit = count / (span.to - span.from);
  let most = 1;
  for (let i = first; i < end; i++) {
    if (ring !== null && layout.crossings[i].ring !== ring) continue;
    const column = Math.min(count - 1, Math.max(0, Math.floor((layout.ends[i] - span.from) * perUnit)));
    counts[column * stride + (matches[i] ? layout.causeOf[i] : stride - 1)]++;
    most = Math.max(most, ++totals[column]);
  }
  return { count, counts, stride, most };
}

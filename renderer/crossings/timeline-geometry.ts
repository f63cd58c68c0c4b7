/**
 * Where the lanes of the timeline lie on its canvas, and which crossing lies under a finger.
 *
 *      ┌────────┬──────────────────────────────── axis: the board's clock
 *      │ ring 3 │  ████ ▌  ██████ ▌
 *      │ ring 1 │           ████ ▌   bars stand on the floor of their lane; a taller one stayed longer
 *      │ host   │ ─────●────────●─── where each came home
 *      └────────┴────────────────────────────────
 */

import type { Span } from './span.ts';
import { firstAtLeast, type TimelineLayout, visible } from './timeline-layout.ts';

const GUTTER = 104;
const AXIS_HEIGHT = 24;
const HOST_HEIGHT = 34;
const LANE_GAP = 6;
const RIGHT_EDGE = 8;
/** Below this many pixels for each crossing, columns say more than bars. */
const PIXELS_FOR_BARS = 3;
/** A finger may be this far off. */
const NEAR_PIXELS = 5;

export interface Lane {
  readonly ring: number;
  readonly top: number;
  readonly floor: number;
}

export interface Geometry {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly axisFloor: number;
  readonly lanes: readonly Lane[];
  readonly hostTop: number;
  readonly hostLine: number;
}

export function geometryOf(width: number, height: number, rings: readonly number[]): Geometry {
  const hostTop = height - HOST_HEIGHT;
  const laneHeight = (hostTop - AXIS_HEIGHT) / rings.length;
  const lanes = rings.map((ring, i) => {
    const top = AXIS_HEIGHT + i * laneHeight;
    return { ring, top: top + LANE_GAP, floor: top + laneHeight };
  });
  const right = Math.max(GUTTER + 1, width - RIGHT_EDGE);
  return { width, height, left: GUTTER, right, axisFloor: AXIS_HEIGHT, lanes, hostTop, hostLine: height - 14 };
}

export function xOf(unit: number, { from, to }: Span, { left, right }: Geometry): number {
  return left + ((unit - from) / (to - from)) * (right - left);
}

export function unitAt(x: number, { from, to }: Span, { left, right }: Geometry): number {
  return from + ((x - left) / (right - left)) * (to - from);
}

/** Units of the axis that one pixel covers. */
export const unitsPerPixel = ({ from, to }: Span, { left, right }: Geometry): number => (to - from) / (right - left);

export function showsBars(layout: TimelineLayout, span: Span, { left, right }: Geometry): boolean {
  const { first, end } = visible(layout, span);
  return (end - first) * PIXELS_FOR_BARS <= right - left;
}

const SHORTEST_BAR = 0.42;

/** How much of its lane a bar takes: by the logarithm of what the guest executed, so that 1 and 100,000 both show. */
export function heightShare(instructions: number, mostInstructions: number): number {
  const share = Math.log2(1 + instructions) / Math.log2(2 + mostInstructions);
  return SHORTEST_BAR + (1 - SHORTEST_BAR) * Math.min(1, share);
}

/** The crossing at a place of the canvas, as an index, or null. On the axis and in the host's lane any ring will do. */
export function crossingAt(layout: TimelineLayout, span: Span, geometry: Geometry, x: number, y: number) {
  if (x < geometry.left - NEAR_PIXELS || x > geometry.right + NEAR_PIXELS) return null;
  const unit = unitAt(x, span, geometry);
  const near = NEAR_PIXELS * unitsPerPixel(span, geometry);
  const lane = geometry.lanes.find(({ top, floor }) => y >= top - LANE_GAP && y < floor);
  let best: number | null = null;
  let bestDistance = near;
  for (let i = firstAtLeast(layout.ends, unit - near); i < layout.starts.length; i++) {
    if (layout.starts[i] > unit + near) break;
    if (lane && layout.crossings[i].ring !== lane.ring) continue;
    const distance = Math.max(layout.starts[i] - unit, unit - layout.ends[i], 0);
    if (distance > bestDistance || (best !== null && distance === bestDistance)) continue;
    best = i;
    bestDistance = distance;
  }
  return best;
}

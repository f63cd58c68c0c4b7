/**
 * Draws the timeline: lanes for rings, a bar for each stay in the guest with the cause of its end at its right edge, and
 * the way down to the host.  From far away columns take the place of bars.  A frame costs as much as what it shows, not
 * as what was recorded.
 */

import { paintOf, type Theme } from '../look/cause-colours.ts';
import { axisLabel, brief, grouped, hex8, ringName } from './number-text.ts';
import { type Span, ticksOf } from './span.ts';
import { type Columns, columnsOf } from './timeline-columns.ts';
import { type Geometry, heightShare, type Lane, showsBars, xOf } from './timeline-geometry.ts';
import { type TimelineLayout, visible } from './timeline-layout.ts';
import type { Palette } from './timeline-palette.ts';

export interface Picture {
  readonly layout: TimelineLayout;
  readonly span: Span;
  readonly geometry: Geometry;
  /** A 1 for every crossing that is not filtered out. */
  readonly matches: Uint8Array;
  /** Indices, or -1. */
  readonly selected: number;
  readonly hovered: number;
  readonly palette: Palette;
  readonly theme: Theme;
}

const COLUMN = 3;
const EXIT_EDGE = 3;
const LABEL_ROOM = 60;
const HOST_COLUMN = 14;
const FILTERED_OUT = 0.1;

export function paintTimeline(context: CanvasRenderingContext2D, picture: Picture): void {
  const { geometry, palette } = picture;
  context.clearRect(0, 0, geometry.width, geometry.height);
  context.textBaseline = 'middle';
  paintLanes(context, picture);
  paintAxis(context, picture);
  context.save();
  context.beginPath();
  context.rect(geometry.left, 0, geometry.right - geometry.left + 4, geometry.height);
  context.clip();
  paintMark(context, picture, picture.hovered, palette.shade);
  paintMark(context, picture, picture.selected, palette.shade);
  if (showsBars(picture.layout, picture.span, geometry)) paintBars(context, picture);
  else paintColumns(context, picture);
  paintOutline(context, picture);
  context.restore();
}

function paintLanes(context: CanvasRenderingContext2D, { geometry, palette }: Picture): void {
  const { lanes, left, right, hostTop, hostLine } = geometry;
  context.textAlign = 'left';
  for (const { ring, top, floor } of lanes) {
    context.fillStyle = palette.lane;
    context.fillRect(left, top, right - left, floor - top);
    paintLaneName(context, palette, `ring ${ring}`, ringName(ring), (top + floor) / 2);
  }
  paintLaneName(context, palette, 'ring 0', 'host', (hostTop + hostLine) / 2 + 6);
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, hostLine + 0.5);
  context.lineTo(right, hostLine + 0.5);
  context.stroke();
}

function paintLaneName(context: CanvasRenderingContext2D, palette: Palette, small: string, name: string, y: number) {
  context.fillStyle = palette.ink;
  context.font = `600 12px ${palette.font}`;
  context.fillText(name, 12, y - 7);
  context.fillStyle = palette.faint;
  context.font = `11px ${palette.font}`;
  context.fillText(small, 12, y + 8);
}

function paintAxis(context: CanvasRenderingContext2D, { layout, span, geometry, palette }: Picture): void {
  const { left, right, axisFloor, hostLine } = geometry;
  const { step, at } = ticksOf(span, Math.max(2, Math.floor((right - left) / 130)));
  context.font = `11px ${palette.font}`;
  context.textAlign = 'left';
  for (const tick of at) {
    const x = Math.round(xOf(tick, span, geometry)) + 0.5;
    context.strokeStyle = palette.line;
    context.beginPath();
    context.moveTo(x, 6);
    context.lineTo(x, hostLine);
    context.stroke();
    const crossing = layout.crossings[tick];
    const label = layout.scale === 'clock' ? axisLabel(tick, step) : crossing ? grouped(crossing.enteredAt) : '';
    context.fillStyle = palette.faint;
    if (x + 40 < right) context.fillText(label, x + 5, axisFloor / 2);
  }
  context.fillText('board clock', 12, axisFloor / 2);
}

function paintMark(context: CanvasRenderingContext2D, picture: Picture, index: number, colour: string): void {
  if (index < 0) return;
  const { layout, span, geometry } = picture;
  const x = xOf(layout.starts[index], span, geometry);
  const width = Math.max(2, xOf(layout.ends[index], span, geometry) - x);
  context.fillStyle = colour;
  context.fillRect(x - 1, geometry.axisFloor, width + 2, geometry.hostLine - geometry.axisFloor);
}

function laneOf({ geometry }: Picture, ring: number): Lane {
  return geometry.lanes.find((lane) => lane.ring === ring)!; // a layout has a lane for every ring it names
}

interface Bar {
  readonly x: number;
  readonly right: number;
  readonly top: number;
  readonly floor: number;
  readonly colour: string;
}

function barOf(picture: Picture, index: number): Bar {
  const { layout, span, geometry, theme } = picture;
  const crossing = layout.crossings[index];
  const { top, floor } = laneOf(picture, crossing.ring);
  const x = xOf(layout.starts[index], span, geometry);
  const right = Math.max(x + 1, xOf(layout.ends[index], span, geometry));
  const height = (floor - top) * heightShare(crossing.instructionsInGuest, layout.mostInstructions);
  return { x, right, top: floor - height, floor, colour: paintOf(crossing.cause, theme) };
}

function paintBars(context: CanvasRenderingContext2D, picture: Picture): void {
  const { layout, span, matches } = picture;
  const { first, end } = visible(layout, span);
  for (let i = first; i < end; i++) {
    const bar = barOf(picture, i);
    context.globalAlpha = matches[i] ? 1 : FILTERED_OUT;
    paintBar(context, bar);
    paintWayHome(context, picture, bar);
    paintAbsence(context, picture, i);
    if (matches[i]) paintWords(context, picture, bar, i);
  }
  context.globalAlpha = 1;
}

/** The body is a tint; the edge at which the guest was left has the colour of why. */
function paintBar(context: CanvasRenderingContext2D, { x, right, top, floor, colour }: Bar): void {
  const width = right - x;
  const { globalAlpha } = context;
  context.fillStyle = colour;
  if (width < 3 * EXIT_EDGE) {
    context.fillRect(x, top, Math.max(1, width - (width > 3 ? 1 : 0)), floor - top);
    return;
  }
  context.globalAlpha = globalAlpha * 0.24;
  context.fillRect(x + 1, top, width - 1, floor - top);
  context.globalAlpha = globalAlpha;
  context.fillRect(right - EXIT_EDGE, top, EXIT_EDGE, floor - top);
}

function paintWayHome(context: CanvasRenderingContext2D, picture: Picture, bar: Bar): void {
  const { hostLine } = picture.geometry;
  const width = bar.right - bar.x;
  context.fillStyle = bar.colour;
  if (width < 6) {
    context.fillRect(bar.right - 1, hostLine - 3, 1, 6);
    return;
  }
  context.fillRect(bar.right - 2, bar.floor, 1, hostLine - bar.floor);
  context.beginPath();
  context.arc(bar.right - 1.5, hostLine + 0.5, Math.min(4, width / 4), 0, 2 * Math.PI);
  context.fill();
}

/** The clock went on and the guest did not: it slept, or another had the board. */
function paintAbsence(context: CanvasRenderingContext2D, picture: Picture, index: number): void {
  const { layout, span, geometry, palette } = picture;
  const [here, next] = [layout.crossings[index], layout.crossings[index + 1]];
  if (layout.scale !== 'clock' || !next || next.enteredAt <= here.leftAt) return;
  const x = xOf(here.leftAt, span, geometry);
  const width = xOf(next.enteredAt, span, geometry) - x;
  if (width < 70) return;
  context.fillStyle = palette.faint;
  context.font = `11px ${palette.font}`;
  context.textAlign = 'center';
  const middle = Math.min(Math.max(x + width / 2, geometry.left + 80), geometry.right - 80);
  context.fillText(`away for ${brief(next.enteredAt - here.leftAt)}`, middle, geometry.hostLine - 9, width - 12);
  context.textAlign = 'left';
}

function paintWords(context: CanvasRenderingContext2D, picture: Picture, bar: Bar, index: number): void {
  const { layout, geometry, palette } = picture;
  const x = Math.max(bar.x, geometry.left) + 6;
  const room = bar.right - EXIT_EDGE - 4 - x;
  if (room < LABEL_ROOM) return;
  const crossing = layout.crossings[index];
  const lines = [
    crossing.symbol || hex8(crossing.eip),
    crossing.cause,
    `${grouped(crossing.instructionsInGuest)} instr.`,
  ];
  const fitting = lines.slice(0, Math.max(1, Math.floor((bar.floor - bar.top - 6) / 15)));
  context.save();
  context.beginPath();
  context.rect(x, bar.top, room, bar.floor - bar.top);
  context.clip();
  fitting.forEach((words, i) => {
    context.font = `${i === 0 ? '600 ' : ''}11px ${palette.font}`;
    context.fillStyle = i === 2 ? palette.faint : palette.ink;
    context.fillText(words, x, bar.top + 11 + i * 15);
  });
  context.restore();
}

function paintColumns(context: CanvasRenderingContext2D, picture: Picture): void {
  const { layout, span, geometry, matches, palette, theme } = picture;
  const paints = [...layout.causes.map((cause) => paintOf(cause, theme)), palette.line];
  const count = Math.max(1, Math.floor((geometry.right - geometry.left) / COLUMN));
  const all = columnsOf(layout, span, count, matches, null);
  const home = { floor: geometry.hostLine + HOST_COLUMN / 2, height: HOST_COLUMN };
  paintStacks(context, all, all.most, paints, geometry.left, home);
  for (const { ring, top, floor } of geometry.lanes) {
    const columns = columnsOf(layout, span, count, matches, ring);
    paintStacks(context, columns, all.most, paints, geometry.left, { floor, height: floor - top });
  }
}

function paintStacks(
  context: CanvasRenderingContext2D,
  { count, counts, stride }: Columns,
  most: number,
  paints: readonly string[],
  left: number,
  lane: { readonly floor: number; readonly height: number },
): void {
  for (let k = 0; k < count; k++) {
    const stack = counts.subarray(k * stride, (k + 1) * stride);
    const total = stack.reduce((sum, one) => sum + one, 0);
    let y = lane.floor;
    for (let c = 0; total > 0 && c < stride; c++) {
      // By the square root, or a lonely crossing would be no pixel at all beside a busy moment.
      const height = Math.sqrt(total / most) * lane.height * (stack[c] / total);
      if (height === 0) continue;
      context.fillStyle = paints[c];
      context.fillRect(left + k * COLUMN, y - height, COLUMN - 1, height);
      y -= height;
    }
  }
}

function paintOutline(context: CanvasRenderingContext2D, picture: Picture): void {
  const { selected, hovered, palette } = picture;
  for (const index of new Set([hovered, selected])) {
    if (index < 0) continue;
    const { x, right, top, floor } = barOf(picture, index);
    context.strokeStyle = index === selected ? palette.accent : palette.faint;
    context.lineWidth = index === selected ? 2 : 1;
    context.strokeRect(x - 0.5, top - 0.5, Math.max(3, right - x + 1), floor - top + 1);
  }
}

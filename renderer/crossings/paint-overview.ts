/** Draws the whole recording as a strip of columns, with the piece that the timeline shows standing out. */

import { paintOf, type Theme } from '../look/cause-colours.ts';
import type { Span } from './span.ts';
import { columnsOf } from './timeline-columns.ts';
import type { TimelineLayout } from './timeline-layout.ts';
import type { Palette } from './timeline-palette.ts';

export interface OverviewPicture {
  readonly layout: TimelineLayout;
  readonly span: Span;
  readonly width: number;
  readonly height: number;
  readonly matches: Uint8Array;
  readonly selected: number;
  readonly palette: Palette;
  readonly theme: Theme;
}

const COLUMN = 2;

export function paintOverview(context: CanvasRenderingContext2D, picture: OverviewPicture): void {
  const { layout, width, height, matches, palette, theme } = picture;
  context.clearRect(0, 0, width, height);
  const paints = [...layout.causes.map((cause) => paintOf(cause, theme)), palette.line];
  const columns = columnsOf(layout, layout.limits.whole, Math.max(1, Math.floor(width / COLUMN)), matches, null);
  for (let k = 0; k < columns.count; k++) {
    const counts = columns.counts.subarray(k * columns.stride, (k + 1) * columns.stride);
    const total = counts.reduce((sum, one) => sum + one, 0);
    let y = height;
    for (let c = 0; total > 0 && c < columns.stride; c++) {
      // By the square root: one crossing beside five hundred is still a pixel or two.
      const tall = Math.sqrt(total / columns.most) * (height - 4) * (counts[c] / total);
      if (tall === 0) continue;
      context.fillStyle = paints[c];
      context.fillRect(k * COLUMN, y - tall, COLUMN, tall);
      y -= tall;
    }
  }
  paintWindow(context, picture);
}

function paintWindow(context: CanvasRenderingContext2D, picture: OverviewPicture): void {
  const { layout, span, width, height, palette, selected } = picture;
  const { whole } = layout.limits;
  const place = (unit: number) => ((unit - whole.from) / (whole.to - whole.from)) * width;
  const [from, to] = [place(span.from), Math.max(place(span.to), place(span.from) + 3)];
  context.globalAlpha = 0.62;
  context.fillStyle = palette.paper;
  context.fillRect(0, 0, from, height);
  context.fillRect(to, 0, width - to, height);
  context.globalAlpha = 1;
  context.strokeStyle = palette.accent;
  context.lineWidth = 1.5;
  context.strokeRect(from + 0.75, 0.75, Math.max(1, to - from - 1.5), height - 1.5);
  if (selected < 0) return;
  context.fillStyle = palette.accent;
  context.fillRect(place(layout.starts[selected]) - 1, 0, 2, height);
}

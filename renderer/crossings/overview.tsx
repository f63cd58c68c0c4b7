/** The strip above the timeline: everything that is listed, and a window on it to take hold of. */

import { type PointerEvent, useCallback, useRef } from 'react';
import type { Theme } from '../look/cause-colours.ts';
import { type CrossingsSession, look } from './crossings-session.ts';
import { paintOverview } from './paint-overview.ts';
import { useCrossings } from './sessions.ts';
import { lengthOf } from './span.ts';
import { indexOfNumber } from './timeline-layout.ts';
import { readPalette } from './timeline-palette.ts';
import { usePainting, useSize } from './use-canvas.ts';

interface OverviewProps {
  readonly session: CrossingsSession;
  readonly theme: Theme;
  readonly matches: Uint8Array;
}

export function Overview({ session, theme, matches }: OverviewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(canvas);
  const layout = useCrossings(session, (one) => one.layout);
  const span = useCrossings(session, (one) => one.span);
  const number = useCrossings(session, (one) => one.selected);
  const paint = useCallback(
    (context: CanvasRenderingContext2D) => {
      const selected = number === null ? -1 : indexOfNumber(layout.crossings, number);
      const palette = readPalette(context.canvas);
      paintOverview(context, { layout, span, ...size, matches, selected, palette, theme });
    },
    [layout, span, size, matches, number, theme],
  );
  usePainting(canvas, size, paint);
  const centre = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const { whole } = layout.limits;
    const middle = whole.from + ((event.clientX - left) / width) * lengthOf(whole);
    const half = lengthOf(span) / 2;
    look(session, { from: middle - half, to: middle + half });
  };
  return (
    <canvas
      ref={canvas}
      className="crossings-overview"
      role="img"
      aria-label="The whole recording"
      onPointerDown={centre}
      onPointerMove={centre}
      title="All that is listed; drag to look elsewhere"
    />
  );
}

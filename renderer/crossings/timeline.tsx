/** The timeline on screen: the whole recording as a strip, and below it the piece that a person looks at. */

import { useCallback, useMemo, useRef } from 'react';
import type { CrossingView } from '../../core/protocol/crossings.ts';
import type { Theme } from '../look/cause-colours.ts';
import { countCauses } from './crossing-filter.ts';
import type { CrossingsSession } from './crossings-session.ts';
import { countOf, grouped } from './number-text.ts';
import { Overview } from './overview.tsx';
import { paintTimeline } from './paint-timeline.ts';
import { useCrossings } from './sessions.ts';
import { geometryOf } from './timeline-geometry.ts';
import { indexOfNumber } from './timeline-layout.ts';
import { readPalette } from './timeline-palette.ts';
import { TimelineTip } from './timeline-tip.tsx';
import { usePainting, useSize } from './use-canvas.ts';
import { lookCloser, useTimelineGestures } from './use-timeline-gestures.ts';

export interface TimelineProps {
  readonly session: CrossingsSession;
  readonly theme: Theme;
  readonly matches: Uint8Array;
  /** Index of a crossing. */
  readonly hovered: number | null;
  readonly onHover: (index: number | null) => void;
  readonly onOpen: (number: number) => void;
}

export function Timeline(props: TimelineProps) {
  const { session } = props;
  const crossings = useCrossings(session, ({ layout }) => layout.crossings);
  return (
    <div className="crossings-timeline">
      <Overview session={session} theme={props.theme} matches={props.matches} />
      <Lanes {...props} />
      <p id="crossings-in-words" className="spoken">
        {inWords(crossings)}
      </p>
    </div>
  );
}

function Lanes({ session, theme, matches, hovered, onHover, onOpen }: TimelineProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(canvas);
  const layout = useCrossings(session, (one) => one.layout);
  const span = useCrossings(session, (one) => one.span);
  const number = useCrossings(session, (one) => one.selected);
  const geometry = useMemo(() => geometryOf(size.width, size.height, layout.rings), [size, layout.rings]);
  const paint = useCallback(
    (context: CanvasRenderingContext2D) => {
      const selected = number === null ? -1 : indexOfNumber(layout.crossings, number);
      const inList = hovered !== null && hovered < layout.crossings.length ? hovered : -1;
      const palette = readPalette(context.canvas);
      paintTimeline(context, { layout, span, geometry, matches, selected, hovered: inList, palette, theme });
    },
    [layout, span, geometry, matches, number, hovered, theme],
  );
  usePainting(canvas, size, paint);
  const gestures = useTimelineGestures(canvas, { session, geometry, onHover, onOpen });
  return (
    <div className="crossings-lanes">
      <canvas
        ref={canvas}
        role="img"
        tabIndex={0}
        aria-label="Timeline of crossings. Arrow keys move, plus and minus zoom, 0 shows all. The table below lists the same."
        aria-describedby="crossings-in-words"
        onDoubleClick={() => hovered !== null && lookCloser(session, hovered)}
        {...gestures}
      />
      {hovered !== null && layout.crossings[hovered] && (
        <TimelineTip
          crossing={layout.crossings[hovered]}
          index={hovered}
          session={session}
          geometry={geometry}
          theme={theme}
        />
      )}
    </div>
  );
}

/** What the picture says, for whoever cannot see it. */
function inWords(crossings: readonly CrossingView[]): string {
  const [first, last] = [crossings[0], crossings.at(-1)];
  if (!first || !last) return '';
  const causes = [...countCauses(crossings, [])].sort(([, a], [, b]) => b - a);
  const shares = causes.map(([cause, count]) => `${countOf(count, 'time', 'times')} ${cause}`);
  return `${countOf(crossings.length, 'crossing')} between ${grouped(first.enteredAt)} and ${grouped(last.leftAt)} on the board's clock: ${shares.join(', ')}.`;
}

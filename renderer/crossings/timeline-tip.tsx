/** A few words beside the crossing under the pointer. */

import type { CrossingView } from '../../core/protocol/crossings.ts';
import { causeColourOf, type Theme } from '../look/cause-colours.ts';
import type { CrossingsSession } from './crossings-session.ts';
import { countOf, grouped, hex8, ringName } from './number-text.ts';
import { useCrossings } from './sessions.ts';
import { type Geometry, xOf } from './timeline-geometry.ts';

interface TipProps {
  readonly crossing: CrossingView;
  readonly index: number;
  readonly session: CrossingsSession;
  readonly geometry: Geometry;
  readonly theme: Theme;
}

const TIP_WIDTH = 270;

export function TimelineTip({ crossing, index, session, geometry, theme }: TipProps) {
  const span = useCrossings(session, (one) => one.span);
  const end = useCrossings(session, ({ layout }) => layout.ends[index]);
  const x = xOf(end, span, geometry);
  if (x < geometry.left - 1 || x > geometry.width + 1) return null;
  const left = x + 14 + TIP_WIDTH < geometry.width ? x + 14 : Math.max(0, x - TIP_WIDTH - 14);
  return (
    <div className="crossings-tip" style={{ left, width: TIP_WIDTH }} aria-hidden="true">
      <p>
        <i style={{ background: causeColourOf(crossing.cause)[theme] }} />
        <b>{crossing.cause}</b> <span>#{grouped(crossing.number)}</span>
      </p>
      {crossing.outcome !== '' && <p className="outcome">{crossing.outcome}</p>}
      <p>
        <code>{hex8(crossing.eip)}</code> {crossing.symbol}
      </p>
      <p>
        {ringName(crossing.ring)}, {countOf(crossing.instructionsInGuest, 'instruction')}
      </p>
    </div>
  );
}

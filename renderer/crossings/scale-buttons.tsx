/** Which scale the timeline has, and how close one looks. */

import { type CrossingsSession, chooseScale, look } from './crossings-session.ts';
import { useCrossings } from './sessions.ts';
import { zoom } from './span.ts';
import { type Scale, scales } from './timeline-layout.ts';

const scaleTitles: Record<Scale, string> = {
  clock: 'Time as the board’s clock counts it, in instructions',
  'one by one': 'The same room for every crossing, however long it took',
};

export function ScaleButtons({ session }: { readonly session: CrossingsSession }) {
  const scale = useCrossings(session, ({ layout }) => layout.scale);
  return (
    <fieldset className="crossings-segments" aria-label="Scale of the timeline">
      {scales.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={one === scale}
          title={scaleTitles[one]}
          onClick={() => chooseScale(session, one)}
        >
          {one === 'clock' ? 'By clock' : 'One by one'}
        </button>
      ))}
    </fieldset>
  );
}

export function ZoomButtons({ session }: { readonly session: CrossingsSession }) {
  const isEmpty = useCrossings(session, ({ layout }) => layout.crossings.length === 0);
  const stretch = (factor: number) => {
    const { span, layout } = session.store.getState();
    look(session, zoom(span, (span.from + span.to) / 2, factor, layout.limits));
  };
  return (
    <fieldset className="crossings-segments" aria-label="Zoom" disabled={isEmpty}>
      <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => stretch(2)}>
        −
      </button>
      <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => stretch(1 / 2)}>
        +
      </button>
      <button type="button" title="Show all that is listed (0)" onClick={() => stretch(Number.MAX_SAFE_INTEGER)}>
        All
      </button>
    </fieldset>
  );
}

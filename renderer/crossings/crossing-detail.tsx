/** Everything about one crossing: what happened, the registers, the walk of a fault, and the code at both ends. */

import type { CrossingDetail, CrossingView } from '../../core/protocol/crossings.ts';
import { causeColourOf, type Theme } from '../look/cause-colours.ts';
import { CodeListing } from './code-listing.tsx';
import type { CrossingsSession } from './crossings-session.ts';
import { countOf, grouped, hex8, ringName } from './number-text.ts';
import { RegisterWindow } from './register-window.tsx';
import { useCrossings } from './sessions.ts';
import { indexOfNumber } from './timeline-layout.ts';
import { WalkSideBySide } from './walk-side-by-side.tsx';

interface PanelProps {
  readonly session: CrossingsSession;
  readonly theme: Theme;
  readonly onOpen: (number: number) => void;
  readonly onClose: () => void;
}

export function CrossingDetailPanel({ session, theme, onOpen, onClose }: PanelProps) {
  const detail = useCrossings(session, (one) => one.detail);
  const crossings = useCrossings(session, ({ layout }) => layout.crossings);
  const selected = useCrossings(session, (one) => one.selected);
  const index = selected === null ? -1 : indexOfNumber(crossings, selected);
  const crossing = crossings[index] ?? (detail.is === 'known' ? detail.detail.crossing : null);
  if (!crossing)
    return detail.is === 'asked' || detail.is === 'missing' ? <Gone number={detail.number} onClose={onClose} /> : null;
  return (
    <aside
      className="crossings-detail"
      aria-label={`Crossing ${crossing.number}`}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <header>
        <i style={{ background: causeColourOf(crossing.cause)[theme] }} aria-hidden="true" />
        <h2>
          {crossing.cause} <span className="crossings-aside">#{grouped(crossing.number)}</span>
        </h2>
        <Neighbour
          crossing={index < 0 ? undefined : crossings[index - 1]}
          words="Previous crossing"
          sign="‹"
          onOpen={onOpen}
        />
        <Neighbour
          crossing={index < 0 ? undefined : crossings[index + 1]}
          words="Next crossing"
          sign="›"
          onOpen={onOpen}
        />
        <CloseButton onClose={onClose} />
      </header>
      <div className="crossings-detail-body">
        <Story crossing={crossing} />
        {detail.is === 'asked' && <p className="quiet">Asking the machine…</p>}
        {detail.is === 'missing' && <p className="quiet">{detail.sentence}</p>}
        {detail.is === 'known' && <Known detail={detail.detail} before={detail.before} />}
      </div>
    </aside>
  );
}

/** Of a crossing that left the list before anything more was known of it. */
function Gone({ number, onClose }: { readonly number: number; readonly onClose: () => void }) {
  return (
    <aside className="crossings-detail" aria-label={`Crossing ${number}`}>
      <header>
        <h2>
          Crossing <span className="crossings-aside">#{grouped(number)}</span>
        </h2>
        <CloseButton onClose={onClose} />
      </header>
      <div className="crossings-detail-body">
        <p className="quiet">The guest went on, and this crossing is no longer in the list.</p>
      </div>
    </aside>
  );
}

function CloseButton({ onClose }: { readonly onClose: () => void }) {
  return (
    <button type="button" className="crossings-plain" aria-label="Close" title="Close (Escape)" onClick={onClose}>
      ×
    </button>
  );
}

interface NeighbourProps {
  readonly crossing: CrossingView | undefined;
  readonly words: string;
  readonly sign: string;
  readonly onOpen: (number: number) => void;
}

function Neighbour({ crossing, words, sign, onOpen }: NeighbourProps) {
  return (
    <button
      type="button"
      className="crossings-plain"
      aria-label={words}
      title={words}
      disabled={!crossing}
      onClick={() => crossing && onOpen(crossing.number)}
    >
      {sign}
    </button>
  );
}

/** The round trip as a sentence, for people; numbers follow. */
function Story({ crossing }: { readonly crossing: CrossingView }) {
  const { enteredAt, leftAt, ring, eip, symbol, cause, outcome, instructionsInGuest } = crossing;
  const around = leftAt - enteredAt - instructionsInGuest;
  return (
    <>
      {outcome !== '' && <p className="crossings-outcome">{outcome}</p>}
      <p>
        Entered at {grouped(enteredAt)} on the board’s clock, the guest executed{' '}
        <b>{countOf(instructionsInGuest, 'instruction')}</b> and was left in ring {ring} ({ringName(ring)}) at{' '}
        <code>{hex8(eip)}</code>
        {symbol !== '' && (
          <>
            {' '}
            in <code>{symbol}</code>
          </>
        )}
        .{around > 0 && ` Getting there and back took the Switcher ${countOf(around, 'instruction')}.`}
      </p>
      <p className="quiet">{causeColourOf(cause).meaning}</p>
    </>
  );
}

function Known({ detail, before }: { readonly detail: CrossingDetail; readonly before: CrossingDetail | null }) {
  return (
    <>
      {detail.walk && <WalkSideBySide walk={detail.walk} cause={detail.crossing.cause} />}
      <section aria-label="Code">
        <h3>Code</h3>
        <div className="crossings-listings">
          <CodeListing title="Entered here" lines={detail.entered} marked={detail.enteredEip} />
          <CodeListing title="Left here" lines={detail.left} marked={detail.crossing.eip} />
        </div>
      </section>
      <RegisterWindow detail={detail} before={before} />
    </>
  );
}

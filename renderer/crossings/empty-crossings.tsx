/** What the view says while there is nothing to draw: why that is, and what to do about it. */

import type { RunState } from '../../core/protocol/machines.ts';
import { useAsk } from '../store.ts';
import { noFilter } from './crossing-filter.ts';
import type { CrossingsSession } from './crossings-session.ts';
import { OpenFileButton } from './open-file-button.tsx';
import { useCrossings } from './sessions.ts';

interface Situation {
  readonly title: string;
  readonly words: string;
  readonly next: 'start' | 'record' | 'resume' | 'wait';
}

function situationOf(state: RunState['is'], recording: boolean): Situation {
  if (state === 'starting') return { title: 'The machine is starting', words: 'A moment.', next: 'wait' };
  if (state === 'stopped' || state === 'ended') {
    return {
      title: 'This machine is not running',
      words: recording
        ? 'Start it: its crossings are recorded from its very first step into the guest.'
        : 'Start it to watch it cross between worlds, or open a recording somebody saved.',
      next: 'start',
    };
  }
  if (!recording) {
    return {
      title: 'Nothing is recorded yet',
      words:
        'Looking closely at every crossing slows the guest down, so it happens only when you ask and while this view is open.',
      next: 'record',
    };
  }
  if (state === 'paused') {
    return { title: 'The machine is paused', words: 'It has not crossed since recording began.', next: 'resume' };
  }
  return {
    title: 'Recording',
    words: 'The guest has not crossed since. Its next crossing appears here.',
    next: 'wait',
  };
}

export function EmptyCrossings({
  session,
  state,
}: {
  readonly session: CrossingsSession;
  readonly state: RunState['is'];
}) {
  const ask = useAsk();
  const recording = useCrossings(session, (one) => one.recording);
  const { id, store } = session;
  const { title, words, next } = situationOf(state, recording);
  const record = () => store.setState({ recording: true, following: true });
  return (
    <div className="crossings-empty">
      <RoundTripDrawing />
      <h2>{title}</h2>
      <p>{words}</p>
      <p className="crossings-empty-buttons">
        {next === 'record' && (
          <button type="button" className="button button-primary" onClick={record}>
            <span className="crossings-record-dot" aria-hidden="true" /> Record crossings
          </button>
        )}
        {next === 'start' && (
          <button
            type="button"
            className="button button-primary"
            onClick={() => {
              record();
              void ask('machine.start', { id });
            }}
          >
            Start and record
          </button>
        )}
        {next === 'resume' && (
          <button type="button" className="button button-primary" onClick={() => void ask('machine.resume', { id })}>
            Resume
          </button>
        )}
        <OpenFileButton session={session} />
      </p>
    </div>
  );
}

export function NothingMatches({ session }: { readonly session: CrossingsSession }) {
  return (
    <div className="crossings-nothing">
      <p>No crossing on the list matches the filter.</p>
      <button type="button" className="button" onClick={() => session.store.setState({ filter: noFilter })}>
        Clear filter
      </button>
    </div>
  );
}

function RoundTripDrawing() {
  return (
    <svg viewBox="0 0 240 76" width="240" height="76" aria-hidden="true" className="crossings-drawing">
      <line x1="0" y1="64" x2="240" y2="64" className="host" />
      {[
        [14, 44, 30, 'a'],
        [66, 22, 22, 'b'],
        [96, 60, 40, 'a'],
        [164, 16, 18, 'c'],
        [188, 34, 34, 'b'],
      ].map(([x, width, height, cause]) => (
        <g key={x} className={`cause-${cause}`}>
          <rect x={x} y={52 - Number(height)} width={width} height={height} className="body" />
          <rect x={Number(x) + Number(width) - 3} y={52 - Number(height)} width="3" height={Number(height)} />
          <rect x={Number(x) + Number(width) - 2} y="52" width="1" height="12" />
          <circle cx={Number(x) + Number(width) - 1.5} cy="64" r="4" />
        </g>
      ))}
    </svg>
  );
}

/** The row of buttons: recording, pausing, following, how many, which scale, and files in and out. */

import type { RunState } from '../../core/protocol/machines.ts';
import { useAsk } from '../store.ts';
import { type CrossingsSession, closeFile, follow, lengths, refresh, showFile } from './crossings-session.ts';
import { ExportMenu } from './export-menu.tsx';
import { grouped } from './number-text.ts';
import { OpenFileButton } from './open-file-button.tsx';
import { ScaleButtons, ZoomButtons } from './scale-buttons.tsx';
import { useCrossings } from './sessions.ts';

interface ToolbarProps {
  readonly session: CrossingsSession;
  readonly state: RunState['is'];
  readonly machine: string;
}

export function CrossingsToolbar({ session, state, machine }: ToolbarProps) {
  const source = useCrossings(session, (one) => one.source);
  return (
    <div className="crossings-toolbar" role="toolbar" aria-label="Recording of crossings">
      {source.is === 'live' ? <LiveButtons session={session} state={state} /> : <FileBadge session={session} />}
      <span className="crossings-spring" />
      <ScaleButtons session={session} />
      <ZoomButtons session={session} />
      <ExportMenu
        session={session}
        machine={source.is === 'live' ? machine : source.recordings[source.chosen].machine}
      />
      <OpenFileButton session={session} label="Open…" />
    </div>
  );
}

function LiveButtons({ session, state }: Omit<ToolbarProps, 'machine'>) {
  const recording = useCrossings(session, (one) => one.recording);
  const following = useCrossings(session, (one) => one.following);
  const alive = state === 'running' || state === 'paused';
  return (
    <>
      <button
        type="button"
        className="button crossings-record"
        aria-pressed={recording}
        data-alive={alive}
        title={recording ? 'Stop recording; what is here stays' : 'Record crossings while this view is open'}
        onClick={() => session.store.setState({ recording: !recording, following: !recording || following })}
      >
        <span className="crossings-record-dot" aria-hidden="true" />{' '}
        {recording ? (alive ? 'Recording' : 'Will record') : 'Record'}
      </button>
      {alive && <PauseButton id={session.id} paused={state === 'paused'} />}
      <button
        type="button"
        className="button"
        aria-pressed={following && recording && alive}
        disabled={!recording || !alive}
        title="Keep showing the newest crossings; looking elsewhere or choosing one freezes the list"
        onClick={() => {
          follow(session, !following);
          if (!following && state === 'paused') void refresh(session);
        }}
      >
        Follow live
      </button>
      <LengthChoice session={session} />
    </>
  );
}

function PauseButton({ id, paused }: { readonly id: string; readonly paused: boolean }) {
  const ask = useAsk();
  return (
    <button
      type="button"
      className="button"
      onClick={() => void ask(paused ? 'machine.resume' : 'machine.pause', { id })}
    >
      {paused ? 'Resume machine' : 'Pause machine'}
    </button>
  );
}

function LengthChoice({ session }: { readonly session: CrossingsSession }) {
  const last = useCrossings(session, (one) => one.last);
  return (
    <label className="crossings-choice">
      last
      <select
        className="input select"
        value={last}
        onChange={(event) => session.store.setState({ last: Number(event.target.value) })}
      >
        {lengths.map((length) => (
          <option key={length} value={length}>
            {grouped(length)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Says that this is a file and not the machine, whose guest's it is, and how to get back. */
function FileBadge({ session }: { readonly session: CrossingsSession }) {
  const source = useCrossings(session, (one) => one.source);
  if (source.is !== 'file') return null;
  const { name, recordings, chosen } = source;
  return (
    <>
      <span className="crossings-file">
        <span className="crossings-file-kind">Recording</span> <span title={name}>{name}</span>
      </span>
      {recordings.length > 1 && (
        <label className="crossings-choice">
          guest
          <select
            className="input select"
            value={chosen}
            onChange={(event) => showFile(session, name, recordings, Number(event.target.value))}
          >
            {recordings.map(({ machine }, i) => (
              <option key={machine} value={i}>
                {machine}
              </option>
            ))}
          </select>
        </label>
      )}
      <button type="button" className="button" onClick={() => closeFile(session)}>
        Back to the machine
      </button>
    </>
  );
}

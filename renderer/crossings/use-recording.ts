/** Keeps the list fresh while somebody watches: asks main to record, reads a few times a second, and stops on leaving. */

import { useEffect, useState } from 'react';
import type { RunState } from '../../core/protocol/machines.ts';
import { type CrossingsSession, refresh, tellRecording } from './crossings-session.ts';
import { useCrossings } from './sessions.ts';

/** Three times a second is as often as a person can read. */
const REFRESH_MS = 350;

export function useRecording(session: CrossingsSession, state: RunState['is']): void {
  const live = useCrossings(session, ({ source }) => source.is === 'live');
  const recording = useCrossings(session, (one) => one.recording) && live;
  const following = useCrossings(session, (one) => one.following);
  const last = useCrossings(session, (one) => one.last);
  useMainRecording(session, recording, state);

  useEffect(() => {
    if (!recording || !following || state !== 'running') return;
    return repeat(() => refresh(session));
  }, [session, recording, following, state]);

  // What happened between the last look and the stop, or a longer list of the same, or its end again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new length is a reason to read again, following another
  useEffect(() => {
    if (recording && state !== 'running' && state !== 'starting') void refresh(session, state !== 'paused');
  }, [session, recording, state, last, following]);
}

/**
 * Main forgets the last recording when a new one begins.  So whoever comes back to a paused machine finds what they left:
 * the next recording begins when the machine goes on.
 */
function useMainRecording(session: CrossingsSession, wanted: boolean, state: RunState['is']): void {
  const [begun, setBegun] = useState(false);
  useEffect(() => {
    const nothingToLose = session.store.getState().layout.crossings.length === 0;
    if (!wanted || (state !== 'running' && state !== 'paused')) setBegun(false);
    else if (state === 'running' || nothingToLose) setBegun(true);
  }, [session, wanted, state]);
  useEffect(() => {
    if (!begun) return;
    void tellRecording(session, true);
    return () => void tellRecording(session, false);
  }, [session, begun]);
}

/** Does something, waits, and does it again: never twice at once, and not while nobody can see the page. */
function repeat(task: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let ended = false;
  const turn = async () => {
    if (!document.hidden) await task();
    if (!ended) timer = setTimeout(turn, REFRESH_MS);
  };
  void turn();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/**
 * The world-switch view of one machine: when the guest was entered, what brought it home, and everything about any one of
 * these trips.  It shows what main recorded and asks for more; it knows nothing of how a switch is done.
 */

import { useEffect, useMemo, useRef, useState } from 'react';
import type { RunState } from '../../core/protocol/machines.ts';
import { useTheme } from '../shell/theme.ts';
import { useConnection, useMachine, usePreferences } from '../store.ts';
import { CrossingDetailPanel } from './crossing-detail.tsx';
import { openDetail } from './crossing-details.ts';
import { matcherOf } from './crossing-filter.ts';
import { CrossingTable } from './crossing-table.tsx';
import { type CrossingsSession, closeDetail, select } from './crossings-session.ts';
import { CrossingsToolbar } from './crossings-toolbar.tsx';
import './crossings.css';
import './crossing-detail.css';
import './crossing-list.css';
import './timeline.css';
import { EmptyCrossings, NothingMatches } from './empty-crossings.tsx';
import { FilterBar } from './filter-bar.tsx';
import { ReadingGuide } from './reading-guide.tsx';
import { useCrossings, useSession } from './sessions.ts';
import { Timeline } from './timeline.tsx';
import { useRecording } from './use-recording.ts';

export function CrossingsView({ id }: { readonly id: string }) {
  const session = useSession(useConnection(), id);
  const machine = useMachine(id);
  const state = machine?.state.is ?? 'stopped';
  const name = machine?.settings?.name ?? id;
  useRecording(session, state);
  const trouble = useCrossings(session, (one) => one.trouble);
  const isEmpty = useCrossings(session, ({ layout }) => layout.crossings.length === 0);
  return (
    <section className="crossings" aria-label={`World switches of ${name}`}>
      <CrossingsToolbar session={session} state={state} machine={name} />
      {trouble !== '' && (
        <p className="crossings-trouble" role="alert">
          {trouble}
          <button
            type="button"
            className="crossings-plain"
            onClick={() => session.store.setState({ trouble: '' })}
            aria-label="Dismiss"
          >
            ×
          </button>
        </p>
      )}
      <ReadingGuide startsOpen={false} />
      {isEmpty ? <EmptyCrossings session={session} state={state} /> : <Recorded session={session} state={state} />}
    </section>
  );
}

/** Which crossings the filter leaves: a mark for each, and the list of them. */
function useFiltered(session: CrossingsSession) {
  const layout = useCrossings(session, (one) => one.layout);
  const filter = useCrossings(session, (one) => one.filter);
  return useMemo(() => {
    const isWanted = matcherOf(filter);
    const matches = new Uint8Array(layout.crossings.length);
    const rows: number[] = [];
    layout.crossings.forEach((crossing, i) => {
      if (!isWanted(crossing)) return;
      matches[i] = 1;
      rows.push(i);
    });
    return { matches, rows };
  }, [layout, filter]);
}

// @journey glass/world-switches  A place nobody can see
// All the story happens in a page of assembly between two worlds, a few hundred thousand times a second.  Here it is a
// picture: a bar is a stay in the guest, its right edge the reason it ended, the line below is the host.  From afar the
// bars melt into columns of colour, and a loop of page faults looks like what it is.  Picture and list are two ways to
// point at the same crossing; whichever one points, everything known about it opens beside them.
function Recorded({ session, state }: { readonly session: CrossingsSession; readonly state: RunState['is'] }) {
  const theme = useTheme(usePreferences().theme);
  const { matches, rows } = useFiltered(session);
  const [hovered, setHovered] = useState<number | null>(null);
  const opened = useCrossings(session, ({ detail }) => detail.is !== 'none');
  const table = useRef<HTMLTableElement>(null);
  const open = (number: number) => {
    select(session, number);
    void openDetail(session, number);
  };
  const close = () => {
    closeDetail(session);
    table.current?.focus();
  };
  useEffect(() => {
    if (state === 'running') setHovered(null);
  }, [state]);
  return (
    <>
      <FilterBar session={session} theme={theme} shown={rows.length} />
      <Timeline
        session={session}
        theme={theme}
        matches={matches}
        hovered={hovered}
        onHover={setHovered}
        onOpen={open}
      />
      <div className="crossings-lower" data-opened={opened}>
        {rows.length === 0 ? (
          <NothingMatches session={session} />
        ) : (
          <CrossingTable session={session} theme={theme} rows={rows} hovered={hovered} onOpen={open} place={table} />
        )}
        {opened && <CrossingDetailPanel session={session} theme={theme} onOpen={open} onClose={close} />}
      </div>
    </>
  );
}
// @end

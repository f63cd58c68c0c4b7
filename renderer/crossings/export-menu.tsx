/** Saves what the filter leaves: as a recording that can be opened here again, with or without details, or for a spreadsheet. */

import { useRef, useState } from 'react';
import type { CrossingView } from '../../core/protocol/crossings.ts';
import { download } from '../machine/export-samples.ts';
import { fileNameFor } from '../shell/wording.ts';
import { collectDetails } from './crossing-details.ts';
import { matcherOf } from './crossing-filter.ts';
import type { CrossingsSession } from './crossings-session.ts';
import { writeRecordingCsv, writeRecordingJson } from './recording-file.ts';
import { useCrossings } from './sessions.ts';

interface ExportProps {
  readonly session: CrossingsSession;
  readonly machine: string;
}

export function ExportMenu({ session, machine }: ExportProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  const isEmpty = useCrossings(session, ({ layout }) => layout.crossings.length === 0);
  const [share, setShare] = useState<number | null>(null);
  const cancelled = useRef(false);
  const withDetails = async () => {
    cancelled.current = false;
    const crossings = chosen(session);
    const details = await collectDetails(session, crossings, (done) => {
      setShare(done);
      return !cancelled.current;
    });
    setShare(null);
    if (!cancelled.current) save(machine, 'json', writeRecordingJson({ machine, crossings, details }));
  };
  const choices = [
    ['Recording, with all details', () => void withDetails()],
    ['Recording, list only', () => saveList(session, machine, 'json')],
    ['CSV for a spreadsheet', () => saveList(session, machine, 'csv')],
  ] as const;
  if (share !== null) return <Progress share={share} onCancel={() => (cancelled.current = true)} />;
  return (
    <details
      className="crossings-menu"
      ref={menu}
      onKeyDown={(event) => event.key === 'Escape' && menu.current?.removeAttribute('open')}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && menu.current?.removeAttribute('open')}
    >
      <summary className="button" aria-disabled={isEmpty} title="Saves the crossings that the filter leaves">
        Export
      </summary>
      <div className="crossings-menu-list">
        {choices.map(([words, act]) => (
          <button
            key={words}
            type="button"
            disabled={isEmpty}
            onClick={() => {
              menu.current?.removeAttribute('open');
              act();
            }}
          >
            {words}
          </button>
        ))}
      </div>
    </details>
  );
}

function Progress({ share, onCancel }: { readonly share: number; readonly onCancel: () => void }) {
  return (
    <span className="crossings-progress">
      <progress value={share} max={1} aria-label="Collecting details" />
      <button type="button" className="button" onClick={onCancel}>
        Cancel
      </button>
    </span>
  );
}

function chosen({ store }: CrossingsSession): readonly CrossingView[] {
  const { layout, filter } = store.getState();
  return layout.crossings.filter(matcherOf(filter));
}

function saveList(session: CrossingsSession, machine: string, format: 'json' | 'csv'): void {
  const crossings = chosen(session);
  const text =
    format === 'csv' ? writeRecordingCsv(crossings) : writeRecordingJson({ machine, crossings, details: [] });
  save(machine, format, text);
}

const fileName = (machine: string, ending: 'json' | 'csv') => `${fileNameFor(machine)}-crossings.${ending}`;

function save(machine: string, format: 'json' | 'csv', text: string): void {
  download(fileName(machine, format), format === 'csv' ? 'text/csv' : 'application/json', text);
}

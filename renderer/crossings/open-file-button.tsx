/** Opens a recording or a trace from a file on this computer; the page reads it itself and sends it nowhere. */

import { useRef } from 'react';
import { type CrossingsSession, showFile } from './crossings-session.ts';
import { openRecording } from './open-recording.ts';
import { UnreadableRecording } from './recording-file.ts';

interface OpenFileButtonProps {
  readonly session: CrossingsSession;
  /** Where there is little room, fewer words. */
  readonly label?: string;
}

export function OpenFileButton({ session, label = 'Open recording…' }: OpenFileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="button"
        title="Open a recording or a trace from a file"
        onClick={() => input.current?.click()}
      >
        {label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".json,.trace,.txt,.log"
        aria-label="Recording or trace of crossings"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) void openFile(session, file);
          // The same file again is a choice too.
          event.target.value = '';
        }}
      />
    </>
  );
}

async function openFile(session: CrossingsSession, file: File): Promise<void> {
  try {
    showFile(session, file.name, await openRecording(file));
  } catch (trouble) {
    const why = trouble instanceof UnreadableRecording ? trouble.message : 'It could not be read.';
    session.store.setState({ trouble: `${file.name}: ${why}` });
  }
}

/** A path with a button for the system's dialog, where there is one; else typing is the way. */

import { type FilePurpose, useChooseFile, useHasFileDialog } from '../../shell/choose-file.ts';
import type { FieldLinks } from './field.tsx';

interface PathInputProps {
  readonly path: string;
  readonly onPath: (path: string) => void;
  readonly purpose: FilePurpose;
  readonly links?: FieldLinks;
  readonly label?: string;
  readonly placeholder?: string;
}

export function PathInput({ path, onPath, purpose, links, label, placeholder }: PathInputProps) {
  const choose = useChooseFile();
  const hasDialog = useHasFileDialog();
  const browse = async () => {
    const chosen = await choose(purpose);
    if (chosen !== null) onPath(chosen);
  };
  return (
    <div className="path-input">
      <input
        {...links}
        className="input mono"
        aria-label={label}
        value={path}
        placeholder={placeholder ?? 'Full path on this computer'}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onPath(event.target.value)}
      />
      {hasDialog && (
        <button type="button" className="button" onClick={browse}>
          Choose…
        </button>
      )}
    </div>
  );
}

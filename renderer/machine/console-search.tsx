/** Finds text on the console, scrollback included: Enter for the next, Shift+Enter for the one before, Escape to leave. */

import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Icon } from '../shell/icons.tsx';
import { SquareButton } from '../shell/square-button.tsx';
import type { MachineTerminal } from './machine-terminal.ts';
import { searchPaints } from './paints.ts';

interface ConsoleSearchProps {
  readonly terminal: MachineTerminal;
  /** Grows each time somebody asks for the search, open or not. */
  readonly asked: number;
  readonly onClose: () => void;
}

interface Found {
  readonly index: number;
  readonly count: number;
}

export function ConsoleSearch({ terminal, asked, onClose }: ConsoleSearchProps) {
  const [text, setText] = useState(() => firstLine(terminal.terminal.getSelection()));
  const [caseMatters, setCaseMatters] = useState(false);
  const found = useFound(terminal);
  const input = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew, it takes the focus anew
  useEffect(() => input.current?.select(), [asked]);
  useEffect(() => find(terminal, text, caseMatters, 'here'), [terminal, text, caseMatters]);
  useEffect(() => () => terminal.search.clearDecorations(), [terminal]);
  const go = (where: 'next' | 'before') => find(terminal, text, caseMatters, where);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') go(event.shiftKey ? 'before' : 'next');
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is younger than the oldest browser we run in
    <div className="machine-search" role="search" onKeyDown={onKeyDown}>
      <input
        ref={input}
        className="input"
        aria-label="Find on the console"
        placeholder="Find on the console"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <span className="machine-search-count" role="status">
        {countWords(text, found)}
      </span>
      <SquareButton label="Match case" pressed={caseMatters} onPress={() => setCaseMatters(!caseMatters)}>
        Aa
      </SquareButton>
      <SquareButton label="Previous match" onPress={() => go('before')}>
        <span className="machine-search-upwards">
          <Icon name="chevron" />
        </span>
      </SquareButton>
      <SquareButton label="Next match" onPress={() => go('next')}>
        <Icon name="chevron" />
      </SquareButton>
      <SquareButton label="Close the search" onPress={onClose}>
        <Icon name="close" />
      </SquareButton>
    </div>
  );
}

function useFound({ search }: MachineTerminal): Found {
  const [found, setFound] = useState<Found>({ index: -1, count: 0 });
  useEffect(() => {
    const listening = search.onDidChangeResults(({ resultIndex, resultCount }) =>
      setFound({ index: resultIndex, count: resultCount }),
    );
    return () => listening.dispose();
  }, [search]);
  return found;
}

function find(
  { search }: MachineTerminal,
  text: string,
  caseSensitive: boolean,
  where: 'here' | 'next' | 'before',
): void {
  if (text === '') {
    search.clearDecorations();
    return;
  }
  const { match, active } = searchPaints();
  const decorations = {
    matchBackground: match,
    matchOverviewRuler: match,
    activeMatchBackground: active,
    activeMatchColorOverviewRuler: active,
  };
  // The newest output is at the end, and there the search begins.
  if (where === 'next') search.findNext(text, { caseSensitive, decorations });
  else search.findPrevious(text, { caseSensitive, decorations, incremental: where === 'here' });
}

/** Beyond a thousand xterm stops counting. */
function countWords(text: string, { index, count }: Found): string {
  if (text === '') return '';
  if (count === 0) return 'not found';
  return index < 0 ? `over ${count}` : `${index + 1} of ${count}`;
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').slice(0, 200);

/** Everything that can be done or gone to, by typing a few letters of it. */

import { type KeyboardEvent, useId, useState } from 'react';
import { commandList, useDo, usePossible } from '../commands.ts';
import { nameOf, stateWord } from '../library/state-words.ts';
import { spell } from '../shortcuts.ts';
import { useMachines, useMachinesKnown } from '../store.ts';
import { isMac } from './computer.ts';
import { Dialog } from './dialog.tsx';
import { menuStep } from './menu.tsx';
import { type Entry, find } from './palette-search.ts';
import { useGo } from './use-place.ts';

function useEntries(): readonly Entry[] {
  const possible = usePossible();
  const machines = useMachines();
  const run = useDo();
  const go = useGo();
  const commands = commandList
    .filter(({ name }) => possible.has(name) && name !== 'view.palette')
    .map(({ name, label, menu, shortcut }) => ({
      id: name,
      label,
      kind: menu,
      shortcut: spell(shortcut, isMac()),
      run: () => run(name),
    }));
  const places = machines.map((machine) => ({
    id: `machine ${machine.id}`,
    label: nameOf(machine),
    kind: `Machine, ${stateWord(machine).word.toLowerCase()}`,
    shortcut: '',
    run: () => go({ view: 'machine', id: machine.id, tab: 'console' }),
  }));
  return [...places, ...commands];
}

export function Palette({ onClose }: { onClose: () => void }) {
  const [search, setSearch] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const found = find(useEntries(), search);
  const here = Math.min(at, found.length - 1);
  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    // After the dialog has given the focus back: what is chosen may open another one.
    setTimeout(entry.run);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = event.key === 'Home' || event.key === 'End' ? null : menuStep(event.key, here, found.length);
    if (next !== null) setAt(next);
    else if (event.key === 'Enter') choose(found[here]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Command palette" size="large" onClose={onClose}>
      <div className="palette">
        <input
          className="input palette-input"
          role="combobox"
          aria-label="Search commands and machines"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={here >= 0 ? `${list}-${here}` : undefined}
          placeholder="Type a command or a machine’s name"
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <Found list={list} found={found} here={here} choose={choose} />
      </div>
    </Dialog>
  );
}

interface FoundProps {
  readonly list: string;
  readonly found: readonly Entry[];
  readonly here: number;
  readonly choose: (entry: Entry) => void;
}

function Found({ list, found, here, choose }: FoundProps) {
  const known = useMachinesKnown();
  if (found.length === 0)
    return <p className="empty-line">{known ? 'Nothing is called that.' : 'Reading the library…'}</p>;
  return (
    <div id={list} className="palette-list" role="listbox" aria-label="What was found">
      {found.map((entry, number) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are heard where the focus is, in the field above
        <div
          key={entry.id}
          id={`${list}-${number}`}
          className="palette-line"
          role="option"
          tabIndex={-1}
          aria-selected={number === here}
          ref={number === here ? (line) => line?.scrollIntoView({ block: 'nearest' }) : undefined}
          onClick={() => choose(entry)}
        >
          <span>{entry.label}</span>
          <span className="quiet">{entry.kind}</span>
          <kbd>{entry.shortcut}</kbd>
        </div>
      ))}
    </div>
  );
}

/** The console of one machine: its terminal, what can be done with it, and a word about the machine if it does not run. */

import '@xterm/xterm/css/xterm.css';
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react';
import type { MachineView } from '../../core/protocol/machines.ts';
import { nameOf } from '../library/state-words.ts';
import { isMac } from '../shell/computer.ts';
import { MenuList } from '../shell/menu.tsx';
import { matches, spell } from '../shortcuts.ts';
import { ConsoleBar } from './console-bar.tsx';
import { ConsoleFoot } from './console-foot.tsx';
import { consoleMenu } from './console-menu.ts';
import { ConsoleSearch } from './console-search.tsx';
import { useConsoleActions } from './use-console-commands.ts';
import { useMount, usePassingSentence, useScreenReader, useTerminal } from './use-terminal.ts';

const UNHEARD = 'The machine is not running: what is typed now goes nowhere.';

export function ConsolePanel({ machine }: { machine: MachineView }) {
  const [screenReader, flipReader] = useScreenReader();
  const terminal = useTerminal(machine, screenReader);
  const [sentence, whisper] = usePassingSentence();
  const search = useSearch(() => terminal.terminal.focus());
  const bar = useRef<HTMLDivElement>(null);
  const [menuAt, setMenuAt] = useState<{ readonly x: number; readonly y: number } | null>(null);
  const flipScreenReader = () => {
    flipReader();
    whisper(screenReader ? 'Screen reader mode is off.' : 'Screen reader mode is on: lines are read as they appear.');
  };
  const leave = () => bar.current?.querySelector('button')?.focus();
  const actions = useConsoleActions({ machine, terminal, whisper, find: search.ask, leave, flipScreenReader });
  useEffect(() => {
    terminal.onUnheard = () => whisper(UNHEARD);
  });
  const place = useMount(terminal);
  const openMenu = (event: MouseEvent) => {
    event.preventDefault();
    setMenuAt({ x: event.clientX, y: event.clientY });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isFindOutside(event)) return;
    event.preventDefault();
    search.ask();
  };
  return (
    <section className="machine-console" aria-label={`Console of ${nameOf(machine)}`} onKeyDown={onKeyDown}>
      <ConsoleBar ref={bar} actions={actions} screenReader={screenReader} />
      {search.isOpen && <ConsoleSearch terminal={terminal} asked={search.asked} onClose={search.close} />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the terminal inside is what is interacted with */}
      <div
        className="machine-terminal"
        ref={place}
        data-machine-console={machine.id}
        data-state={machine.state.is}
        aria-description={leavingWords()}
        onContextMenu={openMenu}
      />
      <ConsoleFoot machine={machine} sentence={sentence} />
      {menuAt && (
        <div className="machine-menu-anchor">
          <MenuList
            label="Console"
            items={consoleMenu(actions, terminal, machine)}
            at={menuAt}
            onClose={() => setMenuAt(null)}
          />
        </div>
      )}
    </section>
  );
}

/** Keyboard users are told how to get out again: Tab is the guest's. */
export const leavingWords = (): string => `Tab goes to the guest; ${spell('Mod+F6', isMac())} leaves the console.`;

/** Ctrl+F belongs to the guest while its terminal has the focus, and to us around it. */
function isFindOutside(event: KeyboardEvent): boolean {
  const inTerminal = event.target instanceof Element && event.target.closest('.xterm') !== null;
  return !inTerminal && matches(event.nativeEvent, 'Mod+F', isMac());
}

function useSearch(onClosed: () => void) {
  const [asked, setAsked] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const ask = () => {
    setOpen(true);
    setAsked(asked + 1);
  };
  const close = () => {
    setOpen(false);
    onClosed();
  };
  return { asked, isOpen, ask, close };
}

/** Borrows a machine's terminal for as long as its view is on the page, and keeps it as the person prefers. */

import { useEffect, useMemo, useRef, useState } from 'react';
import type { MachineView } from '../../core/protocol/machines.ts';
import { isOn } from '../library/state-words.ts';
import { useConnection, usePreferences } from '../store.ts';
import type { MachineTerminal } from './machine-terminal.ts';
import { remembered } from './remembered.ts';
import { type ConsoleElement, terminalOf } from './terminals.ts';

const rememberedReader = remembered('console.screenReader');

export function useScreenReader(): readonly [on: boolean, flip: () => void] {
  const [on, setOn] = useState(() => rememberedReader.read() === 'on');
  const flip = () => {
    rememberedReader.write(on ? 'off' : 'on');
    setOn(!on);
  };
  return [on, flip];
}

export function useTerminal(machine: MachineView, screenReader: boolean): MachineTerminal {
  const connection = useConnection();
  const { consoleFontSize: fontSize, scrollbackLines } = usePreferences();
  const look = useMemo(() => ({ fontSize, scrollbackLines, screenReader }), [fontSize, scrollbackLines, screenReader]);
  const terminal = terminalOf(connection, machine.id, look);
  useEffect(() => terminal.show(look), [terminal, look]);
  const live = isOn(machine.state);
  useEffect(() => {
    terminal.setLive(live);
    // The button that started it is gone and the focus with it; what comes next is typing.
    if (live && document.activeElement === document.body) terminal.terminal.focus();
  }, [terminal, live]);
  return terminal;
}

/** The element the terminal is shown in; it fits itself whenever that changes size. */
export function useMount(terminal: MachineTerminal) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    // What tests and curious people read the console by: see terminals.ts.
    Object.assign(element, { terminal } satisfies Pick<ConsoleElement, 'terminal'>);
    terminal.attach(element);
    let frame: number | null = null;
    const sizes = new ResizeObserver(() => {
      frame ??= requestAnimationFrame(() => {
        frame = null;
        terminal.fit();
      });
    });
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      if (frame !== null) cancelAnimationFrame(frame);
      terminal.detach();
    };
  }, [terminal]);
  return place;
}

/** A sentence that goes away by itself. */
export function usePassingSentence(): readonly [sentence: string, say: (sentence: string) => void] {
  const [said, setSaid] = useState({ sentence: '', count: 0 });
  useEffect(() => {
    if (said.sentence === '') return;
    const timer = setTimeout(() => setSaid({ sentence: '', count: said.count }), 4000);
    return () => clearTimeout(timer);
  }, [said]);
  return [said.sentence, (sentence) => setSaid(({ count }) => ({ sentence, count: count + 1 }))];
}

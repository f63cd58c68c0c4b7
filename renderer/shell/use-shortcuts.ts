/**
 * Keys of the window.  They are heard before the console hears them, because a shortcut that works everywhere but in the
 * console is none; Ctrl+K alone, which shells use to cut a line, stays the guest's when the console has the focus.
 */

import { useEffect } from 'react';
import { isCommand } from '../../core/protocol/commands.ts';
import { type CommandName, commandList, useDo } from '../commands.ts';
import { matches, type PressedKey } from '../shortcuts.ts';
import { useConnection } from '../store.ts';
import { isMac } from './computer.ts';

const PALETTE_OUTSIDE_CONSOLES = 'Mod+K';

/** The commands a key is for, in the order of the list; the first that is possible is meant. */
export function commandsFor(pressed: PressedKey, mac: boolean, inConsole: boolean): readonly CommandName[] {
  const found = commandList.filter(({ shortcut }) => matches(pressed, shortcut, mac)).map(({ name }) => name);
  if (found.length > 0) return found;
  return !inConsole && matches(pressed, PALETTE_OUTSIDE_CONSOLES, mac) ? ['view.palette'] : [];
}

/** Also hears menus outside the page, which send names of commands. */
export function useShortcuts(): void {
  const run = useDo();
  const connection = useConnection();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      if (document.querySelector('dialog[open]') || event.isComposing) return;
      const names = commandsFor(event, isMac(), target?.closest('.xterm') != null);
      // The browser's own paste needs nobody's permission; asking for the clipboard does.
      if (names[0] === 'console.paste' && target?.closest('.xterm') != null) return;
      if (names.length === 0 || !run(...names)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, [run]);
  useEffect(() => connection.on('command', (name) => void (isCommand(name) && run(name))), [connection, run]);
}

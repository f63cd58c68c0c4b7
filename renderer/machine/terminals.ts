/**
 * The terminals of this window, one for each machine whose console was ever looked at.  They are kept while the window
 * lives, so that nothing on them is lost by looking elsewhere, and go with their machine.
 */

import type { Connection } from '../connection.ts';
import { MachineTerminal, type TerminalLook } from './machine-terminal.ts';

/** By connection first: a window that is connected anew starts with none. */
const terminals = new WeakMap<Connection, Map<string, MachineTerminal>>();

export function terminalOf(connection: Connection, id: string, look: TerminalLook): MachineTerminal {
  let known = terminals.get(connection);
  if (known === undefined) {
    known = new Map();
    terminals.set(connection, known);
  }
  let terminal = known.get(id);
  if (terminal === undefined) {
    terminal = new MachineTerminal(connection, id, look);
    known.set(id, terminal);
  }
  return terminal;
}

/** Lets go of the terminals of machines that are no longer in the library. */
export function keepTerminalsOf(connection: Connection, ids: ReadonlySet<string>): void {
  const known = terminals.get(connection);
  for (const [id, terminal] of known ?? []) {
    if (ids.has(id)) continue;
    terminal.dispose();
    known?.delete(id);
  }
}

/**
 * The element a console is shown in: `[data-machine-console="<id>"]`.  It carries its terminal, so that a test or a curious
 * person can read what is on it (`element.terminal.text()`); the canvas itself cannot be asked.
 */
export interface ConsoleElement extends HTMLElement {
  terminal: MachineTerminal;
}

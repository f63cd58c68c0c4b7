/** The console's menu under the right mouse button. */

import type { MachineView } from '../../core/protocol/machines.ts';
import { type CommandName, commandList } from '../commands.ts';
import { isOn } from '../library/state-words.ts';
import { isMac } from '../shell/computer.ts';
import type { MenuItem } from '../shell/menu.tsx';
import { spell } from '../shortcuts.ts';
import type { MachineTerminal } from './machine-terminal.ts';
import type { ConsoleActions } from './use-console-commands.ts';

function item(name: CommandName, run: (() => void) | null, group = false): MenuItem {
  const { label, shortcut } = commandList.find((one) => one.name === name)!;
  return { label, run, group, ...(shortcut === '' ? {} : { shortcut: spell(shortcut, isMac()) }) };
}

export function consoleMenu(
  actions: ConsoleActions,
  { terminal }: MachineTerminal,
  machine: MachineView,
): readonly MenuItem[] {
  return [
    item('console.copy', terminal.hasSelection() ? actions.copy : null),
    item('console.paste', isOn(machine.state) ? actions.paste : null),
    { label: 'Select all', run: actions.selectAll },
    item('console.find', actions.find, true),
    item('console.clear', actions.clear),
    item('console.saveLog', actions.saveLog, true),
    item('console.larger', actions.larger, true),
    item('console.smaller', actions.smaller),
  ];
}

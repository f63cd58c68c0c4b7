/**
 * The menu bar of the desktop window, from the one list of commands.  It only tells the window which command was chosen.
 * Keys are shown here and taken there: a menu that took them would take them from guests too.
 */

import type { MenuItemConstructorOptions } from 'electron';
import { type CommandDescription, type CommandName, commandList, menus } from '../../core/protocol/commands.ts';

type Choose = (name: CommandName) => void;

export function menuTemplate(platform: NodeJS.Platform, choose: Choose): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const ours = menus.map((menu): MenuItemConstructorOptions => {
    const commands = commandList.filter((command) => command.menu === menu);
    return {
      label: menu,
      submenu: [...commands.flatMap((command) => itemsOf(command, choose)), ...extras(menu, isMac)],
    };
  });
  // A Mac expects these two, and its text fields copy and paste by the second.
  return isMac ? [{ role: 'appMenu' }, { role: 'editMenu' }, ...ours, { role: 'windowMenu' }] : ours;
}

/** What the window cannot do by itself. */
function extras(menu: (typeof menus)[number], isMac: boolean): MenuItemConstructorOptions[] {
  if (menu === 'View') return [{ type: 'separator' }, { role: 'togglefullscreen' }];
  if (menu === 'Machine' && !isMac) return [{ type: 'separator' }, { role: 'quit', label: 'Quit' }];
  return [];
}

function itemsOf(
  { label, shortcut, group, name }: CommandDescription & { readonly name: CommandName },
  choose: Choose,
): MenuItemConstructorOptions[] {
  const item: MenuItemConstructorOptions = { label, click: () => choose(name) };
  if (shortcut !== '') {
    item.accelerator = shortcut.replace('Mod', 'CmdOrCtrl');
    item.registerAccelerator = false;
  }
  return group ? [{ type: 'separator' }, item] : [item];
}

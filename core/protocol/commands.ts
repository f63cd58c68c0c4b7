/**
 * Everything a person can tell the window to do, once: menus (native and drawn), the palette, shortcuts and their list
 * are derived from here.  What a command does, and whether it can be done just now, is the window's business; the desktop
 * front only sends the name.  While the console has the focus keys belong to the guest, so shortcuts are combinations no
 * guest waits for and no browser keeps to itself.
 */

export const menus = ['Machine', 'Console', 'View', 'Help'] as const;

export interface CommandDescription {
  readonly name: string;
  readonly menu: (typeof menus)[number];
  /** An ellipsis says that a question follows. */
  readonly label: string;
  /** 'Mod' is Command on a Mac and Control elsewhere; keys are named as Electron names them. Empty for none. */
  readonly shortcut: string;
  /** What has to be there first, after "needs": said when it is chosen in vain. Empty if it can always be done. */
  readonly needs: string;
  /** A line is drawn above it in a menu. */
  readonly group?: true;
}

const command = <Name extends string>(
  menu: CommandDescription['menu'],
  name: Name,
  label: string,
  shortcut = '',
  needs = '',
  group?: 'new group',
): CommandDescription & { readonly name: Name } => ({
  name,
  menu,
  label,
  shortcut,
  needs,
  ...(group ? { group: true } : {}),
});

const chosen = 'a machine, and none is chosen';

export const commandList = [
  command('Machine', 'machine.new', 'New machine…', 'Mod+Shift+M'),
  command('Machine', 'machine.import', 'Import…'),
  command('Machine', 'machine.export', 'Export…', '', chosen),
  command('Machine', 'machine.start', 'Start', 'Mod+Shift+Enter', 'a machine that does not run', 'new group'),
  command('Machine', 'machine.pause', 'Pause', 'Mod+Shift+U', 'a machine that is running'),
  command('Machine', 'machine.resume', 'Resume', 'Mod+Shift+U', 'a machine that is paused'),
  command('Machine', 'machine.reset', 'Reset…', '', 'a machine that is on'),
  command('Machine', 'machine.powerOff', 'Power off…', '', 'a machine that is on'),
  command('Machine', 'machine.fastPath', 'Turn the fast path on or off', 'Mod+Shift+X', chosen, 'new group'),
  command('Machine', 'machine.rename', 'Rename…', '', chosen, 'new group'),
  command('Machine', 'machine.clone', 'Clone', '', chosen),
  command('Machine', 'machine.delete', 'Delete…', '', 'a machine that is off'),

  command('Console', 'console.copy', 'Copy', 'Mod+Shift+C', 'a console with something selected'),
  command('Console', 'console.paste', 'Paste', 'Mod+Shift+V', 'the console of a machine that is on'),
  command('Console', 'console.find', 'Find…', 'Mod+Shift+F', 'a console'),
  command('Console', 'console.clear', 'Clear', '', 'a console'),
  command('Console', 'console.saveLog', 'Save log…', '', 'a console', 'new group'),
  command('Console', 'console.larger', 'Larger text', 'Mod+Plus', '', 'new group'),
  command('Console', 'console.smaller', 'Smaller text', 'Mod+-'),
  command('Console', 'console.leave', 'Move the focus out of the console', 'Mod+F6', 'a console', 'new group'),
  command('Console', 'console.screenReader', 'Screen reader mode', 'Mod+Shift+S', 'a console'),

  command('View', 'view.palette', 'Command palette…', 'F1'),
  command('View', 'view.home', 'All machines', 'Mod+Shift+L', '', 'new group'),
  command('View', 'view.console', 'Console and counters', 'Mod+1', chosen),
  command('View', 'view.crossings', 'World switches', 'Mod+2', chosen),
  command('View', 'view.settings', 'Settings of the machine', 'Mod+3', chosen),
  command('View', 'view.compare', 'Compare', 'Mod+4', '', 'new group'),
  command('View', 'view.log', 'Log', 'Mod+5'),
  command('View', 'view.preferences', 'Preferences', 'Mod+,'),
  command('View', 'view.theme', 'Switch between light and dark', '', '', 'new group'),

  command('Help', 'help.shortcuts', 'Keyboard shortcuts', 'Mod+/'),
  command('Help', 'help.about', 'About Astride'),
] as const satisfies readonly CommandDescription[];

export type CommandName = (typeof commandList)[number]['name'];

export function isCommand(name: string): name is CommandName {
  return commandList.some((one) => one.name === name);
}

/** The menu of one machine: on its button, under the right mouse button, and on Shift+F10. */

import type { MenuItem } from '../shell/menu.tsx';
import type { ActionName, MachineActions } from './use-machine-actions.ts';

const lines: readonly { readonly action: ActionName; readonly label: string; readonly group?: true }[] = [
  { action: 'start', label: 'Start' },
  { action: 'resume', label: 'Resume' },
  { action: 'pause', label: 'Pause' },
  { action: 'reset', label: 'Reset…' },
  { action: 'powerOff', label: 'Power off…' },
  { action: 'rename', label: 'Rename…', group: true },
  { action: 'clone', label: 'Clone' },
  { action: 'export', label: 'Export…' },
  { action: 'remove', label: 'Delete…', group: true },
];

/** Which of them make sense for a machine's state is not for a person to puzzle out: the others are left away. */
export function machineMenu(actions: MachineActions): readonly MenuItem[] {
  return lines
    .filter(({ action }) => actions[action] !== null || action === 'remove')
    .map(({ action, label, group }) => ({
      label,
      run: actions[action],
      ...(group ? { group } : {}),
      ...(action === 'remove' ? { danger: true } : {}),
    }));
}

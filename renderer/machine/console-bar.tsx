/** The row of buttons above a console. The focus lands here when it leaves the terminal. */

import type { Ref } from 'react';
import { commandList } from '../commands.ts';
import { isMac } from '../shell/computer.ts';
import { Icon, type IconName } from '../shell/icons.tsx';
import { SquareButton } from '../shell/square-button.tsx';
import { spell } from '../shortcuts.ts';
import type { ConsoleActions } from './use-console-commands.ts';

interface BarButton {
  readonly action: keyof ConsoleActions;
  readonly command: 'console.find' | 'console.copy' | 'console.paste' | 'console.clear' | 'console.saveLog';
  readonly icon: IconName | 'paste' | 'clear';
}

const buttons: readonly BarButton[] = [
  { action: 'find', command: 'console.find', icon: 'search' },
  { action: 'copy', command: 'console.copy', icon: 'copy' },
  { action: 'paste', command: 'console.paste', icon: 'paste' },
  { action: 'clear', command: 'console.clear', icon: 'clear' },
  { action: 'saveLog', command: 'console.saveLog', icon: 'file' },
];

interface ConsoleBarProps {
  readonly ref: Ref<HTMLDivElement>;
  readonly actions: ConsoleActions;
  readonly screenReader: boolean;
}

export function ConsoleBar({ ref, actions, screenReader }: ConsoleBarProps) {
  return (
    <div className="machine-bar" ref={ref} role="toolbar" aria-label="Console">
      {buttons.map(({ action, command, icon }) => (
        <SquareButton key={action} label={labelOf(command)} onPress={actions[action]}>
          <Picture name={icon} />
        </SquareButton>
      ))}
      <span className="machine-bar-space" />
      <SquareButton label={labelOf('console.smaller')} onPress={actions.smaller}>
        <span className="machine-small-a">A</span>
      </SquareButton>
      <SquareButton label={labelOf('console.larger')} onPress={actions.larger}>
        <span className="machine-large-a">A</span>
      </SquareButton>
      <SquareButton label={labelOf('console.screenReader')} onPress={actions.flipScreenReader} pressed={screenReader}>
        <Picture name="reader" />
      </SquareButton>
    </div>
  );
}

/** 'Find (Ctrl+Shift+F)'. */
function labelOf(name: string): string {
  const { label, shortcut } = commandList.find((one) => one.name === name)!;
  const words = label.replace('…', '');
  return shortcut === '' ? words : `${words} (${spell(shortcut, isMac())})`;
}

const ownPaths = {
  paste: 'M5.5 3.5h-2v10h9v-10h-2M6 2.5h4v2.5H6z',
  clear: 'M3 12.5h10M4.2 9.2l4.6-5.4 3.6 3-4.6 5.7H6.4z',
  reader: 'M3 6v4h2.5L9 13V3L5.5 6zM11.2 6a3 3 0 0 1 0 4M12.8 4.2a5.6 5.6 0 0 1 0 7.6',
} as const;

function Picture({ name }: { name: IconName | keyof typeof ownPaths }) {
  if (name !== 'paste' && name !== 'clear' && name !== 'reader') return <Icon name={name} />;
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={ownPaths[name]} />
    </svg>
  );
}

/** Start, pause, resume, reset, power off: the ones a machine's state allows, as buttons in a row. */

import type { MachineView } from '../../core/protocol/machines.ts';
import { Icon, type IconName } from '../shell/icons.tsx';
import { SquareButton } from '../shell/square-button.tsx';
import { nameOf } from './state-words.ts';
import type { MachineActions } from './use-machine-actions.ts';

interface RunButton {
  readonly action: 'start' | 'pause' | 'resume' | 'reset' | 'powerOff';
  readonly icon: IconName;
  readonly label: string;
}

const buttons: readonly RunButton[] = [
  { action: 'start', icon: 'play', label: 'Start' },
  { action: 'resume', icon: 'play', label: 'Resume' },
  { action: 'pause', icon: 'pause', label: 'Pause' },
  { action: 'reset', icon: 'reset', label: 'Reset' },
  { action: 'powerOff', icon: 'power', label: 'Power off' },
];

/** What Start is called after an end that nobody wished for. */
function labelOf(button: RunButton, machine: MachineView): string {
  return button.action === 'start' && machine.state.is === 'ended' ? 'Start again' : button.label;
}

interface RunButtonsProps {
  readonly machine: MachineView;
  readonly actions: MachineActions;
}

/** Start or resume keeps its place and its words; the others follow, as they become possible. */
export function RunButtons({ machine, actions }: RunButtonsProps) {
  const name = nameOf(machine);
  return (
    <fieldset className="run-buttons" aria-label={`Run ${name}`}>
      {buttons
        .filter(({ action }) => actions[action] !== null)
        .map((button) => (
          <button
            key={button.action}
            type="button"
            className={button.action === 'start' || button.action === 'resume' ? 'button button-primary' : 'button'}
            onClick={() => actions[button.action]?.()}
          >
            <Icon name={button.icon} />
            {labelOf(button, machine)}
          </button>
        ))}
    </fieldset>
  );
}

/** The one thing most likely wanted, small enough for a card or a line of the list. */
export function QuickButton({ machine, actions }: RunButtonsProps) {
  const button = buttons.find(({ action }) => actions[action] !== null);
  if (!button) return null;
  const label = `${labelOf(button, machine)} ${nameOf(machine)}`;
  return (
    <SquareButton label={label} onPress={() => actions[button.action]?.()}>
      <Icon name={button.icon} />
    </SquareButton>
  );
}

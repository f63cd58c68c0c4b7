/**
 * The foot of a console: whether somebody listens, and what to do if nobody does.  It never covers what was printed: the
 * last lines of a dead guest are the ones worth reading.
 */

import type { MachineView } from '../../core/protocol/machines.ts';
import { stateWord } from '../library/state-words.ts';
import { useMachineActions } from '../library/use-machine-actions.ts';
import { Icon } from '../shell/icons.tsx';

export function ConsoleFoot({ machine, sentence }: { machine: MachineView; sentence: string }) {
  const { tone } = stateWord(machine);
  const standing = standingWords(machine);
  if (standing === '' && sentence === '') return <p className="machine-off-screen" role="status" />;
  return (
    <div className="machine-foot" data-tone={tone} data-machine-state={machine.state.is}>
      <p className="machine-foot-words" role="status">
        {sentence === '' ? standing : sentence}
      </p>
      <FootButton machine={machine} />
    </div>
  );
}

/** Empty while the guest runs: then the console speaks for itself. */
function standingWords(machine: MachineView): string {
  const { state } = machine;
  if (state.is === 'running') return '';
  if (state.is === 'starting') return 'Starting…';
  if (state.is === 'paused') return 'Paused. What is typed waits until the machine goes on.';
  if (state.is === 'stopped') return 'The machine is off.';
  const { word, reason } = stateWord(machine);
  return reason === '' ? `${word}.` : `${word}: ${reason}`;
}

function FootButton({ machine }: { machine: MachineView }) {
  const actions = useMachineActions(machine);
  const { is } = machine.state;
  if (is === 'paused' && actions.resume) return <Press label="Resume" onPress={actions.resume} />;
  if (is === 'stopped' && actions.start) return <Press label="Start" onPress={actions.start} />;
  if (is === 'ended' && actions.start) return <Press label="Start again" onPress={actions.start} />;
  return null;
}

function Press({ label, onPress }: { label: string; onPress: () => void }) {
  return (
    <button type="button" className="button button-primary" onClick={onPress}>
      <Icon name="play" />
      {label}
    </button>
  );
}

/** What a machine is doing, in a word for the list, a tone for its colour and a sentence for who cannot see either. */

import type { LastRun, MachineView, RunState } from '../../core/protocol/machines.ts';

/** The look has a colour for each. */
export type Tone = 'off' | 'busy' | 'running' | 'paused' | 'bad';

export interface StateWord {
  readonly word: string;
  readonly tone: Tone;
  /** More about it, or empty. */
  readonly reason: string;
}

const ends: Readonly<Record<LastRun['end'], Pick<StateWord, 'word' | 'tone'>>> = {
  'powered off': { word: 'Powered off', tone: 'off' },
  stopped: { word: 'Stopped', tone: 'off' },
  killed: { word: 'Killed', tone: 'bad' },
  crashed: { word: 'Crashed', tone: 'bad' },
  'could not start': { word: 'Could not start', tone: 'bad' },
};

export function stateWord(machine: Pick<MachineView, 'damaged' | 'state'>): StateWord {
  if (machine.damaged !== null) return { word: 'Damaged', tone: 'bad', reason: machine.damaged };
  const { state } = machine;
  switch (state.is) {
    case 'stopped':
      return { word: 'Off', tone: 'off', reason: '' };
    case 'starting':
      return { word: 'Starting', tone: 'busy', reason: '' };
    case 'running':
      return { word: 'Running', tone: 'running', reason: '' };
    case 'paused':
      return { word: 'Paused', tone: 'paused', reason: '' };
    case 'ended':
      return { ...ends[state.end], reason: state.reason };
    default:
      return state satisfies never;
  }
}

/** A machine is on while there is a guest that could be lost. */
export function isOn(state: RunState): boolean {
  return state.is === 'starting' || state.is === 'running' || state.is === 'paused';
}

export function nameOf(machine: Pick<MachineView, 'id' | 'settings'>): string {
  return machine.settings?.name ?? machine.id;
}

/** What changed between two lists, as sentences for the live region. A first list is no change. */
export function spokenChanges(before: readonly MachineView[], after: readonly MachineView[]): string[] {
  const known = new Map(before.map((machine) => [machine.id, machine]));
  return after.flatMap((machine) => {
    const old = known.get(machine.id);
    if (!old) return [];
    const [was, is] = [stateWord(old), stateWord(machine)];
    if (was.word === is.word && was.reason === is.reason) return [];
    return [`${nameOf(machine)}: ${is.word}${is.reason === '' ? '' : `. ${is.reason}`}`];
  });
}

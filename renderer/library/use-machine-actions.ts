/**
 * What can be done with a machine just now, as functions or nulls: buttons, menus and commands all take them from here,
 * so that they never disagree.  Questions are asked here too; the rules themselves are main's.
 */

import { useMemo } from 'react';
import type { MachineView } from '../../core/protocol/machines.ts';
import { useChooseFile } from '../shell/choose-file.ts';
import { type Questions, useQuestions } from '../shell/questions.tsx';
import { useGo } from '../shell/use-place.ts';
import { fileNameFor, sizeWords } from '../shell/wording.ts';
import { type Ask, useAsk, useSay } from '../store.ts';
import { isOn, nameOf } from './state-words.ts';

export type ActionName =
  | 'start'
  | 'pause'
  | 'resume'
  | 'reset'
  | 'powerOff'
  | 'fastPath'
  | 'rename'
  | 'clone'
  | 'remove'
  | 'export';
export type MachineActions = Readonly<Record<ActionName, (() => void) | null>>;

/** What a machine is kept as when it leaves in one file. */
export const MACHINE_FILE_ENDING = '.astride';

/** Which of them the machine's state allows. */
export function allowed(machine: Pick<MachineView, 'damaged' | 'state'>): ReadonlySet<ActionName> {
  if (machine.damaged !== null) return new Set(['remove']);
  const { is } = machine.state;
  const always: readonly ActionName[] = ['fastPath', 'rename', 'clone', 'export'];
  if (is === 'running') return new Set(['pause', 'reset', 'powerOff', ...always]);
  if (is === 'paused') return new Set(['resume', 'reset', 'powerOff', ...always]);
  if (is === 'starting') return new Set(['powerOff', ...always]);
  return new Set(['start', 'remove', ...always]);
}

interface Tools {
  readonly ask: Ask;
  readonly questions: Questions;
  readonly choose: ReturnType<typeof useChooseFile>;
  readonly go: ReturnType<typeof useGo>;
  readonly say: ReturnType<typeof useSay>;
}

/** Null stands for a machine that is gone or that nobody chose: nothing can be done with it. */
export function useMachineActions(machine: MachineView | null | undefined): MachineActions {
  const [ask, questions, choose, go, say] = [useAsk(), useQuestions(), useChooseFile(), useGo(), useSay()];
  return useMemo(
    () => actionsOf(machine, { ask, questions, choose, go, say }),
    [machine, ask, questions, choose, go, say],
  );
}

function actionsOf(machine: MachineView | null | undefined, tools: Tools): MachineActions {
  const may: ReadonlySet<ActionName> = machine ? allowed(machine) : new Set();
  const when = (name: ActionName, run: (machine: MachineView) => unknown) =>
    machine && may.has(name) ? () => void run(machine) : null;
  const { ask } = tools;
  return {
    start: when('start', ({ id }) => ask('machine.start', { id })),
    pause: when('pause', ({ id }) => ask('machine.pause', { id })),
    resume: when('resume', ({ id }) => ask('machine.resume', { id })),
    reset: when('reset', (one) => resetOne(one, tools)),
    powerOff: when('powerOff', (one) => powerOffOne(one, tools)),
    fastPath: when('fastPath', (one) => flipFastPath(one, ask)),
    rename: when('rename', (one) => renameOne(one, tools)),
    clone: when('clone', (one) => cloneOne(one, tools)),
    remove: when('remove', (one) => removeOne(one, tools)),
    export: when('export', (one) => exportOne(one, tools)),
  };
}

async function resetOne(machine: MachineView, { ask, questions }: Tools): Promise<void> {
  const yes = await questions.confirm({
    title: `Reset “${nameOf(machine)}”?`,
    sentences: ['The guest starts again from the beginning and is not asked first. What its memory holds is lost.'],
    yes: 'Reset',
  });
  if (yes) await ask('machine.reset', { id: machine.id });
}

async function powerOffOne(machine: MachineView, { ask, questions }: Tools): Promise<void> {
  const yes = await questions.confirm({
    title: `Power off “${nameOf(machine)}”?`,
    sentences: ['This is like pulling the plug: the guest is not asked first. What it wrote to its disks is kept.'],
    yes: 'Power off',
  });
  if (yes) await ask('machine.powerOff', { id: machine.id });
}

async function flipFastPath({ id, settings, state }: MachineView, ask: Ask): Promise<void> {
  if (!settings) return;
  const on = !settings.fastPath;
  if (isOn(state)) await ask('machine.fastPath', { id, on });
  else await ask('library.edit', { id, settings: { ...settings, fastPath: on } });
}

async function renameOne({ id, settings }: MachineView, { ask, questions }: Tools): Promise<void> {
  if (!settings) return;
  const name = await questions.text({
    title: 'Rename the machine',
    label: 'Name',
    value: settings.name,
    yes: 'Rename',
  });
  if (name !== null && name !== settings.name) await ask('library.edit', { id, settings: { ...settings, name } });
}

async function cloneOne({ id }: MachineView, { ask, go }: Tools): Promise<void> {
  const clone = await ask('library.clone', { id });
  if (clone) go({ view: 'machine', id: clone.id, tab: 'settings' });
}

/** What deleting takes and what it leaves, as sentences. */
export function removalSentences(machine: MachineView): string[] {
  const disks = machine.settings?.disks.map(({ path }) => path) ?? [];
  return [
    `This removes its entry from the library, with everything in its folder (${sizeWords(machine.sizeBytes)}): settings, ` +
      'copied images, what was written to overlays, and the console log. It cannot be undone.',
    ...(disks.length === 0 ? [] : [`Its disk images outside the library stay where they are: ${disks.join(', ')}.`]),
  ];
}

async function removeOne(machine: MachineView, { ask, questions, go }: Tools): Promise<void> {
  const yes = await questions.confirm({
    title: `Delete “${nameOf(machine)}”?`,
    sentences: removalSentences(machine),
    yes: 'Delete',
    danger: true,
  });
  if (yes && (await ask('library.delete', { id: machine.id })) !== undefined) go({ view: 'home' });
}

async function exportOne(machine: MachineView, { ask, choose, say }: Tools): Promise<void> {
  const to = await choose('save', `${fileNameFor(nameOf(machine))}${MACHINE_FILE_ENDING}`);
  if (to === null) return;
  if ((await ask('library.export', { id: machine.id, to })) !== undefined)
    say('fine', `“${nameOf(machine)}” was written to ${to}.`);
}

/** Not of one machine, but the way back from an export. */
export function useImportMachine(): () => void {
  const [ask, choose, go] = [useAsk(), useChooseFile(), useGo()];
  return async () => {
    const from = await choose('machine');
    const machine = from === null ? undefined : await ask('library.import', { from });
    if (machine) go({ view: 'machine', id: machine.id, tab: 'settings' });
  };
}

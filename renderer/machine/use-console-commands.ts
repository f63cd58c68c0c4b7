/** What can be done with a console, for its buttons, its menu and the window's commands alike. */

import type { MachineView } from '../../core/protocol/machines.ts';
import { preferences as preferencesSchema } from '../../core/protocol/preferences.ts';
import { useCommand } from '../commands.ts';
import { isOn, nameOf } from '../library/state-words.ts';
import { useChooseFile } from '../shell/choose-file.ts';
import { fileNameFor } from '../shell/wording.ts';
import { useAsk, usePreferences, useSay } from '../store.ts';
import { copyText, readClipboard } from './clipboard.ts';
import type { MachineTerminal } from './machine-terminal.ts';

export interface ConsoleActions {
  readonly copy: () => void;
  readonly paste: () => void;
  readonly selectAll: () => void;
  readonly clear: () => void;
  readonly find: () => void;
  readonly saveLog: () => void;
  readonly larger: () => void;
  readonly smaller: () => void;
  readonly leave: () => void;
  readonly flipScreenReader: () => void;
}

interface Around {
  readonly machine: MachineView;
  readonly terminal: MachineTerminal;
  /** Says a sentence at the console's own foot. */
  readonly whisper: (sentence: string) => void;
  readonly find: () => void;
  readonly leave: () => void;
  readonly flipScreenReader: () => void;
}

/** Chromium pastes by these keys without asking anybody; nothing else can be said to work everywhere. */
const PASTE_BY_KEYS = 'This window may not read the clipboard by itself. Press Shift+Insert to paste.';

export function useConsoleActions(around: Around): ConsoleActions {
  const { machine, terminal, whisper, find, leave, flipScreenReader } = around;
  const [larger, smaller] = useTextSize();
  const saveLog = useSaveLog(machine);
  const copy = async () => {
    const selected = terminal.terminal.getSelection();
    if (selected === '') whisper('Nothing is selected.');
    else whisper((await copyText(selected)) ? 'Copied.' : 'The browser refused the clipboard.');
    terminal.terminal.focus();
  };
  const paste = async () => {
    const text = isOn(machine.state) ? await readClipboard() : '';
    if (text === null) whisper(PASTE_BY_KEYS);
    else terminal.paste(text);
    terminal.terminal.focus();
  };
  const actions: ConsoleActions = {
    copy: () => void copy(),
    paste: () => void paste(),
    selectAll: () => terminal.terminal.selectAll(),
    clear: () => terminal.terminal.clear(),
    find,
    saveLog: () => void saveLog(),
    larger,
    smaller,
    leave,
    flipScreenReader,
  };
  useOffers(actions, isOn(machine.state));
  return actions;
}

function useOffers(actions: ConsoleActions, live: boolean): void {
  useCommand('console.copy', actions.copy);
  useCommand('console.paste', live ? actions.paste : null);
  useCommand('console.find', actions.find);
  useCommand('console.clear', actions.clear);
  useCommand('console.saveLog', actions.saveLog);
  useCommand('console.larger', actions.larger);
  useCommand('console.smaller', actions.smaller);
  useCommand('console.leave', actions.leave);
  useCommand('console.screenReader', actions.flipScreenReader);
}

/** The size is a preference, so every console of every window follows. */
function useTextSize(): readonly [larger: () => void, smaller: () => void] {
  const ask = useAsk();
  const preferences = usePreferences();
  const change = (by: number) => {
    const wanted = { ...preferences, consoleFontSize: preferences.consoleFontSize + by };
    if (isAllowed(wanted.consoleFontSize)) void ask('app.prefer', wanted);
  };
  return [() => change(1), () => change(-1)];
}

/** The table's own limits; main would refuse what is beyond them. */
function isAllowed(fontSize: number): boolean {
  const limits = preferencesSchema.entries.consoleFontSize.pipe;
  return limits.every((one) => {
    if (!('requirement' in one) || typeof one.requirement !== 'number') return true;
    return one.type === 'min_value' ? fontSize >= one.requirement : fontSize <= one.requirement;
  });
}

function useSaveLog(machine: MachineView): () => Promise<void> {
  const [ask, choose, say] = [useAsk(), useChooseFile(), useSay()];
  return async () => {
    const to = await choose('save', `${fileNameFor(nameOf(machine))}-console.log`);
    if (to === null) return;
    const saved = await ask('console.saveLog', { id: machine.id, to });
    if (saved !== undefined) say('fine', `The console’s log was written to ${to}.`);
  };
}

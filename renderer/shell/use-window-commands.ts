/** The commands the shell itself can do: those of the chosen machine, and the ways to every place. */

import { useState } from 'react';
import type { MachineView } from '../../core/protocol/machines.ts';
import { useCommand } from '../commands.ts';
import { useImportMachine, useMachineActions } from '../library/use-machine-actions.ts';
import { useAsk, useMachine, usePreferences } from '../store.ts';
import type { MachineTab, Place } from './place.ts';
import { useTheme } from './theme.ts';
import { useGo, usePlace } from './use-place.ts';

export type OpenDialog = 'new machine' | 'palette' | 'shortcuts';

/** Which of the shell's dialogs is open, and how to close it. */
export function useWindowCommands(): { readonly open: OpenDialog | null; readonly close: () => void } {
  const [open, setOpen] = useState<OpenDialog | null>(null);
  const place = usePlace();
  const machine = useMachine(place.view === 'machine' ? place.id : '');
  useMachineCommands(machine);
  usePlaceCommands(place);
  useThemeCommand();
  useCommand('machine.new', () => setOpen('new machine'));
  useCommand('machine.import', useImportMachine());
  useCommand('view.palette', () => setOpen('palette'));
  useCommand('help.shortcuts', () => setOpen('shortcuts'));
  return { open, close: () => setOpen(null) };
}

function useMachineCommands(machine: MachineView | undefined): void {
  const actions = useMachineActions(machine);
  useCommand('machine.start', actions.start);
  useCommand('machine.pause', actions.pause);
  useCommand('machine.resume', actions.resume);
  useCommand('machine.reset', actions.reset);
  useCommand('machine.powerOff', actions.powerOff);
  useCommand('machine.fastPath', actions.fastPath);
  useCommand('machine.rename', actions.rename);
  useCommand('machine.clone', actions.clone);
  useCommand('machine.delete', actions.remove);
  useCommand('machine.export', actions.export);
}

function usePlaceCommands(place: Place): void {
  const go = useGo();
  const to = (tab: MachineTab) => (place.view === 'machine' ? () => go({ view: 'machine', id: place.id, tab }) : null);
  useCommand('view.home', () => go({ view: 'home' }));
  useCommand('view.console', to('console'));
  useCommand('view.crossings', to('crossings'));
  useCommand('view.settings', to('settings'));
  useCommand('view.compare', () => go({ view: 'compare' }));
  useCommand('view.log', () => go({ view: 'log' }));
  useCommand('view.preferences', () => go({ view: 'preferences' }));
  useCommand('help.about', () => go({ view: 'about' }));
}

function useThemeCommand(): void {
  const ask = useAsk();
  const preferences = usePreferences();
  const theme = useTheme(preferences.theme);
  const flip = () => ask('app.prefer', { ...preferences, theme: theme === 'dark' ? 'light' : 'dark' });
  useCommand('view.theme', () => void flip());
}

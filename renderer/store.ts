/**
 * What every view of the window may read and ask: the connection, the lists main keeps fresh, and a way to ask that
 * turns a refusal into a sentence on screen.  Views hold no copies of these lists and no rules of the machine.
 */

import { createContext, createElement, type ReactNode, useCallback, useContext, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { ComparisonView } from '../core/protocol/comparisons.ts';
import type { MachineView } from '../core/protocol/machines.ts';
import type { Preferences } from '../core/protocol/preferences.ts';
import type { About, Answer, Argument, LogLine, Method, Sample } from '../core/protocol/requests.ts';
import type { Connection } from './connection.ts';
import {
  askAloud,
  dismiss,
  followWorkstation,
  newWorkstationState,
  say,
  type Toast,
  type WorkstationState,
  type WorkstationStore,
} from './shell/workstation-state.ts';

interface Workstation {
  readonly connection: Connection;
  readonly store: WorkstationStore;
}

const WorkstationContext = createContext<Workstation | null>(null);

/** Everything below may use the hooks of this file. */
export function WorkstationProvider({ connection, children }: { connection: Connection; children: ReactNode }) {
  const workstation = useMemo(() => ({ connection, store: createStore(newWorkstationState) }), [connection]);
  useEffect(() => followWorkstation(workstation.connection, workstation.store), [workstation]);
  return createElement(WorkstationContext, { value: workstation }, children);
}

function useWorkstation(): Workstation {
  const workstation = useContext(WorkstationContext);
  if (!workstation) throw new Error('a view was drawn outside <WorkstationProvider>');
  return workstation;
}

function useKnown<T>(choose: (state: WorkstationState) => T): T {
  return useStore(useWorkstation().store, choose);
}

/** For events (`on`) and for requests whose refusal a view shows in its own way; else use `useAsk`. */
export const useConnection = (): Connection => useWorkstation().connection;

export const useMachines = (): readonly MachineView[] => useKnown((state) => state.machines);
/** False until the first list has arrived. */
export const useMachinesKnown = (): boolean => useKnown((state) => state.machinesKnown);
export const useMachine = (id: string): MachineView | undefined =>
  useKnown((state) => state.machines.find((machine) => machine.id === id));
export const useSamples = (): readonly Sample[] => useKnown((state) => state.samples);
/** What main says of itself; null until it has. */
export const useAbout = (): About | null => useKnown((state) => state.about);
/** Under way, finished, failed and damaged, as main lists them. */
export const useComparisons = (): readonly ComparisonView[] => useKnown((state) => state.comparisons);
export const usePreferences = (): Preferences => useKnown((state) => state.preferences);
/** Oldest first. */
export const useLog = (): readonly LogLine[] => useKnown((state) => state.log);
export const useToasts = (): readonly Toast[] => useKnown((state) => state.toasts);
/** True once main is gone. */
export const useLost = (): boolean => useKnown((state) => state.lost);

export type Ask = <M extends Method>(method: M, argument: Argument<M>) => Promise<Answer<M> | undefined>;

/** Asks main; a refusal becomes a toast and the answer `undefined` (which no request answers otherwise). Never rejects. */
export function useAsk(): Ask {
  const { connection, store } = useWorkstation();
  return useCallback((method, argument) => askAloud(connection, store, method, argument), [connection, store]);
}

/** Says a sentence in the corner of the window, and to screen readers. */
export function useSay(): (level: Toast['level'], sentence: string) => void {
  const { store } = useWorkstation();
  return useCallback((level, sentence) => void say(store, level, sentence), [store]);
}

export function useDismiss(): (number: number) => void {
  const { store } = useWorkstation();
  return useCallback((number) => dismiss(store, number), [store]);
}

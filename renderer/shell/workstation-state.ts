/**
 * What the window knows of the workstation: lists that main keeps true by events.  An event is always newer than an
 * answer that was asked for before it, so a list that arrives late never undoes one.  Nothing here draws anything.
 */

import type { StoreApi } from 'zustand/vanilla';
import type { ComparisonView } from '../../core/protocol/comparisons.ts';
import type { MachineView } from '../../core/protocol/machines.ts';
import { defaultPreferences, type Preferences } from '../../core/protocol/preferences.ts';
import type { About, Answer, Argument, LogLine, Method, Sample } from '../../core/protocol/requests.ts';
import { type Connection, RefusedRequest } from '../connection.ts';

/** What a window keeps of the log; the file has all of it. */
export const LOG_LINES_KEPT = 5000;

export interface Toast {
  readonly number: number;
  readonly level: 'fine' | 'error';
  readonly sentence: string;
}

export interface WorkstationState {
  readonly machines: readonly MachineView[];
  /** False until the first list has arrived: an empty list means nothing before that. */
  readonly machinesKnown: boolean;
  readonly samples: readonly Sample[];
  /** Null until main has introduced itself. */
  readonly about: About | null;
  readonly comparisons: readonly ComparisonView[];
  readonly preferences: Preferences;
  readonly log: readonly LogLine[];
  readonly toasts: readonly Toast[];
  /** Main is gone; nothing can be asked any more. */
  readonly lost: boolean;
}

export type WorkstationStore = StoreApi<WorkstationState>;

export function newWorkstationState(): WorkstationState {
  return {
    machines: [],
    machinesKnown: false,
    samples: [],
    about: null,
    comparisons: [],
    preferences: defaultPreferences,
    log: [],
    toasts: [],
    lost: false,
  };
}

/** Lines that arrived by event while the whole log was on its way are in both; each is kept once. */
export function joinLog(asked: readonly LogLine[], heard: readonly LogLine[]): readonly LogLine[] {
  const told = new Set(asked.map((line) => `${line.at} ${line.sentence}`));
  const missing = heard.filter((line) => !told.has(`${line.at} ${line.sentence}`));
  return [...asked, ...missing].slice(-LOG_LINES_KEPT);
}

/** Adds a sentence for the person; the same sentence twice in a row is said once. Returns its number. */
export function say(store: WorkstationStore, level: Toast['level'], sentence: string): number {
  const { toasts } = store.getState();
  const same = toasts.at(-1);
  if (same && same.sentence === sentence && same.level === level) return same.number;
  const number = (same?.number ?? 0) + 1;
  store.setState({ toasts: [...toasts, { number, level, sentence }].slice(-4) });
  return number;
}

export function dismiss(store: WorkstationStore, number: number): void {
  store.setState({ toasts: store.getState().toasts.filter((toast) => toast.number !== number) });
}

/** What went wrong, as a sentence, whoever threw it. */
export function sentenceOf(trouble: unknown): string {
  if (trouble instanceof RefusedRequest) return trouble.message;
  const words = trouble instanceof Error ? trouble.message : String(trouble);
  return `Something went wrong inside Astride: ${words}. The log says more.`;
}

/** Asks, and turns a refusal into a toast. `undefined` means refused; no request answers that. */
export async function askAloud<M extends Method>(
  connection: Connection,
  store: WorkstationStore,
  method: M,
  argument: Argument<M>,
): Promise<Answer<M> | undefined> {
  try {
    return await connection.ask(method, argument);
  } catch (trouble) {
    if (connection.alive) say(store, 'error', sentenceOf(trouble));
    return undefined;
  }
}

/** Listens first and asks then, so nothing falls between. Returns what ends it. */
export function followWorkstation(connection: Connection, store: WorkstationStore): () => void {
  const fresh = new Set<string>();
  const heard = (name: string, part: Partial<WorkstationState>) => {
    fresh.add(name);
    store.setState(part);
  };
  const ends = [
    connection.on('library', (machines) => heard('library', { machines, machinesKnown: true })),
    connection.on('comparisons', (comparisons) => heard('comparisons', { comparisons })),
    connection.on('preferences', (preferences) => heard('preferences', { preferences })),
    connection.on('log', (line) => store.setState({ log: [...store.getState().log, line].slice(-LOG_LINES_KEPT) })),
    connection.onLost(() => store.setState({ lost: true })),
  ];
  if (!connection.alive) store.setState({ lost: true });
  const fill = async <M extends Method>(
    name: string,
    method: M,
    part: (answer: Answer<M>) => Partial<WorkstationState>,
  ) => {
    // Every method asked here takes nothing; the table knows each one's argument, a generic function does not.
    const answer = await askAloud(connection, store, method, {} as Argument<M>);
    if (answer !== undefined && !fresh.has(name)) store.setState(part(answer));
  };
  void fill('library', 'library.list', (machines) => ({ machines, machinesKnown: true }));
  void fill('samples', 'library.samples', (samples) => ({ samples }));
  void fill('about', 'app.about', (about) => ({ about }));
  void fill('comparisons', 'compare.list', (comparisons) => ({ comparisons }));
  void fill('preferences', 'app.preferences', (preferences) => ({ preferences }));
  void fill('log', 'app.log', (asked) => ({ log: joinLog(asked, store.getState().log) }));
  return () => {
    for (const end of ends) end();
  };
}

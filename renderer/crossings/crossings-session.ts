/**
 * What one window knows and shows of one machine's crossings: the list, what of it is on the axis, what is filtered, which
 * one is chosen.  It outlives the view, so that a look at the console loses nothing.  Everything a person can do here is a
 * function below; nothing here draws.
 */

import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type { CrossingDetail, CrossingView } from '../../core/protocol/crossings.ts';
import { type Connection, RefusedRequest } from '../connection.ts';
import { type CrossingFilter, noFilter } from './crossing-filter.ts';
import type { Recording } from './recording-file.ts';
import { confine, reveal, type Span } from './span.ts';
import { indexOfNumber, layOut, type Scale, spanAround, type TimelineLayout, visible } from './timeline-layout.ts';

export const lengths = [200, 500, 1000, 2000, 5000] as const;
/** Crossings a timeline shows at first: few enough to read. */
const FIRST_SHOWN = 40;

export type Source =
  | { readonly is: 'live' }
  /** Files may hold one recording for each guest of a board. */
  | { readonly is: 'file'; readonly name: string; readonly recordings: readonly Recording[]; readonly chosen: number };

export type DetailState =
  | { readonly is: 'none' }
  | { readonly is: 'asked'; readonly number: number }
  | { readonly is: 'known'; readonly detail: CrossingDetail; readonly before: CrossingDetail | null }
  | { readonly is: 'missing'; readonly number: number; readonly sentence: string };

export interface CrossingsState {
  readonly source: Source;
  readonly layout: TimelineLayout;
  readonly span: Span;
  /** The person wants a recording while this view is open. */
  readonly recording: boolean;
  /** The list is kept fresh and the timeline stays at its end. */
  readonly following: boolean;
  readonly last: number;
  readonly filter: CrossingFilter;
  /** Number of a crossing. */
  readonly selected: number | null;
  readonly detail: DetailState;
  /** Number of the crossing whose details somebody wants to see; null once they were closed, whatever still arrives. */
  readonly wanted: number | null;
  /** A sentence, or empty. */
  readonly trouble: string;
}

export interface CrossingsSession {
  readonly connection: Connection;
  readonly id: string;
  readonly store: StoreApi<CrossingsState>;
  /** Details already seen, by number. */
  readonly seen: Map<number, CrossingDetail>;
}

export function newSession(connection: Connection, id: string): CrossingsSession {
  const layout = layOut([], 'clock');
  const store = createStore<CrossingsState>(() => ({
    source: { is: 'live' },
    layout,
    span: layout.limits.whole,
    recording: false,
    following: true,
    last: 500,
    filter: noFilter,
    selected: null,
    detail: { is: 'none' },
    wanted: null,
    trouble: '',
  }));
  return { connection, id, store, seen: new Map() };
}

/** What went wrong, as a sentence. */
export function sentenceFor(trouble: unknown): string {
  if (trouble instanceof RefusedRequest) return trouble.message;
  return `Something went wrong: ${trouble instanceof Error ? trouble.message : String(trouble)}.`;
}

/** Tells main whether to record. */
export async function tellRecording({ connection, id, store }: CrossingsSession, on: boolean): Promise<void> {
  try {
    await connection.ask('crossings.record', { id, on });
  } catch (trouble) {
    if (on) store.setState({ trouble: sentenceFor(trouble), recording: false });
  }
}

/** Reads the last crossings, once. A machine that has just ended may refuse: then what was read before stays. */
export async function refresh(session: CrossingsSession, quietly = false): Promise<void> {
  const { connection, id, store } = session;
  try {
    const crossings = await connection.ask('crossings.read', { id, last: store.getState().last });
    if (store.getState().source.is === 'live') receive(session, crossings);
  } catch (trouble) {
    if (!quietly) store.setState({ trouble: sentenceFor(trouble) });
  }
}

/**
 * A newer list of the same machine. Numbers that begin again are another run, of which nothing is known yet. One without
 * the crossing whose details somebody looks at is not taken.
 */
export function receive(session: CrossingsSession, crossings: readonly CrossingView[]): void {
  const { store, seen } = session;
  const state = store.getState();
  const before = state.layout.crossings.at(-1);
  const now = crossings.at(-1);
  // Main forgets when a recording begins; what was seen is worth more than nothing.
  if (!now && before) return;
  const sameRun = !before || sameMoment(before, crossings);
  if (!sameRun) {
    seen.clear();
    store.setState({ selected: null, detail: { is: 'none' } });
  }
  if (sameRun && before?.number === now?.number && state.layout.crossings.length === crossings.length) return;
  if (sameRun && wouldLoseChosen(state, crossings)) return;
  const layout = layOut(crossings, state.layout.scale);
  const span =
    state.following || !before || !sameRun ? followedSpan(state, layout) : confine(state.span, layout.limits);
  store.setState({ layout, span, trouble: '' });
}

/** Whoever follows again, or asks for a shorter list, wants the end of it. */
function wouldLoseChosen({ following, detail, layout }: CrossingsState, crossings: readonly CrossingView[]): boolean {
  if (following || detail.is !== 'known' || crossings.length < layout.crossings.length) return false;
  const { number } = detail.detail.crossing;
  return indexOfNumber(layout.crossings, number) >= 0 && indexOfNumber(crossings, number) < 0;
}

function sameMoment(before: CrossingView, crossings: readonly CrossingView[]): boolean {
  const same = crossings[indexOfNumber(crossings, before.number)];
  if (same) return same.enteredAt === before.enteredAt;
  return crossings[0].number > before.number && crossings[0].enteredAt >= before.leftAt;
}

/** The end of the list, as many crossings of it as were on the axis before. */
function followedSpan({ layout: before, span }: CrossingsState, layout: TimelineLayout): Span {
  const count = layout.crossings.length;
  const { first, end } = visible(before, span);
  const shown = before.crossings.length === 0 ? FIRST_SHOWN : Math.max(2, end - first);
  return confine(spanAround(layout, count - shown, count), layout.limits);
}

/** A person moved or stretched the axis; whoever moves away from the end no longer follows it. */
export function look({ store }: CrossingsSession, span: Span): void {
  const { layout, source, following } = store.getState();
  const confined = confine(span, layout.limits);
  const atEnd = confined.to >= layout.limits.whole.to;
  store.setState({ span: confined, following: following && (atEnd || source.is === 'file') });
}

export function chooseScale({ store }: CrossingsSession, scale: Scale): void {
  const { layout: before, span } = store.getState();
  const { first, end } = visible(before, span);
  const layout = layOut(before.crossings, scale);
  store.setState({ layout, span: confine(spanAround(layout, first, end), layout.limits) });
}

export function follow({ store }: CrossingsSession, following: boolean): void {
  const state = store.getState();
  const span = following ? followedSpan(state, state.layout) : state.span;
  store.setState({ following, span });
}

/** Chooses a crossing and brings it into view; the list stops moving under the person's hands. */
export function select({ store }: CrossingsSession, number: number | null): void {
  const { layout, span } = store.getState();
  if (number === null) {
    store.setState({ selected: null, detail: { is: 'none' } });
    return;
  }
  const index = indexOfNumber(layout.crossings, number);
  if (index < 0) return;
  const piece = { from: layout.starts[index], to: layout.ends[index] };
  store.setState({ selected: number, following: false, span: reveal(span, piece, layout.limits) });
}

/** Closes the details, also those that are still on their way. */
export function closeDetail({ store }: CrossingsSession): void {
  store.setState({ detail: { is: 'none' }, wanted: null });
}

/** Shows what a file holds in place of the machine. */
export function showFile(session: CrossingsSession, name: string, recordings: readonly Recording[], chosen = 0): void {
  const { store, seen } = session;
  const { crossings, details } = recordings[chosen];
  const layout = layOut(crossings, store.getState().layout.scale);
  seen.clear();
  for (const detail of details) seen.set(detail.crossing.number, detail);
  store.setState({
    source: { is: 'file', name, recordings, chosen },
    layout,
    span: confine(spanAround(layout, 0, FIRST_SHOWN), layout.limits),
    filter: noFilter,
    selected: null,
    detail: { is: 'none' },
    trouble: '',
  });
}

export function closeFile(session: CrossingsSession): void {
  const { store, seen } = session;
  seen.clear();
  const layout = layOut([], store.getState().layout.scale);
  store.setState({
    source: { is: 'live' },
    layout,
    span: layout.limits.whole,
    following: true,
    filter: noFilter,
    selected: null,
    detail: { is: 'none' },
    trouble: '',
  });
}

/** Everything known about one crossing, asked of main when somebody wants to see it and kept for the export. */

import type { CrossingDetail, CrossingView } from '../../core/protocol/crossings.ts';
import { type CrossingsSession, sentenceFor } from './crossings-session.ts';
import { indexOfNumber } from './timeline-layout.ts';

/** Requests under way at once while a whole list is asked for. */
const AT_ONCE = 8;

/** Shows the details of a crossing and marks what changed since the one before. The last one asked for wins. */
export async function openDetail(session: CrossingsSession, number: number): Promise<void> {
  const { store } = session;
  const crossing = crossingOf(session, number);
  if (!crossing) return;
  store.setState(session.seen.has(number) ? { wanted: number } : { wanted: number, detail: { is: 'asked', number } });
  const previous = crossingOf(session, number - 1);
  const [asked, before] = await Promise.allSettled([
    fetchDetail(session, crossing),
    previous ? fetchDetail(session, previous) : null,
  ]);
  const { selected, wanted } = store.getState();
  if (selected !== number || wanted !== number) return;
  if (asked.status === 'rejected') {
    store.setState({ detail: { is: 'missing', number, sentence: sentenceFor(asked.reason) } });
    return;
  }
  const beforeDetail = before.status === 'fulfilled' ? before.value : null;
  if (asked.value) store.setState({ detail: { is: 'known', detail: asked.value, before: beforeDetail } });
  else store.setState({ detail: { is: 'missing', number, sentence: absence(session) } });
}

function crossingOf({ store }: CrossingsSession, number: number): CrossingView | null {
  const { crossings } = store.getState().layout;
  return crossings[indexOfNumber(crossings, number)] ?? null;
}

function absence({ store }: CrossingsSession): string {
  return store.getState().source.is === 'file'
    ? 'This file lists the crossing and holds nothing more about it: no registers, tables or code were saved with it.'
    : 'Main knows another crossing by this number: the machine was started again since.';
}

/** Null where nothing more is known of exactly this crossing. Rejects when main refuses. */
async function fetchDetail(session: CrossingsSession, crossing: CrossingView): Promise<CrossingDetail | null> {
  const { connection, id, store, seen } = session;
  const known = seen.get(crossing.number);
  if (known && isAbout(known, crossing)) return known;
  if (store.getState().source.is === 'file') return null;
  const detail = await connection.ask('crossings.detail', { id, number: crossing.number });
  if (!isAbout(detail, crossing)) return null;
  seen.set(crossing.number, detail);
  return detail;
}

/** Numbers begin again with every run; moments of the clock hardly ever coincide as well. */
const isAbout = ({ crossing: one }: CrossingDetail, other: CrossingView): boolean =>
  one.number === other.number && one.enteredAt === other.enteredAt && one.eip >>> 0 === other.eip >>> 0;

/**
 * Details of all these crossings, as far as main still has them; a few are asked for at once. `onShare` hears how much
 * is done, 0 to 1, and answers whether to go on.
 */
export async function collectDetails(
  session: CrossingsSession,
  crossings: readonly CrossingView[],
  onShare: (share: number) => boolean,
): Promise<readonly CrossingDetail[]> {
  const details: CrossingDetail[] = [];
  for (let i = 0; i < crossings.length; i += AT_ONCE) {
    if (!onShare(i / crossings.length)) break;
    const batch = crossings.slice(i, i + AT_ONCE).map((crossing) => fetchDetail(session, crossing));
    for (const one of await Promise.allSettled(batch)) {
      if (one.status === 'fulfilled' && one.value) details.push(one.value);
    }
  }
  return details;
}

/** Which crossings a person wants to see: by cause, by ring, by where, and by words of the outcome. */

import type { CrossingView } from '../../core/protocol/crossings.ts';
import { hex8 } from './number-text.ts';

/** Causes and rings are listed by absence: a cause that turns up later is shown. */
export interface CrossingFilter {
  readonly withoutCauses: ReadonlySet<string>;
  readonly withoutRings: ReadonlySet<number>;
  /** Part of a symbol, part of an address in hex, or a stretch of addresses: 'c0100000-c0200000'. */
  readonly place: string;
  readonly outcome: string;
}

export const noFilter: CrossingFilter = {
  withoutCauses: new Set(),
  withoutRings: new Set(),
  place: '',
  outcome: '',
};

export function isFiltering({ withoutCauses, withoutRings, place, outcome }: CrossingFilter): boolean {
  return withoutCauses.size > 0 || withoutRings.size > 0 || place.trim() !== '' || outcome.trim() !== '';
}

/** A test for one crossing; made once and asked thousands of times. */
export function matcherOf(filter: CrossingFilter): (crossing: CrossingView) => boolean {
  const inPlace = placeMatcher(filter.place.trim().toLowerCase());
  const outcome = filter.outcome.trim().toLowerCase();
  return (crossing) =>
    !filter.withoutCauses.has(crossing.cause) &&
    !filter.withoutRings.has(crossing.ring) &&
    inPlace(crossing) &&
    (outcome === '' || crossing.outcome.toLowerCase().includes(outcome));
}

function placeMatcher(place: string): (crossing: CrossingView) => boolean {
  if (place === '') return () => true;
  const stretch = /^(?:0x)?([0-9a-f]{1,8})\s*-\s*(?:0x)?([0-9a-f]{1,8})$/.exec(place);
  if (stretch) {
    const [low, high] = [Number.parseInt(stretch[1], 16), Number.parseInt(stretch[2], 16)];
    return ({ eip }) => eip >>> 0 >= low && eip >>> 0 <= high;
  }
  const digits = place.replace(/^0x/, '');
  return ({ eip, symbol }) => symbol.toLowerCase().includes(place) || hex8(eip).includes(digits);
}

/** A set with `member` turned over. */
export function toggled<T>(set: ReadonlySet<T>, member: T): ReadonlySet<T> {
  const copy = new Set(set);
  if (!copy.delete(member)) copy.add(member);
  return copy;
}

/** How often each cause occurs, in the order given first and then as they come. */
export function countCauses(crossings: readonly CrossingView[], order: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { cause } of crossings) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  const listed = order.filter((cause) => counts.has(cause));
  const others = [...counts.keys()].filter((cause) => !order.includes(cause));
  return new Map([...listed, ...others].map((cause) => [cause, counts.get(cause)!]));
}

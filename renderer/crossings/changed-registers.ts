/** A register window: what each register holds, and what it held when the guest was left the time before. */

import type { CrossingDetail } from '../../core/protocol/crossings.ts';

export interface RegisterLine {
  readonly name: string;
  readonly value: number;
  /** Null where nothing is known of the crossing before. */
  readonly before: number | null;
  readonly changed: boolean;
}

export function registerLines(detail: CrossingDetail, before: CrossingDetail | null): readonly RegisterLine[] {
  const held = new Map(before?.registers.map(({ name, value }) => [name, value >>> 0]));
  return detail.registers.map(({ name, value }) => {
    const known = held.get(name) ?? null;
    return { name, value: value >>> 0, before: known, changed: known !== null && known !== value >>> 0 };
  });
}

/** What two walks of one address come to, as a sentence: the reader came for this. Empty for a cause that has none. */
export function walkVerdict(cause: string): string {
  return verdicts.get(cause) ?? '';
}

const verdicts = new Map([
  [
    'page fault filled',
    'The guest had mapped the page, the shadow had not: the host filled the shadow in and said nothing.',
  ],
  ['user page fault reflected', 'The guest’s own tables end the walk too, so the fault is its kernel’s to answer.'],
  ['kernel page fault reflected', 'The guest’s own tables end the walk too, so its kernel gets the fault it caused.'],
  ['device access', 'The guest’s tables lead to a device, not to memory: the host carried the access out itself.'],
]);

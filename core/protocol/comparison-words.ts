/** What has to be said beside a comparison's numbers, in the window and in a report alike. */

import type { ComparisonResult, ComparisonSide } from './comparisons.ts';

/** Sentences against taking the numbers at face value; none if all is well. */
export function cautions({ off, on, identicalOutput }: ComparisonResult): string[] {
  const both = !off.cameToItsEnd && !on.cameToItsEnd && off.end === on.end;
  const parts = both ? [partOnly('off and on alike', off)] : [partOnly('off', off), partOnly('on', on)];
  const ends = parts.filter((sentence) => sentence !== null);
  const differs = 'The two sides printed different things, so they did not do the same work.';
  return identicalOutput ? ends : [...ends, differs];
}

function partOnly(side: string, { cameToItsEnd, end }: ComparisonSide): string | null {
  if (cameToItsEnd) return null;
  return `With the fast path ${side} the guest did not come to its end (${end}): its numbers are those of a part.`;
}

/** What is behind the ratio of the wall clocks. */
export function wallClockWords({ off, on, sideBySide }: ComparisonResult): string {
  const seconds = `${off.wallSeconds.toFixed(2)} s off, ${on.wallSeconds.toFixed(2)} s on`;
  const how = sideBySide ? 'both at the same time, each on a core of its own' : 'one after the other';
  return `${seconds}; ${how}. A ratio of one run each, rough by nature; the counts are exact.`;
}

/** The model is not a measurement, and everybody who shows it says so. */
export const modelWords =
  'Modelled cycles are a model: instructions plus a published cost for each costly event. Nobody measured them.';

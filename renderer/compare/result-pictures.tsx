/** A comparison at a glance: what the question is about as bars, and where faults and round trips went, in pieces. */

import { comparisonRows } from '../../core/protocol/comparison-rows.ts';
import type { ComparisonResult } from '../../core/protocol/comparisons.ts';
import { causeColourOf, causeColours, type Theme } from '../look/cause-colours.ts';
import { useTheme } from '../shell/theme.ts';
import { usePreferences } from '../store.ts';
import { type Piece, PieceBars, SideBars } from './bars.tsx';

const PICTURED = [
  'round trips per user page fault',
  'guest instructions',
  'modelled cycles (a model)',
  'wall clock, as a ratio',
];

export function ResultPictures({ result }: { result: ComparisonResult }) {
  const theme = useTheme(usePreferences().theme);
  const rows = comparisonRows(result.off, result.on);
  return (
    <section className="compare-pictures" aria-label="At a glance">
      {PICTURED.flatMap((label) => rows.filter((row) => row.label === label)).map((row) => (
        <SideBars key={row.label} row={row} />
      ))}
      <PieceBars
        title="Page faults by fate"
        hint="Who handed a program's fault to the guest's kernel, and which faults were the host's alone."
        pieces={fatePieces(result, theme)}
      />
      <PieceBars
        title="Round trips by cause"
        hint="Why the guest was left for the host."
        pieces={causePieces(result, theme)}
      />
    </section>
  );
}

/** The first two are those of programs that the guest's kernel must see; of the third it never hears. */
export function fatePieces({ off, on }: ComparisonResult, theme: Theme): Piece[] {
  const reflected = causeColourOf('user page fault reflected')[theme];
  return [
    {
      label: 'reflected by the host',
      paint: reflected,
      off: off.counters.reflectedByHost,
      on: on.counters.reflectedByHost,
    },
    {
      label: 'reflected by the Switcher',
      paint: 'var(--good)',
      off: off.counters.reflectedBySwitcher,
      on: on.counters.reflectedBySwitcher,
    },
    {
      label: 'filled by the host, unseen by the guest',
      paint: causeColourOf('page fault filled')[theme],
      off: off.counters.filledByHost,
      on: on.counters.filledByHost,
    },
  ];
}

/** In the order of the colours' own list, and what is not on it last. */
export function causePieces({ off, on }: ComparisonResult, theme: Theme): Piece[] {
  const [before, after] = [off.tallies.roundTrips, on.tallies.roundTrips];
  const listed = causeColours.map(({ cause }) => cause);
  const found = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const rank = (cause: string) => (listed.includes(cause) ? listed.indexOf(cause) : listed.length);
  return found
    .sort((one, other) => rank(one) - rank(other))
    .map((cause) => ({
      label: cause,
      paint: causeColourOf(cause)[theme],
      off: before[cause] ?? 0,
      on: after[cause] ?? 0,
    }));
}

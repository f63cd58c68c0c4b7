/**
 * A comparison as rows: what is shown of it, in which order and under which names, on the command line, in the window
 * and in a report.  Whoever shows it decides how; nobody else decides what.
 */

import { type CounterName, counterList } from '../counters/list.ts';
import type { ComparisonSide } from './comparisons.ts';

/** What the rows need of one side. */
export type RowsSide = Pick<ComparisonSide, 'counters' | 'tallies' | 'roundTripsPerUserFault' | 'wallSeconds'>;

export interface ComparisonRow {
  readonly label: string;
  /** A part of the row above it that has a smaller one. */
  readonly depth: 0 | 1;
  readonly off: number;
  readonly on: number;
  /** A count is exact; the others are quotients, with so many digits. */
  readonly digits: 0 | 2 | 3;
  /** False for what was measured by a clock, which no two runs have alike. */
  readonly exact: boolean;
  /** A sentence of help, or empty. */
  readonly meaning: string;
}

type Tally = keyof RowsSide['tallies'];

const meanings = new Map<string, string>(counterList.map(({ name, meaning }) => [name, meaning]));

/** All rows. The wall clock is a ratio within this comparison: off is 1. */
export function comparisonRows(off: RowsSide, on: RowsSide): ComparisonRow[] {
  const count = (label: string, name: CounterName, depth: 0 | 1 = 0): ComparisonRow => ({
    label,
    depth,
    off: off.counters[name],
    on: on.counters[name],
    digits: 0,
    exact: true,
    meaning: meanings.get(name) ?? '',
  });
  const tally = (name: Tally) => tallyRows(off.tallies[name], on.tallies[name]);
  return [
    count('user page faults', 'userPageFaults'),
    count('reflected by the host', 'reflectedByHost', 1),
    count('reflected by the Switcher', 'reflectedBySwitcher', 1),
    count('page faults filled by the host', 'filledByHost'),
    count('handed on by the walker', 'handedOn'),
    ...tally('handedOn'),
    count('kernel page faults', 'kernelPageFaults'),
    count('round trips', 'roundTrips'),
    ...tally('roundTrips'),
    perFault(off, on),
    count('hypercalls', 'hypercalls'),
    count('interrupts', 'interrupts'),
    count('guest instructions', 'guestInstructions'),
    count('kernel', 'guestKernelInstructions', 1),
    count('user', 'guestUserInstructions', 1),
    count('Switcher instructions', 'switcherInstructions'),
    allInstructions(off, on),
    count('modelled cycles (a model)', 'modelledCycles'),
    wallClock(off, on),
  ];
}

function perFault(off: RowsSide, on: RowsSide): ComparisonRow {
  return {
    label: 'round trips per user page fault',
    depth: 0,
    off: off.roundTripsPerUserFault,
    on: on.roundTripsPerUserFault,
    digits: 3,
    exact: true,
    meaning: 'Crossings to the host from a ring-3 fault until the faulting instruction completes, for each such fault.',
  };
}

function allInstructions(off: RowsSide, on: RowsSide): ComparisonRow {
  const all = ({ counters }: RowsSide) => counters.guestInstructions + counters.switcherInstructions;
  return {
    label: 'instructions the host saw pass',
    depth: 0,
    off: all(off),
    on: all(on),
    digits: 0,
    exact: true,
    meaning: "Guest and Switcher together: all the board executed, and the board's clock counts nothing else.",
  };
}

function wallClock(off: RowsSide, on: RowsSide): ComparisonRow {
  return {
    label: 'wall clock, as a ratio',
    depth: 0,
    off: 1,
    on: off.wallSeconds === 0 ? 1 : on.wallSeconds / off.wallSeconds,
    digits: 2,
    exact: false,
    meaning: 'The only measurement here: time on this computer, of one run each. Everything else is exact.',
  };
}

/** The biggest first, then by name. */
function tallyRows(off: Readonly<Record<string, number>>, on: Readonly<Record<string, number>>): ComparisonRow[] {
  const names = [...new Set([...Object.keys(off), ...Object.keys(on)])];
  const weight = (name: string) => Math.max(off[name] ?? 0, on[name] ?? 0);
  names.sort((one, other) => weight(other) - weight(one) || (one < other ? -1 : 1));
  return names.map((label) => {
    const counts = { off: off[label] ?? 0, on: on[label] ?? 0 };
    return { label, depth: 1, ...counts, digits: 0, exact: true, meaning: '' };
  });
}

/** '=', 'new', or the difference in percent of off; nothing for a measurement, whose ratio says it all. */
export function changeWords({ off, on, exact }: Pick<ComparisonRow, 'off' | 'on' | 'exact'>): string {
  if (!exact) return '';
  if (off === on) return '=';
  if (off === 0) return 'new';
  const percent = (on / off - 1) * 100;
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
}

/** Digits in groups of three. */
export function numberWords(value: number, digits: ComparisonRow['digits']): string {
  const [whole, rest] = value.toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return rest === undefined ? grouped : `${grouped}.${rest}`;
}

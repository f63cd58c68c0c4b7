/**
 * The five charts: which columns of the history each one draws, in which order and colour.  All but the last are stacked,
 * because their parts add up to something: every round trip has one cause, every fault one fate, every instruction one
 * ring.
 */

import type { CounterName } from '../../core/protocol/counting.ts';
import { causeColours } from '../look/cause-colours.ts';
import { type SampleHistory, tallyColumn } from './sample-history.ts';

/** Paint as a custom property, or as a pair for the two themes. */
export type Paint = { readonly property: string } | { readonly light: string; readonly dark: string };

export interface Line {
  /** Unique within its chart, and the name the legend shows. */
  readonly label: string;
  /** Columns of the history, added up. */
  readonly columns: readonly string[];
  readonly paint: Paint;
  readonly meaning: string;
}

export interface ChartKind {
  readonly name: 'roundTrips' | 'faults' | 'hypercalls' | 'instructions' | 'idle';
  readonly title: string;
  /** What one unit of the vertical axis is. */
  readonly unit: string;
  readonly stacked: boolean;
  lines(history: SampleHistory): readonly Line[];
}

/** Hypercalls shown by name; the rest is one line. */
const TOP_HYPERCALLS = 6;
export const SERIES_PAINTS = 8;

const line = (column: CounterName, label: string, light: string, dark: string, meaning: string): Line => ({
  label,
  columns: [column],
  paint: { light, dark },
  meaning,
});

const faultLines: readonly Line[] = [
  line(
    'reflectedByHost',
    'reflected by the host',
    '#d9480f',
    '#ff7a45',
    'The slow way: out to the host, which walked the guest’s tables and handed the fault back.',
  ),
  line(
    'reflectedBySwitcher',
    'reflected by the Switcher',
    '#1f8a4c',
    '#52c98a',
    'The fast path: the walker in the Switcher handed the fault straight to the guest.',
  ),
  line(
    'filledByHost',
    'filled by the host',
    '#e0a100',
    '#f5c242',
    'The guest had mapped the page already; only the shadow lacked it.',
  ),
  line(
    'kernelPageFaults',
    'of the guest kernel',
    '#c2557f',
    '#f08cb4',
    'Faults of ring 1, reflected into the guest kernel.',
  ),
];

const instructionLines: readonly Line[] = [
  line('guestUserInstructions', 'ring 3, programs', '#2f6fd6', '#6ea8ff', 'Instructions of the guest’s programs.'),
  line('guestKernelInstructions', 'ring 1, guest kernel', '#6a4bd8', '#a48bff', 'Instructions of the guest’s kernel.'),
  line(
    'switcherInstructions',
    'ring 0, Switcher',
    '#0f8a8a',
    '#45cfcf',
    'Instructions of the Switcher and the host’s stubs around it.',
  ),
];

/** Names a tally has had so far, the largest total first. */
export function namesOf(history: SampleHistory, tally: 'roundTrips' | 'hypercalls' | 'handedOn'): readonly string[] {
  const prefix = tallyColumn(tally, '');
  return history.columnNames
    .filter((column) => column.startsWith(prefix))
    .sort((one, other) => history.total(other) - history.total(one) || one.localeCompare(other))
    .map((column) => column.slice(prefix.length));
}

/** Causes in the order every legend of the window lists them; unknown ones share a line. */
function causeLines(history: SampleHistory): readonly Line[] {
  const names = new Set(namesOf(history, 'roundTrips'));
  const listed = causeColours.filter(({ cause }) => names.delete(cause));
  const lines = listed.map(({ cause, light, dark, meaning }) => ({
    label: cause,
    columns: [tallyColumn('roundTrips', cause)],
    paint: { light, dark },
    meaning,
  }));
  return names.size === 0 ? lines : [...lines, otherLine('roundTrips', [...names])];
}

function otherLine(tally: 'roundTrips' | 'hypercalls', names: readonly string[]): Line {
  return {
    label: 'other',
    columns: names.map((name) => tallyColumn(tally, name)),
    paint: { light: '#75808f', dark: '#8f9bab' },
    meaning: names.join(', '),
  };
}

/** A hypercall keeps its colour while it stays among the first: colours go by the order of first appearance. */
function hypercallLines(history: SampleHistory): readonly Line[] {
  const names = namesOf(history, 'hypercalls');
  const paints = paintsFor(names, names.slice(0, TOP_HYPERCALLS), history);
  const lines = names.slice(0, TOP_HYPERCALLS).map((name) => ({
    label: name,
    columns: [tallyColumn('hypercalls', name)],
    paint: { property: `--series-${paints.get(name)}` },
    meaning: `The hypercall ${name}.`,
  }));
  const rest = names.slice(TOP_HYPERCALLS);
  return rest.length === 0 ? lines : [...lines, otherLine('hypercalls', rest)];
}

/** Each name's own colour, or the next free one if two of those shown would share it. */
function paintsFor(
  names: readonly string[],
  shown: readonly string[],
  history: SampleHistory,
): ReadonlyMap<string, number> {
  const place = (name: string) => history.columnNames.indexOf(tallyColumn('hypercalls', name));
  const order = [...names].sort((one, other) => place(one) - place(other));
  const taken = new Map<string, number>();
  for (const name of order.filter((one) => shown.includes(one))) {
    let paint = order.indexOf(name) % SERIES_PAINTS;
    while ([...taken.values()].includes(paint + 1)) paint = (paint + 1) % SERIES_PAINTS;
    taken.set(name, paint + 1);
  }
  return taken;
}

const idleLines: readonly Line[] = [
  {
    label: 'idle',
    columns: ['idleMs'],
    paint: { light: '#3f7d5b', dark: '#7cc79c' },
    meaning: 'Share of the wall’s time the guest spent halted, waiting for something to happen.',
  },
];

export const chartKinds: readonly ChartKind[] = [
  { name: 'roundTrips', title: 'Round trips by cause', unit: 'per second', stacked: true, lines: causeLines },
  { name: 'faults', title: 'Page faults by fate', unit: 'per second', stacked: true, lines: () => faultLines },
  { name: 'hypercalls', title: 'Hypercalls', unit: 'per second', stacked: true, lines: hypercallLines },
  {
    name: 'instructions',
    title: 'Instructions by ring',
    unit: 'per second',
    stacked: true,
    lines: () => instructionLines,
  },
  { name: 'idle', title: 'Guest idle', unit: 'share of time', stacked: false, lines: () => idleLines },
];

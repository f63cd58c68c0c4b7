/** The measurements as tables for people. */

import type { EngineName } from '../../core/x86/board.ts';
import type { Figures, MeasuredWorkload } from './rounds.ts';
import type { Runner } from './sample.ts';
import type { Summary } from './statistics.ts';
import type { OtherThreads, Verdict } from './verdicts.ts';
import { OTHER_SHARE_BAR } from './verdicts.ts';
import type { MeasuredPiece } from './whole-machines.ts';

/** A column by its title, and what it says of a row. */
type Column<Row> = readonly [title: string, cell: (row: Row) => string];

/** Titles first. The first `words` columns are words, the others numbers. */
export interface Table {
  readonly cells: readonly (readonly string[])[];
  readonly words: number;
}

function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], words: number): Table {
  return {
    cells: [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))],
    words,
  };
}

/** Words to the left, numbers to the right; columns are as wide as they must be. */
export function plain({ cells, words }: Table): string {
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const pad = (cell: string, column: number) =>
    column < words ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  return cells.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}

/** As docs/performance.md keeps them. */
export function markdown({ cells: [titles, ...rows] }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(titles), `|${'---|'.repeat(titles.length)}`, ...rows.map(line)].join('\n');
}

/** Three digits that mean something. */
export const three = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const orDash = (summary: Summary | null, scale: number) => (summary ? three(summary.median * scale) : '–');
const ratio = (summary: Summary | null) => (summary ? summary.median.toFixed(2) : '–');
const percent = (summary: Summary | null) => (summary ? (summary.median * 100).toFixed(0) : '–');

/** How the runners are called where there is little room. */
const short: Readonly<Record<Runner, string>> = {
  native: 'native',
  v86: 'v86',
  interpreter: 'interp.',
  translator: 'transl.',
};

type WorkloadColumn = Column<MeasuredWorkload>;

const nameColumn: WorkloadColumn = ['workload', ({ workload }) => workload];

function columnsOf(runners: readonly Runner[], title: string, cell: (figures: Figures) => string): WorkloadColumn[] {
  return runners.map((runner) => [
    `${short[runner]}${title}`,
    ({ figures }) => {
      const one = figures[runner];
      return one ? cell(one) : '–';
    },
  ]);
}

const ours = (runner: Runner) => runner === 'interpreter' || runner === 'translator';
const emulates = (runner: Runner) => runner !== 'native';

/** One row a workload: what an operation takes on everybody, and the ratios. */
export function workloadTable(measured: readonly MeasuredWorkload[], runners: readonly Runner[]): Table {
  const times = columnsOf(runners, ' µs', ({ secondsPerOperation }) => orDash(secondsPerOperation, 1e6));
  const overV86 = columnsOf(runners.filter(ours), '/v86', (one) => ratio(one.overV86));
  const overNative = columnsOf(runners.filter(emulates), '/native', (one) => ratio(one.overNative));
  const columns: WorkloadColumn[] = [
    nameColumn,
    ...times,
    ...(runners.includes('v86') ? overV86 : []),
    ...(runners.includes('native') ? overNative : []),
    ['spread %', ({ figures }) => widest(figures).toFixed(0)],
  ];
  return table(columns, measured, 1);
}

/** How the time was spent: the pace, what other threads did meanwhile, and how much memory the process had at most. */
export function paceTable(measured: readonly MeasuredWorkload[], runners: readonly Runner[]): Table {
  const emulators = runners.filter(emulates);
  const columns: WorkloadColumn[] = [
    nameColumn,
    ['turns', ({ turns }) => String(turns)],
    ...columnsOf(emulators, ' million/s', (one) => orDash(one.instructionsPerSecond, 1e-6)),
    ...columnsOf(emulators, ' others %', (one) => percent(one.otherShare)),
    ...columnsOf(emulators, ' MiB', ({ peakMiB }) => (peakMiB === null ? '–' : peakMiB.toFixed(0))),
  ];
  return table(columns, measured, 1);
}

/** The spread of whoever was measured least surely. */
const widest = (figures: MeasuredWorkload['figures']) =>
  Math.max(...Object.values(figures).map(({ secondsPerOperation }) => secondsPerOperation.spreadPercent));

export function verdictTable(verdicts: readonly Verdict[]): Table {
  return table<Verdict>(
    [
      ['time over v86', ({ group }) => group],
      ['worst of them', ({ worstMember, members }) => (members.length > 1 ? worstMember : '')],
      ['verdict', ({ outcome }) => outcome],
      ['bar', ({ bar, each }) => (each === bar ? bar.toFixed(2) : `${bar.toFixed(2)}, each ${each.toFixed(2)}`)],
      ['mean', ({ mean }) => mean.toFixed(2)],
      ['worst', ({ worst }) => worst.toFixed(2)],
    ],
    verdicts,
    3,
  );
}

export function otherThreadsLine(engine: EngineName, { share, worst, worstWorkload }: OtherThreads): string {
  const outcome = share <= OTHER_SHARE_BAR ? 'met' : 'missed';
  const whole = `${share.toFixed(2)} of the main thread's time on the ${engine}, at most ${OTHER_SHARE_BAR}: ${outcome}`;
  return `other threads: ${whole} (worst ${worst.toFixed(2)}, ${worstWorkload})`;
}

export function machineTable(measured: readonly MeasuredPiece[]): Table {
  return table<MeasuredPiece>(
    [
      ['guest', ({ guest }) => guest],
      ['piece', ({ piece }) => piece],
      ['engine', ({ engine }) => engine],
      ['operations', ({ operations }) => String(operations)],
      ['µs/operation', ({ secondsPerOperation }) => three(secondsPerOperation.median * 1e6)],
      ['/interp.', ({ overInterpreter }) => ratio(overInterpreter)],
      ['on/off', ({ overOff }) => ratio(overOff)],
      ['million', ({ instructions }) => three(instructions / 1e6)],
      ['round trips', ({ roundTrips }) => String(roundTrips)],
      ['others %', ({ otherShare }) => percent(otherShare)],
      ['MiB', ({ peakMiB }) => peakMiB.toFixed(0)],
      ['spread %', ({ secondsPerOperation }) => secondsPerOperation.spreadPercent.toFixed(0)],
    ],
    measured,
    3,
  );
}

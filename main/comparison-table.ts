/**
 * The comparison as a person reads it: one table of what was counted, off beside on, and a verdict by lguest's own rule
 * of thumb.  It fits eighty columns and rounds nothing that is exact.
 */

import type { Comparison, Gain } from '../core/launcher/compare.ts';
import type { RunSummary } from '../core/launcher/run-summary.ts';
import {
  type ComparisonRow,
  changeWords,
  comparisonRows,
  numberWords,
  type RowsSide,
} from '../core/protocol/comparison-rows.ts';
import type { AddedLines } from './added-lines.ts';

const NAME_WIDTH = 34;
const NUMBER_WIDTH = 16;
const CHANGE_WIDTH = 12;
const WIDTH = NAME_WIDTH + 2 * NUMBER_WIDTH + CHANGE_WIDTH;

function row(name: string, off: string, on: string, last: string): string {
  const cells = [name.padEnd(NAME_WIDTH), off.padStart(NUMBER_WIDTH), on.padStart(NUMBER_WIDTH)];
  return [...cells, last.padStart(CHANGE_WIDTH)].join('').trimEnd();
}

function tableRow(of: ComparisonRow): string {
  const name = `${'  '.repeat(of.depth)}${of.label}`;
  return row(name, numberWords(of.off, of.digits), numberWords(of.on, of.digits), changeWords(of));
}

/** A run's summary has everything in one object. */
function sideOf(summary: RunSummary): RowsSide {
  const { roundTripsByCause, hypercallsByName, handedOnByReason } = summary;
  return {
    counters: summary,
    tallies: { roundTrips: roundTripsByCause, hypercalls: hypercallsByName, handedOn: handedOnByReason },
    roundTripsPerUserFault: summary.roundTripsPerUserFault,
    wallSeconds: summary.wallSeconds,
  };
}

/** The whole table, ending in a newline. `title` says what was run. */
export function comparisonTable(title: string, comparison: Comparison, lines: AddedLines): string {
  const rows = [
    title,
    '',
    row('fast path', 'off', 'on', 'change'),
    '-'.repeat(WIDTH),
    ...comparisonRows(sideOf(comparison.off), sideOf(comparison.on)).map(tableRow),
    ...operationRows(comparison),
    row('console output', outputWords(comparison), '', ''),
  ];
  return `${rows.join('\n')}\n\n${wrapped(verdict(comparison, lines))}\n`;
}

/** What each operation of a measuring guest took. Its share of booting is small, and in it. */
function operationRows({ perOperation }: Comparison): string[] {
  if (perOperation === undefined) return [];
  const { name, operations, roundTrips, guestNs } = perOperation;
  const cells = (label: string, { off, on }: Gain, digits: 0 | 3) =>
    row(label, numberWords(off, digits), numberWords(on, digits), changeWords({ off, on, exact: true }));
  return [
    row(`operations of ${name}`, numberWords(operations, 0), numberWords(operations, 0), '='),
    cells('  round trips per operation', roundTrips, 3),
    cells('  guest nanoseconds per operation', guestNs, 0),
  ];
}

const outputWords = ({ identicalOutput }: Comparison) => (identicalOutput ? 'identical' : 'DIFFERENT');

/** lguest's rule: something should gain about one per cent to be worth the lines it adds. */
const WORTHWHILE_PERCENT = 1;

/** What it costs, what it gains, and what the rule says to that: one verdict, whoever shows it. */
export function verdict({ gains }: Pick<Comparison, 'gains'>, { code, verse }: AddedLines): string {
  const cost = `The fast path adds ${code} lines of code and ${verse} of verse.`;
  const balance = balanceOf([
    [gains.roundTripsPerUserFault, 'the round trips per user page fault'],
    [gains.roundTrips, 'all round trips'],
    [gains.modelledCycles, 'the modelled cycles'],
  ]);
  const { percent } = gains.modelledCycles;
  const worth = percent >= WORTHWHILE_PERCENT;
  const rate = worth ? `: one per cent of the cycles costs ${Math.round(code / percent)} lines` : '';
  return [
    cost,
    balance,
    `By lguest's rule of thumb (about 1 % should be worth the lines) it is ${worth ? '' : 'not '}worth it here${rate}.`,
  ].join(' ');
}

/** "It saves 50.0 % of this and adds 0.1 % to that." */
function balanceOf(gains: readonly (readonly [Gain, string])[]): string {
  const saved = gains
    .filter(([{ percent }]) => percent >= 0)
    .map(([{ percent }, what]) => `${percent.toFixed(1)} % of ${what}`);
  const added = gains
    .filter(([{ percent }]) => percent < 0)
    .map(([{ percent }, what]) => `${(-percent).toFixed(1)} % to ${what}`);
  const clauses = [saved.length > 0 ? `saves ${listed(saved)}` : '', added.length > 0 ? `adds ${listed(added)}` : ''];
  return `It ${clauses.filter((clause) => clause !== '').join(', and ')}.`;
}

const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;

function wrapped(sentences: string): string {
  let [text, width] = ['', 0];
  for (const word of sentences.split(' ')) {
    const fits = width === 0 || width + 1 + word.length <= WIDTH;
    if (width > 0) text += fits ? ' ' : '\n';
    width = fits && width > 0 ? width + 1 + word.length : word.length;
    text += word;
  }
  return text;
}

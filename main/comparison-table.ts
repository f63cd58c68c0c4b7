/**
 * The comparison as a person reads it: one table of what was counted, off beside on, and a verdict by lguest's own rule
 * of thumb.  It fits eighty columns and rounds nothing that is exact.
 */

import type { Comparison, Gain } from '../core/launcher/compare.ts';
import type { RunSummary } from '../core/launcher/run-summary.ts';
import type { AddedLines } from './added-lines.ts';

const NAME_WIDTH = 34;
const NUMBER_WIDTH = 16;
const CHANGE_WIDTH = 12;

const grouped = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

function change(off: number, on: number): string {
  if (off === on) return '=';
  if (off === 0) return 'new';
  const percent = (on / off - 1) * 100;
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
}

function row(name: string, off: string, on: string, last: string): string {
  const cells = [name.padEnd(NAME_WIDTH), off.padStart(NUMBER_WIDTH), on.padStart(NUMBER_WIDTH)];
  return [...cells, last.padStart(CHANGE_WIDTH)].join('').trimEnd();
}

const countRow = (name: string, off: number, on: number) => row(name, grouped(off), grouped(on), change(off, on));

/** Two tallies' rows, the biggest first, then by name. */
function tallyRows(indent: string, off: Record<string, number>, on: Record<string, number>): string[] {
  const names = [...new Set([...Object.keys(off), ...Object.keys(on)])];
  const weight = (name: string) => Math.max(off[name] ?? 0, on[name] ?? 0);
  names.sort((one, other) => weight(other) - weight(one) || (one < other ? -1 : 1));
  return names.map((name) => countRow(`${indent}${name}`, off[name] ?? 0, on[name] ?? 0));
}

type Counted = { [Name in keyof RunSummary]: RunSummary[Name] extends number ? Name : never }[keyof RunSummary];

/** The whole table, ending in a newline. `title` says what was run. */
export function comparisonTable(title: string, comparison: Comparison, lines: AddedLines): string {
  const { off, on } = comparison;
  const count = (name: string, counter: Counted) => countRow(name, off[counter], on[counter]);
  const perFault = (side: RunSummary) => side.roundTripsPerUserFault.toFixed(3);
  const rows = [
    title,
    '',
    row('fast path', 'off', 'on', 'change'),
    '-'.repeat(NAME_WIDTH + 2 * NUMBER_WIDTH + CHANGE_WIDTH),
    count('user page faults', 'userPageFaults'),
    count('  reflected by the host', 'reflectedByHost'),
    count('  reflected by the Switcher', 'reflectedBySwitcher'),
    count('page faults filled by the host', 'filledByHost'),
    count('handed on by the walker', 'handedOn'),
    ...tallyRows('  ', off.handedOnByReason, on.handedOnByReason),
    count('kernel page faults', 'kernelPageFaults'),
    count('round trips', 'roundTrips'),
    ...tallyRows('  ', off.roundTripsByCause, on.roundTripsByCause),
    row('round trips per user page fault', perFault(off), perFault(on), change(...gainPair(comparison))),
    count('hypercalls', 'hypercalls'),
    count('interrupts', 'interrupts'),
    count('guest instructions', 'guestInstructions'),
    count('  kernel', 'guestKernelInstructions'),
    count('  user', 'guestUserInstructions'),
    count('Switcher instructions', 'switcherInstructions'),
    count('instructions the host saw pass', 'allInstructions'),
    count('modelled cycles (a model)', 'modelledCycles'),
    row('wall clock, as a ratio', '1.00', comparison.gains.wallSeconds.ratio.toFixed(2), ''),
    row('console output', outputWords(comparison), '', ''),
  ];
  return `${rows.join('\n')}\n\n${wrapped(verdict(comparison, lines))}\n`;
}

function gainPair({ gains }: Comparison): [number, number] {
  return [gains.roundTripsPerUserFault.off, gains.roundTripsPerUserFault.on];
}

const outputWords = ({ identicalOutput }: Comparison) => (identicalOutput ? 'identical' : 'DIFFERENT');

/** lguest's rule: something should gain about one per cent to be worth the lines it adds. */
const WORTHWHILE_PERCENT = 1;

/** What it costs, what it gains, and what the rule says to that: one verdict, whoever shows it. */
export function verdict({ gains }: Pick<Comparison, 'gains'>, { code, verse }: AddedLines): string {
  const cost = `The fast path adds ${code} lines of code and ${verse} of verse.`;
  const saved = [
    gained(gains.roundTripsPerUserFault, 'of the round trips per user page fault'),
    gained(gains.roundTrips, 'of all round trips'),
    gained(gains.modelledCycles, 'of the modelled cycles'),
  ];
  const { percent } = gains.modelledCycles;
  const worth = percent >= WORTHWHILE_PERCENT;
  const rate = worth ? `: one per cent of the cycles costs ${Math.round(code / percent)} lines` : '';
  return [
    cost,
    `It saves ${saved[0]}, ${saved[1]} and ${saved[2]}.`,
    `By lguest's rule of thumb (about 1 % should be worth the lines) it is ${worth ? '' : 'not '}worth it here${rate}.`,
  ].join(' ');
}

const gained = (gain: Gain, of: string) => `${gain.percent.toFixed(1)} % ${of}`;

const WRAP_AT = NAME_WIDTH + 2 * NUMBER_WIDTH + CHANGE_WIDTH;

function wrapped(sentences: string): string {
  let [text, width] = ['', 0];
  for (const word of sentences.split(' ')) {
    const fits = width === 0 || width + 1 + word.length <= WRAP_AT;
    if (width > 0) text += fits ? ' ' : '\n';
    width = fits && width > 0 ? width + 1 + word.length : word.length;
    text += word;
  }
  return text;
}

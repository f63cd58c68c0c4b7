/** The table of counters: totals since the start or since a person's own zero, rates, and what each number is made of. */

import { type CounterSample, counterList } from '../../core/protocol/counting.ts';
import { causeColourOf, causeColours } from '../look/cause-colours.ts';
import { rateOver } from './rates.ts';
import { type SampleHistory, type TallyName, tallyColumn } from './sample-history.ts';

/** A rate in the table is taken over this long: shorter ones are too restless to read. */
export const TABLE_RATE_SECONDS = 2;

export interface TotalPart {
  readonly label: string;
  readonly meaning: string;
  readonly total: number;
  readonly perSecond: number | null;
}

export interface TotalRow extends TotalPart {
  readonly unit: string;
  /** What the total is made of, the largest first; empty where nobody tells. */
  readonly parts: readonly TotalPart[];
}

/** Counters whose finer tally a machine sends along. */
const tallied: Readonly<Record<string, TallyName>> = {
  roundTrips: 'roundTrips',
  hypercalls: 'hypercalls',
  handedOn: 'handedOn',
};

/** The walker's reasons (core/switcher), as sentences. */
const handedOnMeanings: Readonly<Record<string, string>> = {
  oddEntry: 'The error code or the directory entry was not one the walker knows.',
  outOfReach: 'The guest’s table lay beyond the memory the walker may look at.',
  allowed: 'The guest’s tables allow the access, so it was the shadow that lacked it.',
  stumbled: 'The walker itself faulted on the shadow tables.',
  nonMaskable: 'An NMI came while it walked.',
};

export function totalRows(history: SampleHistory, zero: CounterSample | null): readonly TotalRow[] {
  return counterList.map(({ name, unit, meaning }) => ({
    label: name,
    unit,
    meaning,
    total: history.total(name) - (zero?.counters[name] ?? 0),
    perSecond: rateOver(history, name, TABLE_RATE_SECONDS),
    parts: name in tallied ? partsOf(history, tallied[name], zero) : [],
  }));
}

function partsOf(history: SampleHistory, tally: TallyName, zero: CounterSample | null): readonly TotalPart[] {
  const prefix = tallyColumn(tally, '');
  return history.columnNames
    .filter((column) => column.startsWith(prefix))
    .map((column) => {
      const label = column.slice(prefix.length);
      return {
        label,
        meaning: meaningOf(tally, label),
        total: history.total(column) - (zero?.tallies[tally][label] ?? 0),
        perSecond: rateOver(history, column, TABLE_RATE_SECONDS),
      };
    })
    .sort((one, other) => other.total - one.total || one.label.localeCompare(other.label));
}

function meaningOf(tally: TallyName, label: string): string {
  if (tally === 'handedOn') return handedOnMeanings[label] ?? '';
  const listed = causeColours.some(({ cause }) => cause === label);
  return tally === 'roundTrips' && listed ? causeColourOf(label).meaning : '';
}

/** 'userPageFaults' as 'User page faults'. */
export function wordsOf(counterName: string): string {
  const words = counterName.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

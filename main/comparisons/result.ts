/** From what two runs amounted to, to what is kept and shown of it. Numbers are taken over; only words are made here. */

import { counterList, zeroCounters } from '../../core/counters/list.ts';
import type { Side, SideRun } from '../../core/launcher/compare.ts';
import type { RunSummary } from '../../core/launcher/run-summary.ts';
import type { ComparisonRequest, ComparisonResult, ComparisonSide } from '../../core/protocol/comparisons.ts';
import type { AddedLines } from '../added-lines.ts';
import { verdict } from '../comparison-table.ts';
import type { ComparisonOutcome } from './one-comparison.ts';

export interface ResultFrame {
  readonly comparison: string;
  readonly title: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly request: ComparisonRequest;
  readonly sideBySide: boolean;
  readonly lines: AddedLines;
}

type Finished = Extract<ComparisonOutcome, { is: 'finished' }>;

export function resultOf({ lines, ...frame }: ResultFrame, { numbers, stops }: Finished): ComparisonResult {
  const { off, on, identicalOutput, addedLines, gains } = numbers;
  return {
    version: 1,
    ...frame,
    off: sideOf('off', off, stops),
    on: sideOf('on', on, stops),
    identicalOutput,
    addedLines,
    saved: {
      roundTripsPerUserFault: gains.roundTripsPerUserFault.percent,
      roundTrips: gains.roundTrips.percent,
      modelledCycles: gains.modelledCycles.percent,
      wallSeconds: gains.wallSeconds.percent,
    },
    verdict: verdict(numbers, lines),
  };
}

function sideOf(side: Side, summary: RunSummary, stops: Finished['stops']): ComparisonSide {
  const counters = zeroCounters();
  for (const { name } of counterList) counters[name] = summary[name];
  return {
    counters,
    tallies: {
      roundTrips: summary.roundTripsByCause,
      hypercalls: summary.hypercallsByName,
      handedOn: summary.handedOnByReason,
    },
    roundTripsPerUserFault: summary.roundTripsPerUserFault,
    wallSeconds: summary.wallSeconds,
    end: endWords(summary, stops[side]),
    cameToItsEnd: summary.end === 'power off' || summary.end === 'restart',
  };
}

function endWords({ end, reason }: RunSummary, stop: SideRun['stop']): string {
  switch (end) {
    case 'power off':
      return 'powered off';
    case 'restart':
      return 'restarted';
    case 'killed':
      return `killed: ${reason}`;
    case 'running':
      return stop === 'budget spent'
        ? 'stopped: its budget of instructions was spent'
        : 'stopped: it waits, and neither a clock nor any input is left to wake it';
    default:
      return end satisfies never;
  }
}

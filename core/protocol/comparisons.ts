/** Comparisons of the fast path off with on: asked for, under way, finished and kept. */

import * as v from 'valibot';
import type { Counters } from '../counters/list.ts';
import { engineNames, machineId } from './machines.ts';

export const comparisonRequest = v.strictObject({
  subject: v.variant('kind', [
    v.strictObject({ kind: v.literal('machine'), id: machineId }),
    v.strictObject({ kind: v.literal('sample'), name: v.pipe(v.string(), v.minLength(1), v.maxLength(60)) }),
  ]),
  /** Added to the kernel's command line. */
  workload: v.pipe(v.string(), v.maxLength(2000)),
  memoryMiB: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(4), v.maxValue(1024))),
  budgetInstructions: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** Null or absent: what the machine itself runs on. */
  engine: v.optional(v.nullable(v.picklist(engineNames)), null),
});
export type ComparisonRequest = v.InferOutput<typeof comparisonRequest>;

export interface ComparisonProgress {
  readonly comparison: string;
  readonly side: 'off' | 'on';
  readonly executedInstructions: number;
  /** What this side will take in all: known from the other side, or from an earlier run of the same; null before. */
  readonly expectedInstructions: number | null;
  /** This side has come to its end. */
  readonly done: boolean;
  /** Of both sides together, 0 to 1; null while nobody can say. */
  readonly share: number | null;
  readonly secondsLeft: number | null;
}

export interface ComparisonSide {
  readonly counters: Counters;
  readonly tallies: {
    readonly roundTrips: Readonly<Record<string, number>>;
    readonly hypercalls: Readonly<Record<string, number>>;
    readonly handedOn: Readonly<Record<string, number>>;
  };
  readonly roundTripsPerUserFault: number;
  readonly wallSeconds: number;
  /** How it ended, as words: 'powered off', 'killed: …', 'stopped: …'. */
  readonly end: string;
  /** False if the guest was killed or stopped before it was through; its numbers then are those of a part. */
  readonly cameToItsEnd: boolean;
}

/** One that ran to its end. Kept until deleted. */
export interface ComparisonResult {
  readonly version: 1;
  readonly comparison: string;
  readonly title: string;
  readonly madeAt: string;
  readonly request: ComparisonRequest;
  readonly off: ComparisonSide;
  readonly on: ComparisonSide;
  readonly identicalOutput: boolean;
  /** Both ran at the same time, each on a core of its own; the ratio of wall clocks is the rougher for it. */
  readonly sideBySide: boolean;
  readonly addedLines: number;
  /** In percent of off; negative when it costs. */
  readonly saved: {
    readonly roundTripsPerUserFault: number;
    readonly roundTrips: number;
    readonly modelledCycles: number;
    readonly wallSeconds: number;
  };
  /** The one per cent rule, as a sentence. */
  readonly verdict: string;
}

export type ComparisonView =
  | { readonly is: 'finished'; readonly result: ComparisonResult }
  | {
      readonly is: 'under way';
      readonly comparison: string;
      readonly title: string;
      /** One for each side that has begun; none while it waits for its turn. */
      readonly progress: readonly ComparisonProgress[];
    }
  | { readonly is: 'failed'; readonly comparison: string; readonly title: string; readonly reason: string }
  | { readonly is: 'damaged'; readonly comparison: string; readonly reason: string };

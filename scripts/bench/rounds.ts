/**
 * Rounds of measurements, interleaved: everybody runs a workload before the next workload comes, and all workloads run
 * before the next round.  So whatever else the machine does meanwhile falls on all of them alike.
 */

import type { BareRequest, Runner, Sample } from './sample.ts';
import { type Summary, summarize } from './statistics.ts';
import type { Workload } from './workloads.ts';

export interface Plan {
  readonly workloads: readonly Workload[];
  readonly runners: readonly Runner[];
  readonly rounds: number;
  /** Multiplies every workload's turns. */
  readonly scale: number;
  /** One measurement; null where the runner cannot run this workload. */
  readonly take: (runner: Runner, request: BareRequest) => Promise<Sample> | Sample | null;
  /** Told before each measurement. */
  readonly report: (what: string) => void;
}

/** A workload on one runner, all rounds together. Times are the main thread's. */
export interface Figures {
  readonly secondsPerOperation: Summary;
  readonly instructionsPerSecond: Summary | null;
  /** The other threads' time over the main thread's. */
  readonly otherShare: Summary | null;
  readonly peakMiB: number | null;
  /** Round by round; null where it was not measured. */
  readonly overV86: Summary | null;
  readonly overNative: Summary | null;
}

export interface MeasuredWorkload {
  readonly workload: string;
  readonly turns: number;
  readonly operations: number;
  readonly checksum: string;
  readonly figures: Readonly<Partial<Record<Runner, Figures>>>;
}

type Samples = Partial<Record<Runner, Sample[]>>;

/** Throws a sentence when two runners compute something different. */
export async function measure(plan: Plan): Promise<MeasuredWorkload[]> {
  const all = plan.workloads.map((): Samples => ({}));
  for (let round = 1; round <= plan.rounds; round++) {
    for (const [index, workload] of plan.workloads.entries()) await measureOnce(plan, workload, round, all[index]);
  }
  return plan.workloads.map(({ name }, index) => summarizeWorkload(name, all[index]));
}

async function measureOnce(plan: Plan, workload: Workload, round: number, samples: Samples): Promise<void> {
  const { name, image, turns } = workload;
  for (const runner of plan.runners) {
    plan.report(`round ${round}: ${name} on ${runner}`);
    const sample = await plan.take(runner, { name, image, turns: turns * plan.scale });
    if (sample === null) continue;
    const list = samples[runner];
    if (list) list.push(sample);
    else samples[runner] = [sample];
  }
}

function summarizeWorkload(name: string, samples: Samples): MeasuredWorkload {
  // Keys of a record come back as plain strings.
  const runners = Object.keys(samples) as Runner[];
  const lines = new Map(runners.flatMap((runner) => (samples[runner] ?? []).map((one) => [one.checksum, runner])));
  if (lines.size !== 1) {
    const answers = [...lines].map(([checksum, runner]) => `${checksum} on ${runner}`).join(', ');
    throw new Error(`The workload ${name} does not compute the same everywhere: ${answers || 'nothing was measured'}.`);
  }
  const [{ turns, operations, checksum }] = samples[runners[0]] ?? [];
  const figures = Object.fromEntries(runners.map((runner) => [runner, figuresOf(samples[runner] ?? [], samples)]));
  return { workload: name, turns, operations, checksum, figures };
}

function figuresOf(runs: readonly Sample[], { v86, native }: Samples): Figures {
  const over = (others: readonly Sample[] | undefined) =>
    others ? summarize(runs.map(({ mainSeconds }, round) => mainSeconds / others[round].mainSeconds)) : null;
  return {
    secondsPerOperation: summarize(runs.map(({ mainSeconds, operations }) => mainSeconds / operations)),
    instructionsPerSecond: known(runs.map(({ instructions, mainSeconds }) => ratio(instructions, mainSeconds))),
    otherShare: known(runs.map(({ otherSeconds, mainSeconds }) => ratio(otherSeconds, mainSeconds))),
    peakMiB: runs[0].peakMiB === null ? null : Math.max(...runs.map(({ peakMiB }) => peakMiB ?? 0)),
    overV86: over(v86),
    overNative: over(native),
  };
}

const ratio = (part: number | null, whole: number) => (part === null ? null : part / whole);

/** Null if one of them is: a median of some rounds is not a median of all. */
function known(values: readonly (number | null)[]): Summary | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === values.length ? summarize(numbers) : null;
}

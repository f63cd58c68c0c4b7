/**
 * Rounds of measurements, interleaved: every engine runs a workload before the next workload comes, and all workloads run
 * before the next round.  So whatever else the machine does meanwhile falls on all of them alike.
 */

import type { EngineName } from '../../core/x86/board.ts';
import { runOnBoard } from './on-board.ts';
import { type HostSample, runOnHost } from './on-host.ts';
import type { NativeProgram } from './on-silicon.ts';
import { type Summary, summarize } from './statistics.ts';
import type { Workload } from './workloads.ts';

export interface Plan {
  readonly workloads: readonly Workload[];
  readonly engines: readonly EngineName[];
  readonly rounds: number;
  /** Multiplies every workload's turns. */
  readonly scale: number;
  readonly native: NativeProgram | null;
  readonly host: boolean;
  /** Told before each measurement. */
  readonly report: (what: string) => void;
}

/** A workload on one engine, or on the processor below (engine null). */
export interface Measured {
  readonly workload: string;
  readonly engine: EngineName | null;
  /** Between the marks, per round; null on the processor below, which nobody counts for us. */
  readonly instructions: number | null;
  readonly operations: number;
  readonly secondsPerTurn: Summary;
  readonly secondsPerOperation: Summary;
  readonly instructionsPerSecond: Summary | null;
  /** Time over the native program's, round by round. */
  readonly overNative: Summary | null;
}

export interface HostMeasured {
  readonly engine: EngineName;
  readonly fastPath: boolean;
  readonly roundTrips: number;
  readonly userFaults: number;
  readonly roundTripsPerSecond: Summary;
  readonly userFaultsPerSecond: Summary;
  readonly instructionsPerSecond: Summary;
  /** Time over the same guest's with the path off, round by round. */
  readonly overOff: Summary;
}

/** Native turns per board turn: a native run would otherwise be over before its clock has ticked much. */
const NATIVE_TURNS = 8;

interface Sample {
  readonly turns: number;
  readonly operations: number;
  readonly instructions: number | null;
  readonly seconds: number;
}

export function measure(plan: Plan): { workloads: Measured[]; host: HostMeasured[] } {
  const samples = new Map<string, Sample[]>();
  const guests = new Map<string, HostSample[]>();
  for (let round = 1; round <= plan.rounds; round++) {
    for (const workload of plan.workloads) measureOnce(plan, workload, round, samples);
    if (plan.host) measureHostOnce(plan, round, guests);
  }
  return {
    workloads: plan.workloads.flatMap((workload) => summarizeWorkload(plan, workload, samples)),
    host: plan.host ? plan.engines.flatMap((engine) => summarizeHost(engine, guests)) : [],
  };
}

const keyOf = (name: string, engine: EngineName | null) => `${name} on ${engine ?? 'this processor'}`;

function append<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function measureOnce(plan: Plan, workload: Workload, round: number, samples: Map<string, Sample[]>): void {
  const { name, image } = workload;
  const turns = workload.turns * plan.scale;
  if (plan.native && image === 'compute') {
    plan.report(`round ${round}: ${keyOf(name, null)}`);
    append(samples, keyOf(name, null), { ...plan.native.run(name, turns * NATIVE_TURNS), instructions: null });
  }
  for (const engine of plan.engines) {
    plan.report(`round ${round}: ${keyOf(name, engine)}`);
    append(samples, keyOf(name, engine), runOnBoard(image, name, turns, engine));
  }
}

function measureHostOnce(plan: Plan, round: number, guests: Map<string, HostSample[]>): void {
  for (const engine of plan.engines) {
    for (const fastPath of [false, true]) {
      plan.report(`round ${round}: faults on ${engine}, fast path ${fastPath ? 'on' : 'off'}`);
      append(guests, keyOf(String(fastPath), engine), runOnHost(fastPath, engine, plan.scale));
    }
  }
}

const perTurn = ({ seconds, turns }: Sample) => seconds / turns;

function summarizeWorkload(plan: Plan, { name }: Workload, samples: Map<string, Sample[]>): Measured[] {
  const native = samples.get(keyOf(name, null))?.map(perTurn);
  return [null, ...plan.engines].flatMap((engine) => {
    const runs = samples.get(keyOf(name, engine));
    if (!runs) return [];
    const { instructions, operations } = runs[0];
    const rates = runs.map((run) => (run.instructions ?? 0) / run.seconds);
    const ratios = native?.map((seconds, round) => perTurn(runs[round]) / seconds);
    return {
      workload: name,
      engine,
      instructions,
      operations,
      secondsPerTurn: summarize(runs.map(perTurn)),
      secondsPerOperation: summarize(runs.map((run) => run.seconds / run.operations)),
      instructionsPerSecond: instructions === null ? null : summarize(rates),
      overNative: ratios && engine !== null ? summarize(ratios) : null,
    };
  });
}

function summarizeHost(engine: EngineName, guests: Map<string, HostSample[]>): HostMeasured[] {
  const off = guests.get(keyOf('false', engine)) ?? [];
  return [false, true].map((fastPath) => {
    const runs = guests.get(keyOf(String(fastPath), engine)) ?? [];
    return {
      engine,
      fastPath,
      roundTrips: runs[0].roundTrips,
      userFaults: runs[0].userFaults,
      roundTripsPerSecond: summarize(runs.map((run) => run.roundTrips / run.seconds)),
      userFaultsPerSecond: summarize(runs.map((run) => run.userFaults / run.seconds)),
      instructionsPerSecond: summarize(runs.map((run) => run.instructions / run.seconds)),
      overOff: summarize(runs.map((run, round) => run.seconds / off[round].seconds)),
    };
  });
}

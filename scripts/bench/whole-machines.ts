/**
 * Whole machines: guests that cross between worlds all the time.  The sample guest `faults` with the fast path off and on,
 * and every Linux kernel at hand, on each engine of ours; nobody else runs lguest's guests.
 */

import type { EngineName } from '../../core/x86/board.ts';
import type { Kernel, Piece } from './linux-guest.ts';
import type { HostSample } from './on-host.ts';
import { type LinuxPiece, type LinuxSample, linuxPieces } from './on-linux.ts';
import { type Summary, summarize } from './statistics.ts';

/** A kernel by its file's name, and what runs it. */
export interface NamedKernel extends Kernel {
  readonly name: string;
}

export interface MachinePlan {
  readonly engines: readonly EngineName[];
  readonly rounds: number;
  readonly faults: ((engine: EngineName, fastPath: boolean) => HostSample) | null;
  readonly kernels: readonly NamedKernel[];
  readonly linux: (engine: EngineName, kernel: NamedKernel) => LinuxSample;
  readonly report: (what: string) => void;
}

/** The fast path off and on; of the second half of each run, when everything is warm. */
export type FaultsPiece = 'off' | 'on' | 'off, warm' | 'on, warm';

/** What one guest did, on one engine. */
export interface MeasuredPiece {
  /** "faults", or a kernel's name. */
  readonly guest: string;
  readonly piece: LinuxPiece | FaultsPiece;
  readonly engine: EngineName;
  readonly operations: number;
  /** Of the first round; the others are the same run. */
  readonly instructions: number;
  readonly roundTrips: number;
  readonly secondsPerOperation: Summary;
  readonly otherShare: Summary | null;
  readonly peakMiB: number;
  /** Time over the interpreter's, of other engines. */
  readonly overInterpreter: Summary | null;
  /** Of `faults` with the path on: over its own time with the path off. */
  readonly overOff: Summary | null;
}

interface Sample extends Piece {
  readonly operations: number;
  readonly peakMiB: number;
}

/** All rounds of one piece on one engine. */
interface Series {
  readonly guest: string;
  readonly piece: MeasuredPiece['piece'];
  readonly engine: EngineName;
  readonly runs: Sample[];
}

/** The name of the sample guest. */
export const FAULTS = 'faults';
/** Each path's time is compared with that of the other. */
const pathOff: Readonly<Record<string, FaultsPiece>> = { on: 'off', 'on, warm': 'off, warm' };

export function measureMachines(plan: MachinePlan): MeasuredPiece[] {
  const all: Series[] = [];
  for (let round = 1; round <= plan.rounds; round++) {
    for (const engine of plan.engines) measureFaults(plan, round, engine, all);
    for (const kernel of plan.kernels) {
      for (const engine of plan.engines) measureLinux(plan, round, engine, kernel, all);
    }
  }
  return all.map((series) => summarizeSeries(series, all));
}

function find(all: readonly Series[], guest: string, piece: string, engine: EngineName): Series | undefined {
  return all.find((one) => one.guest === guest && one.piece === piece && one.engine === engine);
}

function append(all: Series[], { guest, piece, engine }: Omit<Series, 'runs'>, sample: Sample): void {
  const series = find(all, guest, piece, engine);
  if (series) series.runs.push(sample);
  else all.push({ guest, piece, engine, runs: [sample] });
}

function measureFaults(plan: MachinePlan, round: number, engine: EngineName, all: Series[]): void {
  if (plan.faults === null) return;
  for (const fastPath of [false, true]) {
    const piece = fastPath ? 'on' : 'off';
    plan.report(`round ${round}: faults on the ${engine}, fast path ${piece}`);
    const sample = plan.faults(engine, fastPath);
    const { secondHalf, peakMiB } = sample;
    append(all, { guest: FAULTS, piece, engine }, { ...sample, operations: sample.userFaults });
    const warm = { ...secondHalf, peakMiB, operations: secondHalf.userFaults };
    append(all, { guest: FAULTS, piece: `${piece}, warm`, engine }, warm);
  }
}

function measureLinux(plan: MachinePlan, round: number, engine: EngineName, kernel: NamedKernel, all: Series[]): void {
  plan.report(`round ${round}: ${kernel.name} on the ${engine}`);
  const { pieces, peakMiB } = plan.linux(engine, kernel);
  for (const piece of linuxPieces) {
    const sample = pieces[piece];
    if (sample) append(all, { guest: kernel.name, piece, engine }, { ...sample, peakMiB });
  }
}

function summarizeSeries({ guest, piece, engine, runs }: Series, all: readonly Series[]): MeasuredPiece {
  const over = (other: Series | undefined) =>
    other ? summarize(runs.map(({ mainSeconds }, round) => mainSeconds / other.runs[round].mainSeconds)) : null;
  const { operations, instructions, roundTrips } = runs[0];
  const shares = runs.flatMap(({ otherSeconds, mainSeconds }) =>
    otherSeconds === null ? [] : [otherSeconds / mainSeconds],
  );
  return {
    guest,
    piece,
    engine,
    operations,
    instructions,
    roundTrips,
    secondsPerOperation: summarize(runs.map(({ mainSeconds }) => mainSeconds / operations)),
    otherShare: shares.length === runs.length ? summarize(shares) : null,
    peakMiB: Math.max(...runs.map((run) => run.peakMiB)),
    overInterpreter: engine === 'interpreter' ? null : over(find(all, guest, piece, 'interpreter')),
    overOff: piece in pathOff ? over(find(all, guest, pathOff[piece], engine)) : null,
  };
}

/** Pieces that two engines, or two rounds, did not run alike, as sentences; there should be none. */
export function differencesAmong(measured: readonly MeasuredPiece[]): string[] {
  return measured.flatMap((one) => {
    const first = measured.find(({ guest, piece }) => guest === one.guest && piece === one.piece) ?? one;
    if (first.instructions === one.instructions && first.roundTrips === one.roundTrips) return [];
    return `${one.guest}, ${one.piece}: ${count(one)} on the ${one.engine}, ${count(first)} on the ${first.engine}`;
  });
}

const count = ({ instructions, roundTrips }: MeasuredPiece) => `${instructions} instructions in ${roundTrips} trips`;

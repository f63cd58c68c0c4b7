/**
 * Runs a guest twice from the same start, with the fast path off and with it on, each on a fresh board, and says what
 * changed.  A board's run is a function of its inputs, so the difference is exact; only the wall clock is a measurement,
 * and therefore the two take turns: whoever ran first alone would pay for warming up the program they share.  It yields
 * after every slice: whoever drives it can draw a bar, stop early, or go home.
 */

import type { Host } from '../host/guest-events.ts';
import type { DeviceFace } from './device-faces.ts';
import type { DeviceModel } from './devices/model.ts';
import type { Machine } from './machine.ts';
import { MachineBoard, SLICE_INSTRUCTIONS } from './machine-board.ts';
import { measuredLine, sameButForTimes } from './measured-line.ts';
import { boardMs, type RunSummary, summarizeRun } from './run-summary.ts';

export type Side = 'off' | 'on';

/** What a side's guest has besides a console. The other side must have the same, and nothing may pass between them. */
export interface SideDevices {
  /** Fresh models for each life of the guest. */
  newModels(): readonly DeviceModel[];
  /** Called before each slice, with the board's clock in milliseconds. */
  tick(boardMs: number): void;
}

export interface CompareOptions {
  /** A host on a new board, the same every time. */
  readonly freshHost: (side: Side) => Host;
  readonly name: string;
  readonly image: Uint8Array;
  readonly initrd: Uint8Array | null;
  readonly commandLine: string;
  readonly memoryMiB: number;
  readonly devices?: (side: Side) => SideDevices;
  /** As for a machine. */
  readonly deviceFace?: DeviceFace;
  readonly restarts?: boolean;
  /** For each side; null for no limit. */
  readonly budgetInstructions: number | null;
  /** Milliseconds of any monotonic clock. */
  readonly now: () => number;
  /** Lines of code the fast path adds, counted by whoever can read the source. */
  readonly addedLines: number;
}

export interface CompareProgress {
  readonly side: Side;
  readonly executedInstructions: number;
  /** What this side is expected to take in all, if anything is known of it. */
  readonly expectedInstructions: number | null;
}

export interface Gain {
  readonly off: number;
  readonly on: number;
  /** on ÷ off; 1 when there was nothing of it at all. */
  readonly ratio: number;
  /** What the fast path saves, in percent of off; negative when it costs. */
  readonly percent: number;
}

export interface Comparison {
  readonly off: RunSummary;
  readonly on: RunSummary;
  /** But for the times a measuring guest found. */
  readonly identicalOutput: boolean;
  readonly addedLines: number;
  /** Only if the guest said how many operations it measured. Round trips are all there were, booting included. */
  readonly perOperation?: {
    readonly name: string;
    readonly operations: number;
    readonly roundTrips: Gain;
    readonly guestNs: Gain;
  };
  readonly gains: {
    readonly roundTripsPerUserFault: Gain;
    readonly roundTrips: Gain;
    readonly modelledCycles: Gain;
    readonly wallSeconds: Gain;
  };
}

/** What a side printed is kept for the comparison; nobody compares more than this. */
const LARGEST_OUTPUT = 16 * 1024 * 1024;

/** What one side amounted to. */
export interface SideRun {
  readonly summary: RunSummary;
  readonly output: Uint8Array;
  readonly executedInstructions: number;
  /** Why nothing more was run. */
  readonly stop: 'ended' | 'budget spent' | 'waits for ever';
}

/** The side that has executed less is next. Throws ImageError at the first `next` if the guest cannot be loaded. */
export function* compare(options: CompareOptions): Generator<CompareProgress, Comparison, void> {
  const off = new SideInTurn('off', options);
  const on = new SideInTurn('on', options);
  for (;;) {
    if (off.run && on.run) return compareRuns(off.run, on.run, options.addedLines);
    const next = on.run || (!off.run && off.executedInstructions <= on.executedInstructions) ? off : on;
    const progress = next.advance((next === off ? on : off).run);
    if (progress) yield progress;
  }
}

/** One of two that take turns. */
class SideInTurn {
  executedInstructions = 0;
  /** Once it has come to its end. */
  run: SideRun | null = null;
  private readonly slices: Generator<CompareProgress, SideRun, void>;

  constructor(side: Side, options: CompareOptions) {
    this.slices = runSide(side, options);
  }

  /** A slice; null if it was the last. What the other one took, if that is over, is to be expected here. */
  advance(other: SideRun | null): CompareProgress | null {
    const step = this.slices.next();
    if (step.done) {
      this.run = step.value;
      return null;
    }
    this.executedInstructions = step.value.executedInstructions;
    return { ...step.value, expectedInstructions: other?.executedInstructions ?? null };
  }
}

/** What two sides that were given the same inputs say about the fast path, wherever and in whatever order they ran. */
export function compareRuns(off: SideRun, on: SideRun, addedLines: number): Comparison {
  return {
    off: off.summary,
    on: on.summary,
    identicalOutput: sameButForTimes(off.output, on.output),
    addedLines,
    ...perOperation(off, on),
    gains: {
      roundTripsPerUserFault: gain('roundTripsPerUserFault', off.summary, on.summary),
      roundTrips: gain('roundTrips', off.summary, on.summary),
      modelledCycles: gain('modelledCycles', off.summary, on.summary),
      wallSeconds: gain('wallSeconds', off.summary, on.summary),
    },
  };
}

/** One side alone, for whoever runs the two in different places. Throws ImageError at the first `next`. */
export function* runSide(
  side: Side,
  options: Omit<CompareOptions, 'addedLines'>,
): Generator<CompareProgress, SideRun, void> {
  const board = new MachineBoard(options.freshHost(side));
  const output = new Output();
  const devices = options.devices?.(side) ?? null;
  const machine = board.add({
    name: options.name,
    image: options.image,
    initrd: options.initrd,
    commandLine: options.commandLine,
    memoryMiB: options.memoryMiB,
    fastPath: side === 'on',
    devices: () => devices?.newModels() ?? [],
    deviceFace: options.deviceFace,
    restarts: options.restarts,
    consoleOutput: (bytes) => output.append(bytes, machine),
  });
  const budget = options.budgetInstructions ?? Number.POSITIVE_INFINITY;
  let [wallMs, goesOn, left] = [0, true, budget];
  while (goesOn && left > 0) {
    const before = options.now();
    goesOn = runSlice(board, devices, Math.min(SLICE_INSTRUCTIONS, left));
    wallMs += options.now() - before;
    left = budget - board.executedInstructions;
    if (goesOn && left > 0)
      yield { side, executedInstructions: board.executedInstructions, expectedInstructions: null };
  }
  const summary = summarizeRun(machine, board.host.clock, wallMs / 1000);
  const unfinished = left <= 0 ? 'budget spent' : 'waits for ever';
  return {
    summary,
    output: output.bytes(),
    executedInstructions: board.executedInstructions,
    stop: summary.end === 'running' ? unfinished : 'ended',
  };
}

/** False when nothing more can happen: nobody will type anything here. */
function runSlice(board: MachineBoard, devices: SideDevices | null, budgetInstructions: number): boolean {
  devices?.tick(boardMs(board.host.clock));
  const before = board.executedInstructions;
  const state = board.run(budgetInstructions);
  if (state.is === 'running') return true;
  if (state.is === 'ended') return false;
  // What it sent before it went to sleep may have an answer waiting.
  if (devices !== null && board.executedInstructions !== before) return true;
  if (state.untilInstruction === null) return false;
  board.skipTo(state.untilInstruction);
  return true;
}

function perOperation(off: SideRun, on: SideRun): Pick<Comparison, 'perOperation'> {
  const [offLine, onLine] = [measuredLine(off.output), measuredLine(on.output)];
  if (offLine === null || onLine === null || offLine.operations !== onLine.operations) return {};
  const { name, operations } = offLine;
  const roundTrips = gainOf(off.summary.roundTrips / operations, on.summary.roundTrips / operations);
  return { perOperation: { name, operations, roundTrips, guestNs: gainOf(offLine.nsEach, onLine.nsEach) } };
}

const gain = (name: keyof Comparison['gains'], off: RunSummary, on: RunSummary): Gain => gainOf(off[name], on[name]);

function gainOf(off: number, on: number): Gain {
  const ratio = off === 0 ? 1 : on / off;
  return { off, on, ratio, percent: (1 - ratio) * 100 };
}

class Output {
  private readonly chunks: Uint8Array[] = [];
  private length = 0;

  append(bytes: Uint8Array, from: Machine): void {
    this.length += bytes.length;
    if (this.length > LARGEST_OUTPUT) from.kill(`it printed more than ${LARGEST_OUTPUT} bytes, too many to compare`);
    else this.chunks.push(bytes);
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let filled = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, filled);
      filled += chunk.length;
    }
    return all;
  }
}

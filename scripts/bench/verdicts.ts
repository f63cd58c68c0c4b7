/**
 * What was aimed at, and how near it is: times relative to v86 in the same run, gathered by what they are about.  A verdict
 * is printed and nothing more; a machine that is busy with something else must not fail anybody's build.
 */

import type { EngineName } from '../../core/x86/board.ts';
import type { MeasuredWorkload } from './rounds.ts';
import { FAULTS, type FaultsPiece, type MeasuredPiece } from './whole-machines.ts';

interface Bar {
  readonly group: string;
  readonly members: readonly string[];
  /** The geometric mean's limit. */
  readonly mean: number;
  /** Each member's own; the mean's if it is left out. */
  readonly each?: number;
}

/** `chase` waits for memory, on any engine, and `port` for whoever listens: they are measured and have no bar. */
export const bars: readonly Bar[] = [
  {
    group: 'integer',
    members: ['integer', 'sort', 'matrix', 'crc', 'list', 'strings', 'states'],
    mean: 0.4,
    each: 0.7,
  },
  { group: 'calls, indirect jumps', members: ['fib', 'bytecode', 'across', 'indirect'], mean: 0.4 },
  { group: '64-bit arithmetic', members: ['multiply', 'divide'], mean: 0.4 },
  { group: 'loops over memory', members: ['sieve', 'copy'], mean: 0.5 },
  { group: 'rep movs', members: ['movs'], mean: 1 },
  { group: 'x87', members: ['nbody', 'mandelbrot'], mean: 0.5 },
  { group: 'page fault', members: ['fault', 'within', 'demand'], mean: 0.4 },
  { group: 'int 0x80', members: ['int80', 'syscall'], mean: 0.3 },
  { group: 'cr3', members: ['cr3'], mean: 0.3 },
  { group: 'invlpg', members: ['invlpg'], mean: 0.3 },
  { group: 'world switch', members: ['world'], mean: 0.2 },
  { group: 'new and changed code', members: ['patch', 'generate', 'sharing', 'cold', 'seldom'], mean: 0.6 },
];

/** The other threads' time, over the main thread's. */
export const OTHER_SHARE_BAR = 0.5;

export type Outcome = 'met' | 'met in the mean' | 'missed';

export interface Verdict {
  readonly group: string;
  /** Members that were measured. */
  readonly members: readonly string[];
  readonly bar: number;
  readonly each: number;
  readonly mean: number;
  readonly worst: number;
  readonly worstMember: string;
  readonly outcome: Outcome;
}

/** One for each bar of which anything was measured on both the engine and v86. */
export function verdictsOn(engine: EngineName, measured: readonly MeasuredWorkload[]): Verdict[] {
  return bars.flatMap((bar) => {
    const ratios = measured.flatMap(({ workload, figures }) => {
      const over = bar.members.includes(workload) ? figures[engine]?.overV86 : undefined;
      return over ? [{ workload, ratio: over.median }] : [];
    });
    return ratios.length === 0 ? [] : [verdict(bar, ratios)];
  });
}

function verdict(
  { group, mean: bar, each = bar }: Bar,
  ratios: readonly { workload: string; ratio: number }[],
): Verdict {
  const mean = geometricMean(ratios.map(({ ratio }) => ratio));
  const worst = ratios.reduce((worse, one) => (one.ratio > worse.ratio ? one : worse));
  const outcome = mean > bar ? 'missed' : worst.ratio > each ? 'met in the mean' : 'met';
  const members = ratios.map(({ workload }) => workload);
  return { group, members, bar, each, mean, worst: worst.ratio, worstMember: worst.workload, outcome };
}

export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

export interface OtherThreads {
  /** Of all workloads together. */
  readonly share: number;
  readonly worst: number;
  readonly worstWorkload: string;
}

/** How much an engine had others compute; null where nobody could tell. */
export function otherThreadsOf(engine: EngineName, measured: readonly MeasuredWorkload[]): OtherThreads | null {
  const known = measured.flatMap(({ workload, operations, figures }) => {
    const one = figures[engine];
    if (!one?.otherShare) return [];
    const main = one.secondsPerOperation.median * operations;
    return [{ workload, main, share: one.otherShare.median }];
  });
  if (known.length === 0) return null;
  const all = known.reduce((sum, { main }) => sum + main, 0);
  const others = known.reduce((sum, { main, share }) => sum + main * share, 0);
  const worst = known.reduce((worse, one) => (one.share > worse.share ? one : worse));
  return { share: others / all, worst: worst.share, worstWorkload: worst.workload };
}

/** Microseconds a first touch may take with the path on, host work included, once everything is warm. */
export const TOUCH_BAR_US = 3;
const TOUCH_PIECE: FaultsPiece = 'on, warm';
/** How many times faster than the interpreter a Linux boots. */
export const BOOT_BAR = 3;

/** What was aimed at with whole machines, as sentences. */
export function machineVerdicts(engine: EngineName, measured: readonly MeasuredPiece[]): string[] {
  const own = measured.filter((one) => one.engine === engine);
  const touch = own.find(({ guest, piece }) => guest === FAULTS && piece === TOUCH_PIECE);
  const boots = own.flatMap(({ piece, overInterpreter }) =>
    piece === 'boot' && overInterpreter ? overInterpreter : [],
  );
  const sentences: string[] = [];
  if (touch) {
    const us = touch.secondsPerOperation.median * 1e6;
    const outcome = us <= TOUCH_BAR_US ? 'met' : 'missed';
    sentences.push(
      `a first touch, path on, warm: ${us.toFixed(1)} µs on the ${engine}, at most ${TOUCH_BAR_US}: ${outcome}`,
    );
  }
  if (boots.length > 0) {
    const faster = 1 / geometricMean(boots.map(({ median }) => median));
    const outcome = faster >= BOOT_BAR ? 'met' : 'missed';
    sentences.push(
      `Linux boots ${faster.toFixed(1)} times as fast as on the interpreter, at least ${BOOT_BAR}: ${outcome}`,
    );
  }
  return sentences;
}

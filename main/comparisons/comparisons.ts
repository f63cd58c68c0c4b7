/**
 * The part of the workstation that runs and keeps comparisons, and answers for them.  What finished stays until somebody
 * deletes it; what failed stays in the list until then or until Astride ends.
 */

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import type { ComparisonRequest, ComparisonResult, ComparisonView } from '../../core/protocol/comparisons.ts';
import type { Argument } from '../../core/protocol/requests.ts';
import { type AddedLines, addedLines } from '../added-lines.ts';
import { fileError } from '../files.ts';
import { writeAtomically } from '../library/atomic-file.ts';
import { freshId } from '../library/unique-name.ts';
import { type Comparisons, type MakeComparisons, Refusal, type WindowEnd } from '../workstation/parts.ts';
import { type Asked, ComparisonQueue } from './comparison-queue.ts';
import { exportText } from './export-text.ts';
import { subjectOf } from './guest-order.ts';
import { forgetResult, type Kept, keepResult, readKept } from './kept-results.ts';
import type { ComparisonOutcome } from './one-comparison.ts';
import type { Remembered } from './progress.ts';
import { resultOf } from './result.ts';
import { Seldom } from './seldom.ts';

export interface ComparisonsMeans {
  /** The bundled file of a side's thread: out/comparison-worker.mjs. */
  readonly worker: URL;
  /** How many threads may compute at a time; this computer's if left out. */
  readonly cores?: number;
}

/** Nobody wants to be told more often; four times a second is smooth enough for a bar. */
const TELL_MS = 250;
const LONGEST_QUEUE = 32;

type Around = Parameters<MakeComparisons>[0];
type Settled = Exclude<ComparisonView, { is: 'under way' }>;

/** What makes the part, given where its threads' program lies. */
export const comparisonsWith =
  (means: ComparisonsMeans): MakeComparisons =>
  async (around) =>
    new KeptComparisons(means, around, await readKept(around.folder)).part;

/** The build puts the thread's program beside whatever this file is bundled into. */
export const makeComparisons: MakeComparisons = comparisonsWith({
  worker: new URL('./comparison-worker.mjs', import.meta.url),
});

class KeptComparisons {
  readonly part: Comparisons;
  private readonly around: Around;
  private readonly settled: Map<string, Settled>;
  private readonly queue: ComparisonQueue;
  private readonly telling: Seldom;
  private readonly sideBySide: boolean;
  private counted: AddedLines | null = null;

  constructor(means: ComparisonsMeans, around: Around, kept: readonly Kept[]) {
    this.around = around;
    this.settled = new Map(kept.map((one) => [idOf(one), one]));
    this.sideBySide = (means.cores ?? availableParallelism()) > 1;
    this.telling = new Seldom(() => around.tell('comparisons', this.list()), TELL_MS);
    this.queue = new ComparisonQueue({
      worker: means.worker,
      sideBySide: this.sideBySide,
      addedLines: () => this.lines.code,
      remembered: (asked) => this.remembered(asked.request),
      onProgress: () => this.telling.ask(),
      onReport: ({ subject }, side, sentence) =>
        around.log('warning', '', `Comparing ${subject.title}, fast path ${side}: ${sentence}`),
      onOutcome: (asked, outcome) => this.settle(asked, outcome),
    });
    this.part = { answers: this.answers(), close: () => this.close() };
  }

  /** Counted when first asked for: the source is only read where somebody compares. */
  private get lines(): AddedLines {
    this.counted ??= addedLines();
    return this.counted;
  }

  private answers(): Comparisons['answers'] {
    return {
      'compare.list': () => this.list(),
      'compare.start': (request) => this.start(request),
      'compare.cancel': ({ comparison }) => this.cancel(comparison),
      'compare.delete': ({ comparison }) => this.forget(comparison),
      'compare.export': (request, from) => this.export(request, from),
    };
  }

  /** What is under way first, then the newest. */
  private list(): ComparisonView[] {
    const underWay = this.queue.view().map(
      ({ asked, progress }): ComparisonView => ({
        is: 'under way',
        comparison: asked.comparison,
        title: asked.subject.title,
        progress,
      }),
    );
    const settled = [...this.settled.values()];
    return [...underWay, ...settled.sort((one, other) => madeAt(other).localeCompare(madeAt(one)))];
  }

  private start(request: ComparisonRequest): { comparison: string } {
    if (this.queue.length >= LONGEST_QUEUE) {
      throw new Refusal(`There are ${LONGEST_QUEUE} comparisons waiting already; let some of them finish first.`);
    }
    const subject = subjectOf(request, this.around.machine);
    const comparison = freshId(subject.title);
    this.queue.ask({ comparison, request, subject });
    this.telling.now();
    return { comparison };
  }

  private cancel(comparison: string): null {
    if (!this.queue.cancel(comparison)) throw new Refusal('This comparison is not under way (any more).');
    this.telling.now();
    return null;
  }

  private async forget(comparison: string): Promise<null> {
    if (!this.settled.has(comparison)) throw new Refusal('There is no such comparison, or it is still under way.');
    await forgetResult(this.around.folder, comparison).catch((error) => {
      throw new Refusal(fileError(comparison, error).message);
    });
    this.settled.delete(comparison);
    this.telling.now();
    return null;
  }

  private async export(request: Argument<'compare.export'>, from: WindowEnd): Promise<null> {
    const { comparison, format, to } = request;
    const found = this.settled.get(comparison);
    if (found?.is !== 'finished') throw new Refusal('Only a finished comparison can be exported.');
    if (!isAbsolute(to)) throw new Refusal(`${to}: name the file by its full path.`);
    // A dialog asked already whether a file may be replaced; a path that was typed did not.
    if (from.chooseFile === undefined && existsSync(to)) {
      throw new Refusal(`${to}: there is such a file already; choose another name.`);
    }
    await writeAtomically(to, exportText(format, found.result)).catch((error) => {
      throw new Refusal(fileError(to, error).message);
    });
    return null;
  }

  private async settle(asked: Asked, outcome: ComparisonOutcome): Promise<void> {
    const { comparison, subject, request } = asked;
    const { title } = subject;
    if (outcome.is === 'finished') {
      const { sideBySide, lines } = this;
      const at = new Date().toISOString();
      await this.keep(resultOf({ comparison, title, madeAt: at, request, sideBySide, lines }, outcome));
    } else {
      // Only a part that was closed has outcomes cancelled behind the queue's back, and then nobody looks.
      const reason = outcome.is === 'failed' ? outcome.sentence : 'it was cancelled';
      this.settled.set(comparison, { is: 'failed', comparison, title, reason });
      this.around.log('error', '', `The comparison of ${title} failed: ${reason}`);
    }
    // The queue still counts it as running until this returns; the telling comes after.
    this.telling.ask();
  }

  /** Shown in any case: what cannot be kept can still be read, and exported elsewhere. */
  private async keep(result: ComparisonResult): Promise<void> {
    try {
      await keepResult(this.around.folder, result);
    } catch (error) {
      const why = fileError(result.comparison, error).message;
      this.around.log('error', '', `The comparison of ${result.title} could not be kept: ${why}`);
    }
    this.settled.set(result.comparison, { is: 'finished', result });
  }

  /** The same request was the same run, as long as nobody changed the machine, its files, or Astride. */
  private remembered(request: ComparisonRequest): Remembered {
    const wanted = JSON.stringify(request);
    const same = [...this.settled.values()]
      .flatMap((one) => (one.is === 'finished' && JSON.stringify(one.result.request) === wanted ? [one.result] : []))
      .sort((one, other) => other.madeAt.localeCompare(one.madeAt));
    if (same.length === 0) return null;
    const total = ({ counters }: ComparisonResult['off']) => counters.guestInstructions + counters.switcherInstructions;
    return { off: total(same[0].off), on: total(same[0].on) };
  }

  private async close(): Promise<void> {
    this.telling.stop();
    await this.queue.close();
    this.telling.stop();
  }
}

const idOf = (kept: Kept) => (kept.is === 'finished' ? kept.result.comparison : kept.comparison);

/** Those that failed are of this session, and the newest; damaged ones have no date anybody could believe. */
function madeAt(one: Settled): string {
  if (one.is === 'finished') return one.result.madeAt;
  return one.is === 'failed' ? '9999' : '';
}

/**
 * Comparisons in the order they were asked for, one at a time: two at once would take each other's cores, and the wall
 * clock of neither would mean anything.
 */

import type { Side } from '../../core/launcher/compare.ts';
import type { ComparisonProgress, ComparisonRequest } from '../../core/protocol/comparisons.ts';
import type { Subject } from './guest-order.ts';
import { type ComparisonOutcome, OneComparison } from './one-comparison.ts';
import type { Remembered } from './progress.ts';

export interface Asked {
  readonly comparison: string;
  readonly request: ComparisonRequest;
  readonly subject: Subject;
}

export interface QueueTerms {
  /** The bundled file of a side's thread. */
  readonly worker: URL;
  readonly sideBySide: boolean;
  /** Lines of code the fast path adds. */
  addedLines(): number;
  /** Totals of an earlier run of the very same, if there was one. */
  remembered(asked: Asked): Remembered;
  onProgress(): void;
  onReport(asked: Asked, side: Side, sentence: string): void;
  /** Not called for what was cancelled. The next begins when this has settled. */
  onOutcome(asked: Asked, outcome: ComparisonOutcome): Promise<void>;
}

export interface UnderWay {
  readonly asked: Asked;
  /** Empty while it waits. */
  readonly progress: readonly ComparisonProgress[];
}

export class ComparisonQueue {
  private readonly terms: QueueTerms;
  private readonly waiting: Asked[] = [];
  private current: { readonly asked: Asked; readonly run: OneComparison; cancelled: boolean } | null = null;
  /** Settles when nothing runs any more. */
  private work: Promise<void> = Promise.resolve();
  private busy = false;

  constructor(terms: QueueTerms) {
    this.terms = terms;
  }

  get length(): number {
    return this.waiting.length + (this.current === null || this.current.cancelled ? 0 : 1);
  }

  ask(asked: Asked): void {
    this.waiting.push(asked);
    if (this.busy) return;
    this.busy = true;
    this.work = this.runAll();
  }

  /** The running one first. What was cancelled is not among them, though its threads may take a moment to end. */
  view(): UnderWay[] {
    const { current, waiting } = this;
    const running = current === null || current.cancelled ? [] : [current];
    return [
      ...running.map(({ asked, run }) => ({ asked, progress: run.view() })),
      ...waiting.map((asked) => ({ asked, progress: [] })),
    ];
  }

  /** False if it neither waits nor runs. */
  cancel(comparison: string): boolean {
    const place = this.waiting.findIndex((asked) => asked.comparison === comparison);
    if (place >= 0) {
      this.waiting.splice(place, 1);
      return true;
    }
    const { current } = this;
    if (current === null || current.cancelled || current.asked.comparison !== comparison) return false;
    current.cancelled = true;
    current.run.cancel();
    return true;
  }

  /** Cancels everything; resolves when the last thread is gone. */
  async close(): Promise<void> {
    this.waiting.length = 0;
    if (this.current !== null) this.cancel(this.current.asked.comparison);
    await this.work;
  }

  private async runAll(): Promise<void> {
    for (let asked = this.waiting.shift(); asked !== undefined; asked = this.waiting.shift()) {
      const current = { asked, run: this.start(asked), cancelled: false };
      this.current = current;
      const outcome = await current.run.outcome;
      // Cancelled in the last moment is cancelled: it has left the list already.
      if (!current.cancelled) await this.terms.onOutcome(asked, outcome);
      this.current = null;
    }
    this.busy = false;
  }

  private start(asked: Asked): OneComparison {
    const { worker, sideBySide, onProgress, onReport } = this.terms;
    return new OneComparison(
      {
        comparison: asked.comparison,
        guest: asked.subject.guest,
        budgetInstructions: asked.request.budgetInstructions,
        addedLines: this.terms.addedLines(),
        remembered: this.terms.remembered(asked),
      },
      { worker, sideBySide, onProgress, onReport: (side, sentence) => onReport(asked, side, sentence) },
    );
  }
}

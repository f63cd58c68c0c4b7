/**
 * One comparison from its start to its end: two threads side by side where there are cores for both, else one after the
 * other.  Whatever goes wrong on one side ends the other.
 */

import { type Comparison, compareRuns, type Side, type SideRun } from '../../core/launcher/compare.ts';
import type { ComparisonProgress } from '../../core/protocol/comparisons.ts';
import { Progress, type Remembered } from './progress.ts';
import type { GuestOrder } from './side-order.ts';
import { type SideOutcome, type SideThread, startSide } from './side-thread.ts';

export interface ComparisonOrder {
  readonly comparison: string;
  readonly guest: GuestOrder;
  readonly budgetInstructions: number | null;
  readonly addedLines: number;
  readonly remembered: Remembered;
}

export interface ComparisonMeans {
  /** The bundled file of the thread. */
  readonly worker: URL;
  readonly sideBySide: boolean;
  onProgress(): void;
  onReport(side: Side, sentence: string): void;
}

export type ComparisonOutcome =
  | {
      readonly is: 'finished';
      readonly numbers: Comparison;
      readonly stops: Readonly<Record<Side, SideRun['stop']>>;
    }
  | { readonly is: 'failed'; readonly sentence: string }
  | { readonly is: 'cancelled' };

export class OneComparison {
  /** Never rejects. */
  readonly outcome: Promise<ComparisonOutcome>;
  private readonly order: ComparisonOrder;
  private readonly means: ComparisonMeans;
  private readonly progress: Progress;
  private readonly threads: SideThread[] = [];
  private stopped = false;

  constructor(order: ComparisonOrder, means: ComparisonMeans) {
    this.order = order;
    this.means = means;
    this.progress = new Progress(order.remembered, means.sideBySide);
    this.outcome = this.run();
  }

  view(): ComparisonProgress[] {
    return this.progress.view(this.order.comparison, performance.now());
  }

  /** The outcome is 'cancelled' soon after, unless it was something else already. */
  cancel(): void {
    this.stopped = true;
    for (const thread of this.threads) thread.cancel();
  }

  private async run(): Promise<ComparisonOutcome> {
    const off = this.runSide('off');
    if (!this.means.sideBySide) await off;
    const on = this.runSide('on');
    return this.judge(await off, await on);
  }

  private async runSide(side: Side): Promise<SideOutcome> {
    if (this.stopped) return { is: 'cancelled' };
    const { worker, onProgress, onReport } = this.means;
    const { guest, budgetInstructions } = this.order;
    this.progress.begin(side, performance.now());
    const thread = startSide(
      worker,
      { side, guest, budgetInstructions },
      {
        onProgress: (executedInstructions) => {
          this.progress.advance(side, executedInstructions);
          onProgress();
        },
        onReport: (sentence) => onReport(side, sentence),
      },
    );
    this.threads.push(thread);
    const outcome = await thread.outcome;
    if (outcome.is === 'finished') this.progress.end(side, outcome.run.executedInstructions, performance.now());
    else this.cancel();
    onProgress();
    return outcome;
  }

  private judge(off: SideOutcome, on: SideOutcome): ComparisonOutcome {
    // The side that failed first is the reason; the other was only cancelled for it.
    for (const side of [off, on]) if (side.is === 'failed') return side;
    if (off.is !== 'finished' || on.is !== 'finished') return { is: 'cancelled' };
    if (off.digest !== on.digest) {
      return { is: 'failed', sentence: 'the kernel or its initrd changed while the comparison ran; make it again' };
    }
    return {
      is: 'finished',
      numbers: compareRuns(off.run, on.run, this.order.addedLines),
      stops: { off: off.run.stop, on: on.run.stop },
    };
  }
}

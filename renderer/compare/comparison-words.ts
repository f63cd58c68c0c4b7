/** Comparisons in words: names for lists, how far one is, what it saved. Pure, so that tests can hold them to it. */

import type { ComparisonProgress, ComparisonResult, ComparisonView } from '../../core/protocol/comparisons.ts';
import { durationWords } from '../shell/wording.ts';

export const idOf = (view: ComparisonView): string =>
  view.is === 'finished' ? view.result.comparison : view.comparison;

export function titleOf(view: ComparisonView): string {
  if (view.is === 'finished') return view.result.title;
  return view.is === 'damaged' ? view.comparison : view.title;
}

/** Those whose title, verdict or reason has every word in it, in the order given. */
export function searched(views: readonly ComparisonView[], search: string): readonly ComparisonView[] {
  const words = search.toLowerCase().split(/\s+/);
  return views.filter((view) => words.every((word) => textOf(view).includes(word)));
}

function textOf(view: ComparisonView): string {
  const more = view.is === 'finished' ? view.result.verdict : 'reason' in view ? view.reason : '';
  return `${titleOf(view)} ${more}`.toLowerCase();
}

/** '−9.5 %' of what there was; a cost has a plus. */
export function savedWords(percent: number): string {
  const rounded = percent.toFixed(1);
  if (Number(rounded) === 0) return '±0 %';
  return percent > 0 ? `−${rounded} %` : `+${rounded.slice(1)} %`;
}

export function millionsWords(instructions: number): string {
  const millions = instructions / 1e6;
  return `${millions < 100 ? millions.toFixed(1) : millions.toFixed(0)} million instructions`;
}

/** How far one side is, 0 to 1; null while nobody knows where its end is. */
export function sideShare({ done, executedInstructions, expectedInstructions }: ComparisonProgress): number | null {
  if (done) return 1;
  if (expectedInstructions === null) return null;
  return Math.min(1, executedInstructions / Math.max(1, expectedInstructions));
}

/** A sentence about the time left. */
export function leftWords(progress: readonly ComparisonProgress[]): string {
  if (progress.length === 0) return 'Waits for its turn: comparisons run one at a time.';
  const { secondsLeft, share } = progress[0];
  if (secondsLeft === null) {
    return 'A guest does not say how long it will take. Once one side is through, the other is known.';
  }
  if (share === 1) return 'Almost there.';
  return `About ${durationWords(Math.max(1, secondsLeft))} left.`;
}

/** One line of the list: what state a comparison is in. */
export function stateWords(view: ComparisonView): string {
  switch (view.is) {
    case 'finished':
      return resultWords(view.result);
    case 'under way': {
      if (view.progress.length === 0) return 'waits for its turn';
      const { share } = view.progress[0];
      return share === null ? 'running' : `running, ${Math.floor(share * 100)} %`;
    }
    case 'failed':
      return 'failed';
    case 'damaged':
      return 'damaged';
    default:
      return view satisfies never;
  }
}

function resultWords({ off, on, identicalOutput, saved }: ComparisonResult): string {
  if (!off.cameToItsEnd || !on.cameToItsEnd) return 'did not come to its end';
  return identicalOutput ? `cycles ${savedWords(saved.modelledCycles)}` : 'outputs differ';
}

/** What is shown at first: what runs, or else the newest that has something to show. */
export function firstChoice(views: readonly ComparisonView[]): string | null {
  const first = views.find(({ is }) => is === 'under way') ?? views.find(({ is }) => is === 'finished') ?? views[0];
  return first === undefined ? null : idOf(first);
}

/** A comparison under way: a bar for each side, the time left as soon as anybody can know it, and a way out. */

import type { ComparisonProgress, ComparisonView } from '../../core/protocol/comparisons.ts';
import { leftWords, millionsWords, sideShare } from './comparison-words.ts';
import { useCancelComparison } from './use-comparison-actions.ts';

type UnderWay = Extract<ComparisonView, { is: 'under way' }>;

export function ProgressPanel({ view }: { view: UnderWay }) {
  const cancel = useCancelComparison();
  const { title, comparison, progress } = view;
  return (
    <article className="compare-result" aria-label={title}>
      <header className="page-head">
        <div className="compare-title">
          <h1>{title}</h1>
          <p className="quiet">The same start twice: once with the fast path off, once with it on.</p>
        </div>
        <div className="page-tools">
          <button type="button" className="button" onClick={() => cancel(comparison)}>
            Cancel
          </button>
        </div>
      </header>
      <div className="panel compare-progress">
        {(['off', 'on'] as const).map((side) => (
          <SideProgress key={side} side={side} progress={progress.find((one) => one.side === side) ?? null} />
        ))}
        <p className="quiet" aria-live="polite">
          {leftWords(progress)}
        </p>
      </div>
    </article>
  );
}

interface SideProgressProps {
  readonly side: 'off' | 'on';
  /** Null before it has begun. */
  readonly progress: ComparisonProgress | null;
}

function SideProgress({ side, progress }: SideProgressProps) {
  const share = progress === null ? 0 : sideShare(progress);
  const percent = share === null ? undefined : Math.floor(share * 100);
  return (
    <div className="compare-side">
      <span id={`side-${side}`}>Fast path {side}</span>
      <div
        className="compare-bar"
        role="progressbar"
        aria-labelledby={`side-${side}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        data-unknown={share === null ? '' : undefined}
      >
        <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" focusable="false">
          <rect className={`bar-${side}`} width={(share ?? 1) * 100} height="1" />
        </svg>
      </div>
      <span className="compare-side-words">{sideWords(progress, percent)}</span>
    </div>
  );
}

function sideWords(progress: ComparisonProgress | null, percent: number | undefined): string {
  if (progress === null) return 'not begun';
  if (progress.executedInstructions === 0) return 'starting';
  const count = millionsWords(progress.executedInstructions);
  if (progress.done) return `done, ${count}`;
  return percent === undefined ? count : `${percent} %, ${count}`;
}

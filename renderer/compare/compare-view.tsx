/**
 * Comparing the fast path off with on: at the left what was compared, at the right one of them, or the form for a new one.
 * Without any yet, it says what the question is and offers to ask it.
 */

import './compare.css';
import { useEffect, useState } from 'react';
import type { ComparisonRequest, ComparisonView } from '../../core/protocol/comparisons.ts';
import { Icon } from '../shell/icons.tsx';
import { useComparisons, useSamples } from '../store.ts';
import { ComparisonForm } from './comparison-form.tsx';
import { ComparisonList } from './comparison-list.tsx';
import { firstChoice, idOf } from './comparison-words.ts';
import { type ComparisonDraft, draftOf, firstComparison } from './draft.ts';
import { ProgressPanel } from './progress-panel.tsx';
import { ResultView } from './result-view.tsx';
import { useDeleteComparison, useDismissComparison, useStartComparison } from './use-comparison-actions.ts';

/** Where a person is: at a comparison, at a new one, or wherever there is something to see. */
type At = { readonly is: 'anywhere' } | { readonly is: 'new' } | { readonly is: 'one'; readonly comparison: string };

export function CompareView() {
  const views = useComparisons();
  const [at, setAt] = useState<At>({ is: 'anywhere' });
  const [draft, setDraft] = useState<ComparisonDraft>(draftOf(firstComparison));
  const start = useStartComparison();
  const begin = async (request: ComparisonRequest) => {
    const comparison = await start(request);
    if (comparison !== null) setAt({ is: 'one', comparison });
  };
  const chosen = chosenOf(at, views);
  const again = (request: ComparisonRequest) => {
    setDraft(draftOf(request));
    setAt({ is: 'new' });
  };
  return (
    <div className={views.length === 0 ? 'compare compare-first' : 'compare'}>
      {views.length > 0 && (
        <ComparisonList
          views={views}
          chosen={chosen === null ? null : idOf(chosen)}
          onChoose={(comparison) => setAt({ is: 'one', comparison })}
          onNew={() => setAt({ is: 'new' })}
        />
      )}
      <div className="compare-work">
        {chosen === null ? (
          <div className="compare-result">
            {views.length === 0 ? <Question onFirst={() => begin(firstComparison)} /> : <NewHead />}
            <ComparisonForm draft={draft} change={setDraft} onStart={begin} />
          </div>
        ) : (
          <One view={chosen} onAgain={again} />
        )}
      </div>
      <Announcement views={views} />
    </div>
  );
}

/** Null for a new one. One that was cancelled or deleted gives its place to whatever is first. */
export function chosenOf(at: At, views: readonly ComparisonView[]): ComparisonView | null {
  if (at.is === 'new') return null;
  const here = at.is === 'one' ? views.find((view) => idOf(view) === at.comparison) : undefined;
  const first = firstChoice(views);
  return here ?? views.find((view) => idOf(view) === first) ?? null;
}

// @journey glass/compare Was it worth the lines?
//
// lguest's author left one question: would a small walker in the Switcher, which hands a program's page fault straight to
// the guest's kernel, gain more than it costs to read?  Anybody may ask it here of any guest they have.  Both sides start
// alike and nothing is left to chance, so the difference is exact; the one number that a clock measured is shown as a
// ratio and called rough.  What the walker costs is counted too, in lines, and the verdict is lguest's own rule: about one
// per cent should be worth them.
function Question({ onFirst }: { onFirst: () => void }) {
  const samples = useSamples();
  const possible = samples.some(({ name }) => name === 'faults');
  return (
    <header className="compare-question">
      <h1>Is the fast path worth its lines?</h1>
      <p>
        When a program touches a page its kernel has yet to provide, the fault goes to the host, which walks the guest’s
        page tables and hands it to the guest’s kernel; the kernel’s answer goes through the host as well, so each fault
        costs two round trips. The fast path is a small walker in the Switcher that looks for itself and hands the fault
        straight to the kernel, which leaves one. A comparison runs the same guest from the same start with it off and
        on, and says exactly what that saved and how many lines of code it cost.
      </p>
      {possible && (
        <button type="button" className="button button-primary" onClick={onFirst}>
          <Icon name="play" />
          Run “faults”: ten thousand page faults, off and on
        </button>
      )}
    </header>
  );
}
// @end

function NewHead() {
  return (
    <header className="compare-question">
      <h1>New comparison</h1>
      <p className="quiet">The same guest twice, from the same start: with the fast path off, and with it on.</p>
    </header>
  );
}

function One({ view, onAgain }: { view: ComparisonView; onAgain: (request: ComparisonRequest) => void }) {
  switch (view.is) {
    case 'finished':
      return <ResultView key={idOf(view)} result={view.result} onAgain={() => onAgain(view.result.request)} />;
    case 'under way':
      return <ProgressPanel key={idOf(view)} view={view} />;
    case 'failed':
    case 'damaged':
      return <Trouble key={idOf(view)} view={view} />;
    default:
      return view satisfies never;
  }
}

function Trouble({ view }: { view: Extract<ComparisonView, { is: 'failed' | 'damaged' }> }) {
  const dismiss = useDismissComparison();
  const remove = useDeleteComparison();
  const failed = view.is === 'failed';
  const title = failed ? view.title : view.comparison;
  const away = () => (failed ? dismiss(view.comparison) : remove(view.comparison, title));
  return (
    <article className="compare-result" aria-label={title}>
      <header className="page-head">
        <h1>{title}</h1>
        <div className="page-tools">
          <button type="button" className="button" onClick={away}>
            {failed ? 'Dismiss' : 'Delete…'}
          </button>
        </div>
      </header>
      <p className="warning warning-bad" role="alert">
        <Icon name="warning" />
        {failed ? `This comparison failed: ${view.reason}` : `The file of this comparison is damaged: ${view.reason}`}
      </p>
      {!failed && <p className="quiet">It is left as it is until you delete it; all the others are fine.</p>}
    </article>
  );
}

/** For those who cannot see that a bar has given way to a table. */
function Announcement({ views }: { views: readonly ComparisonView[] }) {
  const [running, setRunning] = useState<string | null>(null);
  const [words, setWords] = useState('');
  const now = views.find(({ is }) => is === 'under way');
  useEffect(() => {
    const ended = views.find((view) => idOf(view) === running && view.is !== 'under way');
    if (ended)
      setWords(ended.is === 'finished' ? `Comparison finished. ${ended.result.verdict}` : 'Comparison failed.');
    setRunning(now ? idOf(now) : null);
  }, [views, now, running]);
  return (
    <p className="spoken" role="status">
      {words}
    </p>
  );
}

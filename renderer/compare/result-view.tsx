/** A finished comparison: the verdict first, then what speaks against it, then pictures, then every number. */

import { useState } from 'react';
import { cautions, modelWords, wallClockWords } from '../../core/protocol/comparison-words.ts';
import type { ComparisonResult } from '../../core/protocol/comparisons.ts';
import { Icon } from '../shell/icons.tsx';
import { MenuButton } from '../shell/menu.tsx';
import { agoWords } from '../shell/wording.ts';
import { useComparisons } from '../store.ts';
import { ResultPictures } from './result-pictures.tsx';
import { ResultTable } from './result-table.tsx';
import { useDeleteComparison, useExportComparison } from './use-comparison-actions.ts';

interface ResultViewProps {
  readonly result: ComparisonResult;
  readonly onAgain: () => void;
}

export function ResultView({ result, onAgain }: ResultViewProps) {
  const [besideId, setBesideId] = useState('');
  const others = useComparisons().flatMap((view) =>
    view.is === 'finished' && view.result.comparison !== result.comparison ? [view.result] : [],
  );
  const beside = others.find(({ comparison }) => comparison === besideId) ?? null;
  return (
    <article className="compare-result" aria-label={result.title}>
      <ResultHead result={result} onAgain={onAgain} />
      <Verdict result={result} />
      <ResultPictures result={result} />
      <section className="compare-counted" aria-label="Everything counted">
        <div className="compare-counted-head">
          <h2>Everything counted</h2>
          {others.length > 0 && <BesideSelect others={others} value={besideId} onChange={setBesideId} />}
        </div>
        <ResultTable result={result} beside={beside} />
      </section>
      <footer className="compare-notes quiet">
        <p>{modelWords}</p>
        <p>Wall clock: {wallClockWords(result)}</p>
      </footer>
    </article>
  );
}

function ResultHead({ result, onAgain }: ResultViewProps) {
  const exportAs = useExportComparison(result);
  const remove = useDeleteComparison();
  const items = [
    { label: 'HTML report, to read and send…', run: () => exportAs('html') },
    { label: 'CSV, for a spreadsheet…', run: () => exportAs('csv') },
    { label: 'JSON, with everything…', run: () => exportAs('json') },
  ];
  return (
    <header className="page-head">
      <div className="compare-title">
        <h1>{result.title}</h1>
        <p className="quiet">
          <time dateTime={result.madeAt} title={result.madeAt}>
            Made {agoWords(result.madeAt, Date.now())}
          </time>
        </p>
      </div>
      <div className="page-tools">
        <MenuButton label="Export" className="button" items={items}>
          Export
          <Icon name="chevron" />
        </MenuButton>
        <button type="button" className="button" onClick={onAgain}>
          <Icon name="reset" />
          Again…
        </button>
        <button type="button" className="button" onClick={() => remove(result.comparison, result.title)}>
          Delete…
        </button>
      </div>
    </header>
  );
}

function Verdict({ result }: { result: ComparisonResult }) {
  const { verdict, identicalOutput } = result;
  return (
    <>
      <div className="compare-verdict">
        <p>{verdict}</p>
        <p className="compare-output" data-same={identicalOutput}>
          <Icon name={identicalOutput ? 'check' : 'warning'} />
          {identicalOutput ? 'Both sides printed exactly the same.' : 'The two sides printed different things.'}
        </p>
      </div>
      {cautions(result).map((sentence) => (
        <p className="warning" role="note" key={sentence}>
          <Icon name="warning" />
          {sentence}
        </p>
      ))}
    </>
  );
}

interface BesideSelectProps {
  readonly others: readonly ComparisonResult[];
  readonly value: string;
  readonly onChange: (comparison: string) => void;
}

function BesideSelect({ others, value, onChange }: BesideSelectProps) {
  return (
    <label className="compare-beside">
      <span className="quiet">beside</span>
      <select className="input select" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">nothing</option>
        {others.map(({ comparison, title, madeAt }) => (
          <option key={comparison} value={comparison}>
            {title} ({agoWords(madeAt, Date.now())})
          </option>
        ))}
      </select>
    </label>
  );
}

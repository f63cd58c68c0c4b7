/** Past comparisons and those under way, with a search; one stop of the Tab key, walked with the arrows. */

import { type KeyboardEvent, useRef, useState } from 'react';
import type { ComparisonView } from '../../core/protocol/comparisons.ts';
import { Icon } from '../shell/icons.tsx';
import { menuStep } from '../shell/menu.tsx';
import { agoWords } from '../shell/wording.ts';
import { idOf, searched, stateWords, titleOf } from './comparison-words.ts';

interface ComparisonListProps {
  readonly views: readonly ComparisonView[];
  /** Null while a new one is being asked for. */
  readonly chosen: string | null;
  readonly onChoose: (comparison: string) => void;
  readonly onNew: () => void;
}

export function ComparisonList({ views, chosen, onChoose, onNew }: ComparisonListProps) {
  const [search, setSearch] = useState('');
  const shown = searched(views, search);
  return (
    <section className="compare-list" aria-label="Comparisons">
      <button type="button" className="button button-primary" aria-pressed={chosen === null} onClick={onNew}>
        <Icon name="plus" />
        New comparison
      </button>
      <div className="search">
        <Icon name="search" />
        <input
          type="search"
          className="input"
          placeholder="Search comparisons"
          aria-label="Search comparisons"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <Lines views={shown} chosen={chosen} onChoose={onChoose} />
      {shown.length === 0 && views.length > 0 && <p className="empty-line">No comparison matches “{search}”.</p>}
    </section>
  );
}

function Lines({ views, chosen, onChoose }: Pick<ComparisonListProps, 'views' | 'chosen' | 'onChoose'>) {
  const list = useRef<HTMLUListElement>(null);
  const here = Math.max(
    0,
    views.findIndex((view) => idOf(view) === chosen),
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const step = menuStep(
      event.key,
      buttons.findIndex((one) => one.matches(':focus')),
      buttons.length,
    );
    if (step === null) return;
    event.preventDefault();
    buttons[step].focus();
  };
  return (
    <ul className="lines" ref={list} onKeyDown={onKeyDown}>
      {views.map((view, index) => (
        <li key={idOf(view)} className="line" data-current={idOf(view) === chosen ? '' : undefined}>
          <button
            type="button"
            className="compare-line"
            tabIndex={index === here ? 0 : -1}
            aria-current={idOf(view) === chosen}
            onClick={() => onChoose(idOf(view))}
          >
            <span className="line-name" title={titleOf(view)}>
              {titleOf(view)}
            </span>
            <span className="compare-line-state" data-is={view.is}>
              {stateWords(view)}
              {view.is === 'finished' && <span className="quiet"> · {agoWords(view.result.madeAt, Date.now())}</span>}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The legend, which is the filter: every cause that occurs with its colour and how often, rings, and two texts. */

import { useMemo } from 'react';
import { causeColourOf, causeColours, type Theme } from '../look/cause-colours.ts';
import { type CrossingFilter, countCauses, isFiltering, noFilter, toggled } from './crossing-filter.ts';
import type { CrossingsSession } from './crossings-session.ts';
import { brief, grouped, ringName } from './number-text.ts';
import { useCrossings } from './sessions.ts';

interface FilterBarProps {
  readonly session: CrossingsSession;
  readonly theme: Theme;
  /** Crossings that the filter leaves. */
  readonly shown: number;
}

const order = causeColours.map(({ cause }) => cause);

export function FilterBar({ session, theme, shown }: FilterBarProps) {
  const layout = useCrossings(session, (one) => one.layout);
  const filter = useCrossings(session, (one) => one.filter);
  const change = (part: Partial<CrossingFilter>) => session.store.setState({ filter: { ...filter, ...part } });
  const total = layout.crossings.length;
  return (
    <search className="crossings-filter" aria-label="Which crossings to show">
      <CauseChips session={session} theme={theme} />
      <div className="crossings-filter-texts">
        <span className="crossings-rings">
          {layout.rings.map((ring) => (
            <label key={ring} title={`Left in ring ${ring}`}>
              <input
                type="checkbox"
                checked={!filter.withoutRings.has(ring)}
                onChange={() => change({ withoutRings: toggled(filter.withoutRings, ring) })}
              />
              {ringName(ring)}
            </label>
          ))}
        </span>
        <FilterText
          label="Address or symbol"
          hint="c0100000-c01fffff"
          value={filter.place}
          onChange={(place) => change({ place })}
        />
        <FilterText label="Outcome" hint="SET_PTE" value={filter.outcome} onChange={(outcome) => change({ outcome })} />
        <output className="crossings-count">
          {isFiltering(filter) ? `${grouped(shown)} of ${grouped(total)}` : `${grouped(total)} crossings`}
        </output>
        {isFiltering(filter) && (
          <button type="button" className="button-quiet" onClick={() => change(noFilter)}>
            Clear filter
          </button>
        )}
      </div>
    </search>
  );
}

function CauseChips({ session, theme }: Omit<FilterBarProps, 'shown'>) {
  const crossings = useCrossings(session, ({ layout }) => layout.crossings);
  const filter = useCrossings(session, (one) => one.filter);
  const counts = useMemo(() => countCauses(crossings, order), [crossings]);
  const choose = (withoutCauses: ReadonlySet<string>) =>
    session.store.setState({ filter: { ...filter, withoutCauses } });
  const only = (cause: string) => new Set([...counts.keys()].filter((other) => other !== cause));
  return (
    <fieldset className="crossings-causes" aria-label="Causes">
      {[...counts].map(([cause, count]) => (
        <button
          key={cause}
          type="button"
          aria-pressed={!filter.withoutCauses.has(cause)}
          title={`${causeColourOf(cause).meaning} Click hides or shows it; double click shows nothing else.`}
          onClick={() => choose(toggled(filter.withoutCauses, cause))}
          onDoubleClick={() => choose(only(cause))}
        >
          <i style={{ background: causeColourOf(cause)[theme] }} aria-hidden="true" />
          {cause} <b>{brief(count)}</b>
        </button>
      ))}
    </fieldset>
  );
}

interface FilterTextProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function FilterText({ label, hint, value, onChange }: FilterTextProps) {
  return (
    <label className="crossings-text">
      <span>{label}</span>
      <input
        type="search"
        className="input"
        value={value}
        placeholder={hint}
        maxLength={200}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

/**
 * The list of crossings: what the timeline shows, as words, and the way in for keyboards and screen readers.  Thousands
 * are listed and some thirty exist; the grid says how many there really are.
 */

import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from 'react';
import type { CrossingView } from '../../core/protocol/crossings.ts';
import { causeColourOf, type Theme } from '../look/cause-colours.ts';
import { type CrossingsSession, closeDetail, select } from './crossings-session.ts';
import { grouped, hex8, ringName } from './number-text.ts';
import { useCrossings } from './sessions.ts';
import { firstAtLeast } from './timeline-layout.ts';
import { useSize } from './use-canvas.ts';
import { ROW_HEIGHT, rowAfterKey, rowsInView, scrollToShow } from './virtual-rows.ts';

export interface TableProps {
  readonly session: CrossingsSession;
  readonly theme: Theme;
  /** Indices of the crossings to list. */
  readonly rows: readonly number[];
  /** Index of the crossing under the pointer, elsewhere. */
  readonly hovered: number | null;
  readonly onOpen: (number: number) => void;
  readonly place: RefObject<HTMLTableElement | null>;
}

const headings = ['Number', 'Clock', 'Ring', 'Where', 'Cause', 'Outcome', 'Instr.'] as const;

export function CrossingTable(props: TableProps) {
  const { session, rows, onOpen, place } = props;
  const crossings = useCrossings(session, ({ layout }) => layout.crossings);
  const selected = useCrossings(session, (one) => one.selected);
  const opened = useCrossings(session, ({ detail }) => detail.is !== 'none');
  const active = selected === null ? -1 : rows.findIndex((index) => crossings[index].number === selected);
  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    if (event.key === 'Enter' && selected !== null) return onOpen(selected);
    if (event.key === 'Escape' && opened) return closeDetail(session);
    const row = rowAfterKey(event.key, active, rows.length, event.currentTarget.clientHeight);
    if (row === null) return;
    event.preventDefault();
    const { number } = crossings[rows[row]];
    if (opened) onOpen(number);
    else select(session, number);
  };
  return (
    <table
      className="crossings-table"
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table one walks through with keys is a grid
      role="grid"
      aria-label="Crossings"
      aria-rowcount={rows.length + 1}
      aria-colcount={headings.length}
      aria-activedescendant={active >= 0 ? `crossing-${selected}` : undefined}
      tabIndex={0}
      ref={place}
      onKeyDown={onKeyDown}
    >
      <thead>
        <tr className="crossings-row head" aria-rowindex={1}>
          {headings.map((heading) => (
            <th key={heading} scope="col" className={heading.toLowerCase().replace('.', '')}>
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <Rows {...props} active={active} />
    </table>
  );
}

function Rows({ session, theme, rows, hovered, onOpen, active }: TableProps & { readonly active: number }) {
  const scroller = useRef<HTMLTableSectionElement>(null);
  const { height } = useSize(scroller);
  const [top, setTop] = useState(0);
  const layout = useCrossings(session, (one) => one.layout);
  const span = useCrossings(session, (one) => one.span);
  const following = useCrossings(session, ({ following, recording }) => following && recording);
  useScrolling(scroller, { active, height, following, count: rows.length, span: layout });
  const { first, end } = rowsInView({ top, height }, rows.length);
  const [from, to] = [firstAtLeast(layout.ends, span.from), firstAtLeast(layout.starts, span.to)];
  return (
    <tbody
      className="crossings-rows"
      style={{ '--all-rows': `${rows.length * ROW_HEIGHT}px` } as CSSProperties} // React's types know no custom properties
      ref={scroller}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      {rows.slice(first, end).map((index, i) => (
        <Row
          key={layout.crossings[index].number}
          crossing={layout.crossings[index]}
          row={first + i}
          theme={theme}
          state={first + i === active ? 'selected' : index === hovered ? 'hovered' : ''}
          onAxis={index >= from && index < to}
          onOpen={onOpen}
        />
      ))}
    </tbody>
  );
}

interface ScrollReasons {
  readonly active: number;
  readonly height: number;
  readonly following: boolean;
  readonly count: number;
  /** Something new whenever the list is. */
  readonly span: unknown;
}

/** Keeps the chosen row in sight; while following, the newest. */
function useScrolling(scroller: RefObject<HTMLTableSectionElement | null>, reasons: ScrollReasons): void {
  const { active, height, following, count, span } = reasons;
  useEffect(() => {
    const element = scroller.current;
    if (!element || active < 0) return;
    const top = scrollToShow(active, { top: element.scrollTop, height });
    if (top !== null) element.scrollTop = top;
  }, [scroller, active, height]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a list of the same length may have a new end
  useEffect(() => {
    if (following && scroller.current) scroller.current.scrollTop = count * ROW_HEIGHT;
  }, [scroller, following, count, span]);
}

interface RowProps {
  readonly crossing: CrossingView;
  readonly row: number;
  readonly theme: Theme;
  readonly state: 'selected' | 'hovered' | '';
  /** The timeline shows it just now. */
  readonly onAxis: boolean;
  readonly onOpen: (number: number) => void;
}

const Row = memo(function Row({ crossing, row, theme, state, onAxis, onOpen }: RowProps) {
  const { number, enteredAt, ring, eip, symbol, cause, outcome, instructionsInGuest } = crossing;
  return (
    <tr
      id={`crossing-${number}`}
      className={`crossings-row ${state}`}
      aria-rowindex={row + 2}
      aria-selected={state === 'selected'}
      data-on-axis={onAxis}
      style={{ top: row * ROW_HEIGHT, height: ROW_HEIGHT }}
      onClick={() => onOpen(number)}
    >
      <Cell name="number">{grouped(number)}</Cell>
      <Cell name="clock">{grouped(enteredAt)}</Cell>
      <Cell name="ring" title={`ring ${ring}`}>
        {ringName(ring)}
      </Cell>
      <Cell name="where" title={symbol}>
        <code>{hex8(eip)}</code> {symbol}
      </Cell>
      <Cell name="cause">
        <i style={{ background: causeColourOf(cause)[theme] }} aria-hidden="true" />
        {cause}
      </Cell>
      <Cell name="outcome" title={outcome}>
        {outcome}
      </Cell>
      <Cell name="instr">{grouped(instructionsInGuest)}</Cell>
    </tr>
  );
});

function Cell({
  name,
  title,
  children,
}: {
  readonly name: string;
  readonly title?: string;
  readonly children: ReactNode;
}) {
  return (
    <td className={name} title={title}>
      {children}
    </td>
  );
}

/** Every counter with its total, its rate and, opened, its sentence and what it is made of. Twice a second at most. */

import { Fragment, useEffect, useState } from 'react';
import { Icon } from '../shell/icons.tsx';
import { grouped, short } from './amounts.ts';
import { type CounterFeed, onSampleAtMost } from './counter-feed.ts';
import { type TotalPart, type TotalRow, totalRows, wordsOf } from './totals.ts';

const TABLE_PAUSE_MS = 500;

interface CounterTableProps {
  readonly feed: CounterFeed;
  readonly frozen: boolean;
  /** Changes when totals were set to zero. */
  readonly zeroCount: number;
}

export function CounterTable({ feed, frozen, zeroCount }: CounterTableProps) {
  const rows = useRows(feed, frozen, zeroCount);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (label: string) => {
    const after = new Set(open);
    if (!after.delete(label)) after.add(label);
    setOpen(after);
  };
  return (
    <table className="machine-counters">
      <caption className="machine-off-screen">Counters of this machine</caption>
      <thead>
        <tr>
          <th scope="col">Counter</th>
          <th scope="col" title={feed.zero === null ? 'Since the machine was started' : 'Since you set them to zero'}>
            {feed.zero === null ? 'Total' : 'Since zero'}
          </th>
          <th scope="col">Per second</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.label} row={row} open={open.has(row.label)} onToggle={toggle} />
        ))}
      </tbody>
    </table>
  );
}

function useRows(feed: CounterFeed, frozen: boolean, zeroCount: number): readonly TotalRow[] {
  const [rows, setRows] = useState(() => totalRows(feed.history, feed.zero?.sample ?? null));
  // A new zero is seen at once, frozen or not.
  // biome-ignore lint/correctness/useExhaustiveDependencies: zeroCount says that feed.zero has changed
  useEffect(() => {
    const read = () => setRows(totalRows(feed.history, feed.zero?.sample ?? null));
    read();
    return frozen ? undefined : onSampleAtMost(feed, TABLE_PAUSE_MS, read);
  }, [feed, frozen, zeroCount]);
  return rows;
}

interface RowProps {
  readonly row: TotalRow;
  readonly open: boolean;
  readonly onToggle: (label: string) => void;
}

function Row({ row, open, onToggle }: RowProps) {
  return (
    <Fragment>
      <tr data-counter={row.label} data-still={row.perSecond === 0 ? '' : undefined}>
        <th scope="row">
          <button
            type="button"
            className="machine-counter-name"
            aria-expanded={open}
            title={row.meaning}
            onClick={() => onToggle(row.label)}
          >
            <Icon name="chevron" />
            {wordsOf(row.label)}
          </button>
        </th>
        <td>{grouped(row.total)}</td>
        <td>{short(row.perSecond)}</td>
      </tr>
      {open && (
        <tr className="machine-counter-help">
          <td colSpan={3}>
            {row.meaning} Unit: {row.unit}.
          </td>
        </tr>
      )}
      {open && row.parts.map((part) => <PartRow key={part.label} part={part} />)}
    </Fragment>
  );
}

function PartRow({ part }: { part: TotalPart }) {
  return (
    <tr className="machine-counter-part" data-still={part.perSecond === 0 ? '' : undefined}>
      <th scope="row" title={part.meaning || undefined}>
        {part.label}
      </th>
      <td>{grouped(part.total)}</td>
      <td>{short(part.perSecond)}</td>
    </tr>
  );
}

/** Everything counted, as a table that is one: headers for rows and columns, a caption, help on every name. */

import { type ComparisonRow, changeWords, numberWords } from '../../core/protocol/comparison-rows.ts';
import type { ComparisonResult } from '../../core/protocol/comparisons.ts';
import { pairRows } from './two-results.ts';

interface ResultTableProps {
  readonly result: ComparisonResult;
  /** Another one to stand beside it. */
  readonly beside: ComparisonResult | null;
}

export function ResultTable({ result, beside }: ResultTableProps) {
  return (
    <div className="compare-scroll">
      <table className="compare-table" data-two={beside ? '' : undefined}>
        <caption className="spoken">
          Everything counted with the fast path off and on
          {beside ? `, for ${result.title} and for ${beside.title}` : ''}
        </caption>
        <TableHead result={result} beside={beside} />
        <tbody>
          {pairRows(result, beside).map(({ key, row, other }) => (
            <tr key={key} data-depth={row.depth}>
              <th scope="row" title={row.meaning}>
                {row.label}
              </th>
              <Cells row={row} />
              {other && <Cells row={other} />}
            </tr>
          ))}
          <tr data-depth={0}>
            <th scope="row">console output</th>
            <td colSpan={3}>{outputWords(result)}</td>
            {beside && <td colSpan={3}>{outputWords(beside)}</td>}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

const outputWords = ({ identicalOutput }: ComparisonResult) => (identicalOutput ? 'identical' : 'DIFFERENT');

function TableHead({ result, beside }: ResultTableProps) {
  return (
    <thead>
      {beside && (
        <tr>
          <td />
          {[result, beside].map(({ comparison, title }) => (
            <th scope="colgroup" colSpan={3} title={title} key={comparison}>
              {title}
            </th>
          ))}
        </tr>
      )}
      <tr>
        <th scope="col">fast path</th>
        <SideHeads />
        {beside && <SideHeads />}
      </tr>
    </thead>
  );
}

function SideHeads() {
  return ['off', 'on', 'change'].map((name) => (
    <th scope="col" key={name}>
      {name}
    </th>
  ));
}

function Cells({ row }: { row: ComparisonRow }) {
  return (
    <>
      <td>{numberWords(row.off, row.digits)}</td>
      <td>{numberWords(row.on, row.digits)}</td>
      <td className="compare-change">{changeWords(row)}</td>
    </>
  );
}

/** A finished comparison as a file for programs: JSON with everything, or CSV with the rows a person sees. */

import { comparisonRows } from '../../core/protocol/comparison-rows.ts';
import type { ComparisonResult } from '../../core/protocol/comparisons.ts';
import { htmlReport } from './html-report.ts';

export function exportText(format: 'json' | 'csv' | 'html', result: ComparisonResult): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(result, null, 2)}\n`;
    case 'csv':
      return csv(result);
    case 'html':
      return htmlReport(result);
    default:
      return format satisfies never;
  }
}

/** One row a line, parts under the name of their whole (RFC 4180). */
function csv({ off, on, identicalOutput }: ComparisonResult): string {
  let whole = '';
  const lines = comparisonRows(off, on).map((row) => {
    if (row.depth === 0) whole = row.label;
    const [name, part] = row.depth === 0 ? [row.label, ''] : [whole, row.label];
    return [name, part, row.off, row.on, row.off === 0 ? '' : row.on / row.off];
  });
  const table = [
    ['row', 'part', 'off', 'on', 'on / off'],
    ...lines,
    ['console output', '', '', identicalOutput ? 'identical' : 'different', ''],
  ];
  return table.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

/** Quoted where it must be; a text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const tame = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}

/**
 * What was counted, to take away: every sample kept, with totals as the machine sent them, so that whoever reads it can
 * compute rates over whatever they like.  The JSON also says what each counter means.
 */

import { type CounterSample, counterList } from '../../core/protocol/counting.ts';
import { ownColumns, type SampleHistory } from './sample-history.ts';

export interface ExportAround {
  readonly machine: string;
  /** Milliseconds since 1970 at which the window's clock stood at zero. */
  readonly clockOriginMs: number;
  readonly exportedAtMs: number;
  /** Where the person set totals to zero, if they did. */
  readonly zero: CounterSample | null;
}

/** Columns in the order a reader expects: clocks, the switch, counters, tallies. */
function orderedColumns(history: SampleHistory): readonly string[] {
  const first = [ownColumns.wallMs, ownColumns.boardMs, ownColumns.idleMs, ownColumns.fastPath];
  const counters = counterList.map(({ name }) => name);
  const known = new Set<string>([...first, ...counters]);
  const tallies = history.columnNames.filter((column) => !known.has(column)).sort();
  return [...first, ...counters, ...tallies];
}

const timeAt = (history: SampleHistory, index: number, originMs: number): string =>
  new Date(originMs + history.secondsAt(index) * 1000).toISOString();

/** RFC 4180: quoted where it must be, lines end in CR LF. */
export function samplesAsCsv(history: SampleHistory, { clockOriginMs }: ExportAround): string {
  const columns = orderedColumns(history);
  const lines = [['time', ...columns].map(quoted).join(',')];
  for (let index = 0; index < history.length; index++) {
    const totals = columns.map((column) => plain(history.total(column, index)));
    lines.push([timeAt(history, index, clockOriginMs), ...totals].join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

export function samplesAsJson(history: SampleHistory, around: ExportAround): string {
  const columns = orderedColumns(history);
  const at = (seconds: number) => new Date(around.clockOriginMs + seconds * 1000).toISOString();
  const samples = Array.from({ length: history.length }, (_, index) => [
    timeAt(history, index, around.clockOriginMs),
    ...columns.map((column) => history.total(column, index)),
  ]);
  const written = {
    format: 'astride counters',
    version: 1,
    machine: around.machine,
    exportedAt: new Date(around.exportedAtMs).toISOString(),
    counters: counterList,
    fastPathFlips: history.flips.map(({ seconds, on }) => ({ at: at(seconds), on })),
    newStretches: history.breaks.map(at),
    totalsSetToZeroAt: around.zero?.counters ?? null,
    columns: ['time', ...columns],
    samples,
  };
  return `${JSON.stringify(written, null, 1)}\n`;
}

const plain = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(3));

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Hands a file to the person, in a browser and in the desktop window alike. */
export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken the blob by the time the next task runs; a minute is kind to slow disks.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** The log, narrowed to what a person looks for, and as text for a report. Pure. */

import type { LogLine } from '../../core/protocol/requests.ts';

export const levels = ['fine', 'warning', 'error'] as const satisfies readonly LogLine['level'][];

export interface LogFilter {
  /** This level and everything worse. */
  readonly from: LogLine['level'];
  /** A machine's id, or empty for all. */
  readonly machine: string;
  readonly search: string;
}

export function filterLog(lines: readonly LogLine[], { from, machine, search }: LogFilter): readonly LogLine[] {
  const least = levels.indexOf(from);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter((line) => {
    if (levels.indexOf(line.level) < least || (machine !== '' && line.machine !== machine)) return false;
    const text = `${line.machine} ${line.sentence}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** One line each, as the log file has them: moment, level, machine, sentence. */
export function logText(lines: readonly LogLine[]): string {
  return lines.map(({ at, level, machine, sentence }) => `${at} ${level} ${machine || '-'} ${sentence}\n`).join('');
}

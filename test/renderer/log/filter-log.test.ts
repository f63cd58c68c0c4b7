/** The log, narrowed and as text. */

import { expect, test } from 'vitest';
import type { LogLine } from '../../../core/protocol/requests.ts';
import { filterLog, logText } from '../../../renderer/log/filter-log.ts';

const lines: readonly LogLine[] = [
  { at: '1', level: 'fine', machine: '', sentence: 'Astride was started.' },
  { at: '2', level: 'warning', machine: 'puppy', sentence: 'A ring is broken.' },
  { at: '3', level: 'error', machine: 'trouble', sentence: 'Killed: it jumped nowhere.' },
];
const all = { from: 'fine', machine: '', search: '' } as const;
const found = (part: Partial<Parameters<typeof filterLog>[1]>) =>
  filterLog(lines, { ...all, ...part }).map(({ at }) => at);

test('by level and worse, by machine, by words', () => {
  expect(found({})).toEqual(['1', '2', '3']);
  expect(found({ from: 'warning' })).toEqual(['2', '3']);
  expect(found({ from: 'error' })).toEqual(['3']);
  expect(found({ machine: 'puppy' })).toEqual(['2']);
  expect(found({ search: 'NOWHERE killed' })).toEqual(['3']);
  expect(found({ search: 'nothing like it' })).toEqual([]);
});

test('copied, it is a line each', () => {
  expect(logText(lines.slice(0, 2))).toBe('1 fine - Astride was started.\n2 warning puppy A ring is broken.\n');
});

/** Searching, sorting, state words, and what a state allows. */

import { describe, expect, test } from 'vitest';
import type { RunState } from '../../../core/protocol/machines.ts';
import { arrange, type SortBy } from '../../../renderer/library/arrange.ts';
import { spokenChanges, stateWord } from '../../../renderer/library/state-words.ts';
import { allowed, removalSentences } from '../../../renderer/library/use-machine-actions.ts';
import { exampleMachine } from '../example-machines.ts';

const ran = (startedAt: string) => ({ startedAt, seconds: 1, end: 'powered off', reason: '' }) as const;

const machines = [
  exampleMachine(
    'b',
    { state: { is: 'stopped' }, sizeBytes: 10, lastRun: ran('2026-01-02T00:00:00Z') },
    { name: 'node 10' },
  ),
  exampleMachine('a', { state: { is: 'running' }, sizeBytes: 30 }, { name: 'Node 9', notes: 'boots from a disk' }),
  exampleMachine('c', {
    state: { is: 'ended', end: 'killed', reason: 'bad' },
    sizeBytes: 20,
    lastRun: ran('2026-01-03T00:00:00Z'),
  }),
  exampleMachine('d', { settings: null, damaged: 'cut short', sizeBytes: 1 }),
];

describe('the library is sorted', () => {
  test.each<[SortBy, string]>([
    // As people count: 9 before 10, and capitals do not matter.
    ['name', 'c d a b'],
    // A running machine is being run now; one that never was comes last.
    ['lastRun', 'a c b d'],
    ['state', 'a c d b'],
    ['size', 'a c b d'],
  ])('by %s: %s', (by, order) => {
    const sorted = arrange(machines, '', by).map(({ id }) => id);
    expect(sorted.join(' ')).toBe(order);
  });
});

test('a search looks for every word, in names, notes and states', () => {
  const found = (search: string) => arrange(machines, search, 'name').map(({ id }) => id);
  expect(found('node disk')).toEqual(['a']);
  expect(found('KILLED')).toEqual(['c']);
  expect(found('damaged')).toEqual(['d']);
  expect(found('nowhere')).toEqual([]);
});

test('sorting leaves the list it was given alone', () => {
  const before = machines.map(({ id }) => id);
  arrange(machines, '', 'size');
  expect(machines.map(({ id }) => id)).toEqual(before);
});

test.each<[RunState, string, string]>([
  [{ is: 'stopped' }, 'Off', 'start remove'],
  [{ is: 'starting' }, 'Starting', 'powerOff'],
  [{ is: 'running' }, 'Running', 'pause reset powerOff'],
  [{ is: 'paused' }, 'Paused', 'resume reset powerOff'],
  [{ is: 'ended', end: 'crashed', reason: 'x' }, 'Crashed', 'start remove'],
])('%o is called %s and allows %s', (state, word, actions) => {
  const machine = exampleMachine('a', { state });
  expect(stateWord(machine).word).toBe(word);
  expect([...allowed(machine)].sort().join(' ')).toBe(
    [...actions.split(' '), 'fastPath', 'rename', 'clone', 'export'].sort().join(' '),
  );
});

test('a damaged machine can be deleted and nothing else', () => {
  expect([...allowed(machines[3]!)]).toEqual(['remove']);
});

test('changes of state are spoken, with their reason; a first sight is none', () => {
  const off = exampleMachine('a', {}, { name: 'Ada' });
  const killed = { ...off, state: { is: 'ended', end: 'killed', reason: 'It jumped nowhere.' } as const };
  expect(spokenChanges([], [off])).toEqual([]);
  expect(spokenChanges([off], [off])).toEqual([]);
  expect(spokenChanges([off], [killed, exampleMachine('new')])).toEqual(['Ada: Killed. It jumped nowhere.']);
});

test('deleting says what goes and what stays', () => {
  const disk = { path: '/disks/root.img', access: 'overlay' } as const;
  const sentences = removalSentences(exampleMachine('a', { sizeBytes: 2048 }, { disks: [disk] }));
  expect(sentences.join(' ')).toContain('2.0 KiB');
  expect(sentences.at(-1)).toContain('/disks/root.img');
  expect(removalSentences(exampleMachine('a'))).toHaveLength(1);
});

/** Comparisons in words, and what stands beside their numbers. */

import { describe, expect, test } from 'vitest';
import { cautions } from '../../../core/protocol/comparison-words.ts';
import type { ComparisonView } from '../../../core/protocol/comparisons.ts';
import {
  firstChoice,
  leftWords,
  savedWords,
  searched,
  sideShare,
  stateWords,
} from '../../../renderer/compare/comparison-words.ts';
import { pairRows } from '../../../renderer/compare/two-results.ts';
import { progressOf, resultWith } from './results.ts';

const finished: ComparisonView = { is: 'finished', result: resultWith() };
const underWay: ComparisonView = {
  is: 'under way',
  comparison: 'faults-2',
  title: 'faults, pages=7, 64 MiB',
  progress: [progressOf({ share: 0.456 })],
};
const failed: ComparisonView = { is: 'failed', comparison: 'x-1', title: 'mine, 32 MiB', reason: 'no such file' };
const damaged: ComparisonView = { is: 'damaged', comparison: 'old-1', reason: 'it is not valid JSON' };
const all = [underWay, failed, finished, damaged];

test('what a search finds has all of its words, in the title, the verdict or the reason', () => {
  expect(searched(all, '')).toEqual(all);
  expect(searched(all, 'FAULTS pages=1000')).toEqual([finished]);
  expect(searched(all, 'worth')).toEqual([finished]);
  expect(searched(all, 'such')).toEqual([failed]);
  expect(searched(all, 'json old')).toEqual([damaged]);
  expect(searched(all, 'nothing of the kind')).toEqual([]);
});

test.each([
  [16.49, '−16.5 %'],
  [-5.54, '+5.5 %'],
  [0.04, '±0 %'],
  [-0.04, '±0 %'],
])('%d per cent saved is %s', (percent, words) => expect(savedWords(percent)).toBe(words));

test('a line of the list says where a comparison stands', () => {
  expect(all.map(stateWords)).toEqual(['running, 45 %', 'failed', 'cycles −10.0 %', 'damaged']);
  expect(stateWords({ ...underWay, progress: [progressOf({})] })).toBe('running');
  expect(stateWords({ ...underWay, progress: [] })).toBe('waits for its turn');
  const result = resultWith({ identicalOutput: false });
  expect(stateWords({ is: 'finished', result })).toBe('outputs differ');
  const part = { ...result, on: { ...result.on, cameToItsEnd: false } };
  expect(stateWords({ is: 'finished', result: part })).toBe('did not come to its end');
});

test('how far a side is, and how long it takes, is said only when somebody knows', () => {
  expect(sideShare(progressOf({ executedInstructions: 5 }))).toBeNull();
  expect(sideShare(progressOf({ executedInstructions: 5, expectedInstructions: 20 }))).toBe(0.25);
  expect(sideShare(progressOf({ executedInstructions: 5, expectedInstructions: 20, done: true }))).toBe(1);
  expect(leftWords([])).toMatch(/turn/);
  expect(leftWords([progressOf({})])).toMatch(/does not say/);
  expect(leftWords([progressOf({ share: 0.5, secondsLeft: 75 })])).toBe('About 1 min 15 s left.');
  expect(leftWords([progressOf({ share: 1, secondsLeft: 0 })])).toBe('Almost there.');
});

test('what runs is shown first, then the newest that has something to show', () => {
  expect(firstChoice([])).toBeNull();
  expect(firstChoice([failed, finished])).toBe('faults-1');
  expect(firstChoice(all)).toBe('faults-2');
  expect(firstChoice([damaged])).toBe('old-1');
});

describe('cautions', () => {
  const { off, on } = resultWith();

  test('are none when all is well', () => expect(cautions(resultWith())).toEqual([]));

  test('tell a guest that was killed on one side, and one that ended alike on both', () => {
    const dead = { cameToItsEnd: false, end: 'killed: it misbehaved' };
    expect(cautions(resultWith({ on: { ...on, ...dead } }))).toEqual([
      expect.stringMatching(/^With the fast path on the guest did not come to its end \(killed: it misbehaved\)/),
    ]);
    expect(cautions(resultWith({ off: { ...off, ...dead }, on: { ...on, ...dead } }))).toEqual([
      expect.stringMatching(/^With the fast path off and on alike/),
    ]);
    const other = { cameToItsEnd: false, end: 'killed: otherwise' };
    expect(cautions(resultWith({ off: { ...off, ...dead }, on: { ...on, ...other } }))).toHaveLength(2);
  });

  test('tell outputs that differ', () => {
    expect(cautions(resultWith({ identicalOutput: false }))).toEqual([expect.stringMatching(/different things/)]);
  });
});

describe('two results beside each other', () => {
  const first = resultWith();
  const others = { ...first.off.tallies, roundTrips: { NMI: 7 } };
  const second = resultWith({ comparison: 'b', off: { ...first.off, tallies: others } }, 2000);
  const pairs = pairRows(first, second);

  test('have a row for every name of either, and zero where one lacks it', () => {
    const nmi = pairs.find(({ row }) => row.label === 'NMI')!;
    expect([nmi.row.off, nmi.row.on, nmi.other?.off, nmi.other?.on]).toEqual([0, 0, 7, 0]);
    const fault = pairs.find(({ row }) => row.label === 'user page fault reflected')!;
    expect([fault.row.off, fault.other?.off]).toEqual([1000, 0]);
    expect(new Set(pairs.map(({ key }) => key)).size).toBe(pairs.length);
  });

  test('keep parts under their whole', () => {
    const labels = pairs.map(({ row }) => row.label);
    expect(labels.indexOf('NMI')).toBeGreaterThan(labels.indexOf('round trips'));
    expect(labels.indexOf('NMI')).toBeLessThan(labels.indexOf('round trips per user page fault'));
  });

  test('are one without the other', () => {
    expect(pairRows(first, null).every(({ other }) => other === null)).toBe(true);
  });
});

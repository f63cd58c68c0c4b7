/** The window's lists: what is asked, what is told, and which of the two is newer. */

import { expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { defaultPreferences } from '../../../core/protocol/preferences.ts';
import type { LogLine } from '../../../core/protocol/requests.ts';
import {
  askAloud,
  dismiss,
  followWorkstation,
  joinLog,
  LOG_LINES_KEPT,
  newWorkstationState,
  say,
} from '../../../renderer/shell/workstation-state.ts';
import { exampleMachine } from '../example-machines.ts';
import { type FakeAnswers, fakeConnection } from '../fake-connection.ts';

const line = (sentence: string): LogLine => ({ at: '2026-01-01T10:00:00Z', level: 'fine', machine: '', sentence });

const answers: FakeAnswers = {
  'library.list': () => [exampleMachine('asked')],
  'library.samples': () => [],
  'compare.list': () => [],
  'app.preferences': () => defaultPreferences,
  'app.log': () => [line('one')],
  'app.about': () => ({ version: '1', front: 'browser', dataFolder: '/d', platform: 'p' }),
};

const settled = () => new Promise((resolve) => setTimeout(resolve));

function follow(more: FakeAnswers = {}) {
  const store = createStore(newWorkstationState);
  const fake = fakeConnection({ ...answers, ...more });
  const end = followWorkstation(fake.connection, store);
  return { store, fake, end };
}

test('everything is asked for once, and kept', async () => {
  const { store, fake } = follow();
  expect(store.getState().machinesKnown).toBe(false);
  await settled();
  expect(store.getState().machines.map(({ id }) => id)).toEqual(['asked']);
  expect(store.getState().machinesKnown).toBe(true);
  expect(store.getState().about?.version).toBe('1');
  expect(fake.asked.map(({ method }) => method).sort()).toEqual(Object.keys(answers).sort());
});

test('a list that was told is not undone by an answer that was asked for before', async () => {
  let arrive: (machines: ReturnType<typeof exampleMachine>[]) => void = () => {};
  const { store, fake } = follow({ 'library.list': () => new Promise((resolve) => (arrive = resolve)) });
  await settled();
  fake.tell('library', [exampleMachine('told')]);
  arrive([exampleMachine('old')]);
  await settled();
  expect(store.getState().machines.map(({ id }) => id)).toEqual(['told']);
});

test('nothing is heard after the end', async () => {
  const { store, fake, end } = follow();
  await settled();
  end();
  fake.tell('library', []);
  expect(store.getState().machines).toHaveLength(1);
});

test('lines told while the log was on its way are kept once', async () => {
  const { store, fake } = follow({ 'app.log': () => [line('one'), line('two')] });
  fake.tell('log', line('two'));
  fake.tell('log', line('three'));
  await settled();
  expect(store.getState().log.map(({ sentence }) => sentence)).toEqual(['one', 'two', 'three']);
});

test('the window keeps the newest lines only', () => {
  const many = Array.from({ length: LOG_LINES_KEPT + 5 }, (_, number) => line(`${number}`));
  const kept = joinLog(many, []);
  expect(kept).toHaveLength(LOG_LINES_KEPT);
  expect(kept.at(-1)?.sentence).toBe(many.at(-1)?.sentence);
});

test('a refusal becomes a sentence on screen, and the answer is undefined', async () => {
  const { store, fake } = follow();
  const answer = await askAloud(fake.connection, store, 'machine.start', { id: 'x' });
  expect(answer).toBeUndefined();
  expect(store.getState().toasts).toMatchObject([{ level: 'error', sentence: 'Nobody answers machine.start here.' }]);
});

test('once main is gone the banner says so, and no toast with it', async () => {
  const { store, fake } = follow();
  await settled();
  fake.lose();
  await askAloud(fake.connection, store, 'machine.start', { id: 'x' });
  expect(store.getState().lost).toBe(true);
  expect(store.getState().toasts).toEqual([]);
});

test('a sentence said twice in a row is shown once, and can be dismissed', () => {
  const store = createStore(newWorkstationState);
  const first = say(store, 'error', 'No.');
  expect(say(store, 'error', 'No.')).toBe(first);
  const other = say(store, 'fine', 'Yes.');
  dismiss(store, first);
  expect(store.getState().toasts.map(({ number }) => number)).toEqual([other]);
});

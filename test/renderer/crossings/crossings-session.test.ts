/** What the view knows, and what each thing a person does makes of it. */

import { describe, expect, test } from 'vitest';
import type { CrossingDetail, CrossingView } from '../../../core/protocol/crossings.ts';
import { RefusedRequest } from '../../../renderer/connection.ts';
import { collectDetails, openDetail } from '../../../renderer/crossings/crossing-details.ts';
import {
  chooseScale,
  closeDetail,
  closeFile,
  follow,
  look,
  newSession,
  receive,
  refresh,
  select,
  showFile,
  tellRecording,
} from '../../../renderer/crossings/crossings-session.ts';
import { pan, zoom } from '../../../renderer/crossings/span.ts';
import { visible } from '../../../renderer/crossings/timeline-layout.ts';
import { fakeMain } from '../machine/fake-main.ts';
import { someCrossings, someDetail, TRIP } from './some-crossings.ts';

/** A session at a main that has crossed so often; `list` may be replaced. */
function newTable(count: number) {
  const table = {
    list: someCrossings(count) as readonly CrossingView[],
    refuses: false,
    detail: (number: number): CrossingDetail | Promise<CrossingDetail> => someDetail(table.list[number]),
  };
  const main = fakeMain({
    'crossings.read': ({ last }) => {
      if (table.refuses) throw new RefusedRequest('the machine is not running');
      return table.list.slice(-last);
    },
    'crossings.record': () => {
      if (table.refuses) throw new RefusedRequest('the machine is not running');
      return null;
    },
    'crossings.detail': ({ number }) => table.detail(number),
  });
  const session = newSession(main.connection, 'm');
  const seen = () => {
    const { layout, span } = session.store.getState();
    const { first, end } = visible(layout, span);
    return layout.crossings.slice(first, end).map(({ number }) => number);
  };
  return { table, main, session, state: session.store.getState, seen };
}

describe('following', () => {
  test('reads as many as were chosen, and looks at the last of them', async () => {
    const { session, state, seen, main } = newTable(1000);
    await refresh(session);
    expect(main.asked('crossings.read')).toEqual([{ id: 'm', last: 500 }]);
    expect(state().layout.crossings[0].number).toBe(500);
    expect(seen().at(-1)).toBe(999);
    expect(seen().length).toBeLessThan(60);
  });

  test('stays at the end as the guest goes on, with about as many on the axis as before', async () => {
    const { session, table, seen } = newTable(1000);
    await refresh(session);
    const { span, layout } = session.store.getState();
    look(session, zoom(span, span.to, 2, layout.limits));
    const before = seen().length;
    table.list = someCrossings(5000);
    await refresh(session);
    expect(seen().at(-1)).toBe(4999);
    expect(Math.abs(seen().length - before)).toBeLessThan(3);
  });

  test('ends when somebody looks elsewhere, and begins again at the end', async () => {
    const { session, state, table, seen } = newTable(1000);
    await refresh(session);
    look(session, pan(state().span, -20 * TRIP, state().layout.limits));
    expect(state().following).toBe(false);
    const looked = seen();
    table.list = someCrossings(1010);
    receive(session, table.list.slice(-500));
    expect(seen()).toEqual(looked);
    follow(session, true);
    expect(seen().at(-1)).toBe(1009);
  });

  test('ends when a crossing is chosen', async () => {
    const { session, state } = newTable(100);
    await refresh(session);
    select(session, 90);
    expect(state()).toMatchObject({ following: false, selected: 90 });
  });

  test('does not take away what somebody looks at: a list without it waits until somebody follows, or wants a shorter one', async () => {
    const { session, state, table } = newTable(1000);
    await refresh(session);
    select(session, 990);
    await openDetail(session, 990);
    table.list = someCrossings(1400);
    await refresh(session);
    expect(state().layout.crossings.at(-1)?.number).toBe(1399);
    table.list = someCrossings(1600);
    await refresh(session);
    expect(state().layout.crossings.at(-1)?.number).toBe(1399);
    follow(session, true);
    await refresh(session);
    expect(state().layout.crossings.at(-1)?.number).toBe(1599);
    select(session, 1200);
    await openDetail(session, 1200);
    session.store.setState({ last: 200 });
    await refresh(session);
    expect(state().layout.crossings[0].number).toBe(1400);
  });

  test('draws nothing anew while the guest sleeps', async () => {
    const { session, state } = newTable(100);
    await refresh(session);
    const { layout } = state();
    await refresh(session);
    expect(state().layout).toBe(layout);
  });

  test('keeps what was seen while a new recording is still empty', async () => {
    const { session, state, table } = newTable(100);
    await refresh(session);
    table.list = [];
    await refresh(session);
    expect(state().layout.crossings).toHaveLength(100);
  });
});

describe('a machine that was started again', () => {
  test('has other crossings under the same numbers: what was known of the old ones is forgotten', async () => {
    const { session, state, table } = newTable(100);
    await refresh(session);
    select(session, 90);
    await openDetail(session, 90);
    expect(state().detail.is).toBe('known');
    table.list = someCrossings(200, (n) => ({ enteredAt: 7 + n * 10, leftAt: 17 + n * 10 }));
    await refresh(session);
    expect(state()).toMatchObject({ selected: null, detail: { is: 'none' } });
    expect(session.seen.size).toBe(0);
  });
});

describe('a refusal', () => {
  test('is a sentence, and what was seen stays', async () => {
    const { session, state, table } = newTable(100);
    await refresh(session);
    table.refuses = true;
    await refresh(session);
    expect(state().trouble).toBe('the machine is not running');
    expect(state().layout.crossings).toHaveLength(100);
  });

  test('of a machine that has just ended is nobody’s trouble', async () => {
    const { session, state, table } = newTable(100);
    table.refuses = true;
    await refresh(session, true);
    expect(state().trouble).toBe('');
  });

  test('to record ends the wish', async () => {
    const { session, state, table } = newTable(100);
    session.store.setState({ recording: true });
    table.refuses = true;
    await tellRecording(session, true);
    expect(state()).toMatchObject({ recording: false, trouble: 'the machine is not running' });
  });
});

describe('looking', () => {
  test('a chosen crossing far away is brought onto the axis', async () => {
    const { session, seen } = newTable(400);
    await refresh(session);
    expect(seen()).not.toContain(3);
    select(session, 3);
    expect(seen()).toContain(3);
  });

  test('another scale shows the same crossings', async () => {
    const { session, seen } = newTable(400);
    await refresh(session);
    const before = seen();
    chooseScale(session, 'one by one');
    expect(seen()).toEqual(before);
  });
});

describe('details', () => {
  test('come with those of the crossing before, and are asked for once', async () => {
    const { session, state, main } = newTable(100);
    await refresh(session);
    select(session, 50);
    await openDetail(session, 50);
    const { detail } = state();
    if (detail.is !== 'known') throw new Error(detail.is);
    expect([detail.detail.crossing.number, detail.before?.crossing.number]).toEqual([50, 49]);
    select(session, 51);
    await openDetail(session, 51);
    expect(main.asked('crossings.detail').map(({ number }) => number)).toEqual([50, 49, 51]);
  });

  test('of the crossing chosen last win, whatever arrives last', async () => {
    const { session, state, table } = newTable(100);
    await refresh(session);
    let answer: (detail: CrossingDetail) => void = () => {};
    table.detail = (number) =>
      number === 50 ? new Promise((resolve) => (answer = resolve)) : someDetail(table.list[number]);
    select(session, 50);
    const slow = openDetail(session, 50);
    select(session, 20);
    await openDetail(session, 20);
    answer(someDetail(table.list[50]));
    await slow;
    expect(state().detail).toMatchObject({ is: 'known', detail: { crossing: { number: 20 } } });
  });

  test('stay closed when they arrive after Escape', async () => {
    const { session, state, table } = newTable(100);
    await refresh(session);
    let answer: (detail: CrossingDetail) => void = () => {};
    table.detail = () => new Promise((resolve) => (answer = resolve));
    select(session, 0);
    const slow = openDetail(session, 0);
    closeDetail(session);
    answer(someDetail(table.list[0]));
    await slow;
    expect(state()).toMatchObject({ selected: 0, detail: { is: 'none' } });
  });

  test('that are forgotten by now are a sentence', async () => {
    const { session, state, table } = newTable(100);
    await refresh(session);
    table.detail = (number) => Promise.reject(new RefusedRequest(`crossing ${number} is forgotten`));
    select(session, 50);
    await openDetail(session, 50);
    expect(state().detail).toEqual({ is: 'missing', number: 50, sentence: 'crossing 50 is forgotten' });
  });

  test('of another crossing with the same number are not shown', async () => {
    const { session, state, table } = newTable(100);
    await refresh(session);
    table.detail = (number) => someDetail({ ...table.list[number], enteredAt: 5 });
    select(session, 50);
    await openDetail(session, 50);
    expect(state().detail).toMatchObject({ is: 'missing', sentence: expect.stringContaining('started again') });
  });

  test('of a whole list are collected as far as they are known, and not further than wanted', async () => {
    const { session, table, state } = newTable(40);
    await refresh(session);
    table.detail = (number) =>
      number === 7 ? Promise.reject(new RefusedRequest('forgotten')) : someDetail(table.list[number]);
    const shares: number[] = [];
    const all = await collectDetails(session, state().layout.crossings, (share) => shares.push(share) > 0);
    expect(all.map(({ crossing }) => crossing.number)).toEqual(
      table.list.map(({ number }) => number).filter((number) => number !== 7),
    );
    expect(shares).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(await collectDetails(session, state().layout.crossings, () => false)).toEqual([]);
  });
});

describe('a file', () => {
  const crossings = someCrossings(30);
  const recordings = [
    { machine: 'one', crossings, details: [someDetail(crossings[4])] },
    { machine: 'other', crossings: someCrossings(9), details: [] },
  ];

  test('takes the place of the machine, and asks it nothing', async () => {
    const { session, state, main } = newTable(100);
    showFile(session, 'a.json', recordings);
    select(session, 4);
    await openDetail(session, 4);
    expect(state().detail.is).toBe('known');
    select(session, 5);
    await openDetail(session, 5);
    expect(state().detail).toMatchObject({ is: 'missing', sentence: expect.stringContaining('holds nothing more') });
    expect(main.asked('crossings.detail')).toEqual([]);
  });

  test('is not written over by an answer that was on its way', async () => {
    const { session, state } = newTable(100);
    const reading = refresh(session);
    showFile(session, 'a.json', recordings);
    await reading;
    expect(state().layout.crossings).toHaveLength(30);
  });

  test('may hold several guests, and is closed again', () => {
    const { session, state } = newTable(100);
    showFile(session, 'a.trace', recordings, 1);
    expect(state().layout.crossings).toHaveLength(9);
    closeFile(session);
    expect(state()).toMatchObject({ source: { is: 'live' }, following: true });
    expect(state().layout.crossings).toHaveLength(0);
  });
});

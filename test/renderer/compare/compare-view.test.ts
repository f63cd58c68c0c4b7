/** The view as it is drawn, from lists that a connection of the test's own tells. */

import { createElement, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import type { ComparisonView } from '../../../core/protocol/comparisons.ts';
import { placedPieces } from '../../../renderer/compare/bars.tsx';
import { chosenOf } from '../../../renderer/compare/compare-view.tsx';
import { ProgressPanel } from '../../../renderer/compare/progress-panel.tsx';
import { causePieces, fatePieces } from '../../../renderer/compare/result-pictures.tsx';
import { ResultTable } from '../../../renderer/compare/result-table.tsx';
import { ResultView } from '../../../renderer/compare/result-view.tsx';
import type { Connection } from '../../../renderer/connection.ts';
import { QuestionsProvider } from '../../../renderer/shell/questions.tsx';
import { WorkstationProvider } from '../../../renderer/store.ts';
import { progressOf, resultWith } from './results.ts';

const silent: Connection = {
  ask: () => new Promise(() => {}),
  on: () => () => {},
  alive: true,
  onLost: () => () => {},
};

function drawn(children: ReactNode): string {
  const questions = createElement(QuestionsProvider, null, children);
  // biome-ignore lint/correctness/noChildrenProp: the component's type wants them among its properties
  return renderToStaticMarkup(createElement(WorkstationProvider, { connection: silent, children: questions }));
}

describe('a result', () => {
  const html = drawn(createElement(ResultView, { result: resultWith(), onAgain() {} }));

  test('has the verdict, the check of the outputs, and says that a model is one', () => {
    expect(html).toContain('The fast path adds 300 lines. It is worth it here.');
    expect(html).toContain('Both sides printed exactly the same.');
    expect(html).toContain('Modelled cycles are a model');
    expect(html).toContain('2.00 s off, 1.50 s on; both at the same time');
  });

  test('has the rows of the table with headers that screen readers know', () => {
    expect(html).toMatch(/<th scope="row" title="[^"]+">user page faults<\/th><td>1,000<\/td><td>1,000<\/td>/);
    expect(html).toMatch(/round trips per user page fault<\/th><td>2\.000<\/td><td>1\.000<\/td>/);
    expect(html).toContain('<caption');
  });

  test('warns of what speaks against it', () => {
    expect(html).not.toContain('role="note"');
    const { on } = resultWith();
    const result = resultWith({ identicalOutput: false, on: { ...on, end: 'killed: <b>', cameToItsEnd: false } });
    const warned = drawn(createElement(ResultView, { result, onAgain() {} }));
    expect(warned.split('role="note"')).toHaveLength(3);
    expect(warned).toContain('killed: &lt;b&gt;');
    expect(warned).toContain('The two sides printed different things.');
  });

  test('stands beside another in one table', () => {
    const beside = resultWith({ comparison: 'b', title: 'another' }, 2000);
    const table = renderToStaticMarkup(createElement(ResultTable, { result: resultWith(), beside }));
    expect(table).toMatch(/user page faults<\/th><td>1,000<\/td><td>1,000<\/td>.*?<td>2,000<\/td><td>2,000<\/td>/);
    expect(table.split('scope="colgroup"')).toHaveLength(3);
  });
});

describe('pictures', () => {
  test('show faults by their fate, and every cause of a round trip once', () => {
    const result = resultWith();
    expect(fatePieces(result, 'light').map(({ off, on }) => [off, on])).toEqual([
      [1000, 0],
      [0, 1000],
      [50, 50],
    ]);
    expect(causePieces(result, 'dark').map(({ label, off, on }) => [label, off, on])).toEqual([
      ['user page fault reflected', 1000, 0],
      ['hypercall', 1000, 1000],
    ]);
  });

  test('put the pieces of a bar end to end, to the scale of the longer one', () => {
    const pieces = [
      { label: 'a', paint: '', off: 30, on: 10 },
      { label: 'b', paint: '', off: 0, on: 0 },
      { label: 'c', paint: '', off: 70, on: 40 },
    ];
    const places = (side: 'off' | 'on') => placedPieces(pieces, side, 100).map(({ x, width }) => [x, width]);
    expect(places('off')).toEqual([
      [0, 30],
      [30, 70],
    ]);
    expect(places('on')).toEqual([
      [0, 10],
      [10, 40],
    ]);
    expect(placedPieces(pieces, 'off', 0)).toEqual([]);
  });
});

describe('progress', () => {
  const view = (progress: Parameters<typeof progressOf>[0][]): Extract<ComparisonView, { is: 'under way' }> => ({
    is: 'under way',
    comparison: 'faults-2',
    title: 'faults',
    progress: progress.map(progressOf),
  });
  const panel = (...progress: Parameters<typeof progressOf>[0][]) =>
    drawn(createElement(ProgressPanel, { view: view(progress) }));

  test('claims no per cent while nobody knows', () => {
    const html = panel({ executedInstructions: 12_300_000 }, { side: 'on' });
    expect(html).toContain('12.3 million instructions');
    expect(html).not.toContain('aria-valuenow');
    expect(html).not.toMatch(/\d %/);
  });

  test('shows both sides and the time left once it is known', () => {
    const known = { share: 0.75, secondsLeft: 30, expectedInstructions: 1e9 };
    const html = panel(
      { ...known, executedInstructions: 5e8 },
      { ...known, side: 'on', executedInstructions: 1e9, done: true },
    );
    expect(html).toContain('aria-valuenow="50"');
    expect(html).toContain('aria-valuenow="100"');
    expect(html).toContain('About 30 s left.');
  });

  test('of a side that is starting, or has not begun, says so', () => {
    expect(panel({ executedInstructions: 0 })).toMatch(/starting.*not begun/);
  });
});

test('a place whose comparison was deleted is given to the first there is', () => {
  const one: ComparisonView = { is: 'finished', result: resultWith() };
  const two: ComparisonView = { is: 'finished', result: resultWith({ comparison: 'two' }) };
  expect(chosenOf({ is: 'one', comparison: 'two' }, [one, two])).toBe(two);
  expect(chosenOf({ is: 'one', comparison: 'gone' }, [one, two])).toBe(one);
  expect(chosenOf({ is: 'anywhere' }, [one, two])).toBe(one);
  expect(chosenOf({ is: 'new' }, [one, two])).toBeNull();
  expect(chosenOf({ is: 'anywhere' }, [])).toBeNull();
});

/** The last line is read by machines that believe it, so it must count what nobody wrote as a test, too. */

import { expect, test } from 'vitest';
import { closingLine, outcomeOf } from '../../scripts/closing-line.ts';

const module = (state: string, ...tests: string[]) => ({
  state: () => state,
  children: { allTests: () => tests.map((state) => ({ result: () => ({ state }) })) },
});

test('tests are counted by what became of them', () => {
  const outcome = outcomeOf([module('passed', 'passed', 'skipped'), module('failed', 'passed', 'failed')], []);
  expect(closingLine(outcome)).toBe('2 passed, 1 failed, 1 skipped');
});

test('a file that could not be read is a failure, though it has no tests', () => {
  expect(outcomeOf([module('failed')], [])).toMatchObject({ passed: 0, failed: 1 });
});

test('a file whose tests all pass and which fails all the same is a failure', () => {
  expect(outcomeOf([module('failed', 'passed')], [])).toMatchObject({ passed: 1, failed: 1 });
});

test('a test that never ended and an error outside all tests are failures', () => {
  expect(outcomeOf([module('passed', 'pending')], [new Error('stray')])).toMatchObject({ passed: 0, failed: 2 });
});

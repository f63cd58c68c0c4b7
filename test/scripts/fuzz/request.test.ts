/** What the fuzzer's options mean. */

import { expect, test } from 'vitest';
import { readFuzzRequest } from '../../../scripts/fuzz/request.ts';

const request = (...argv: string[]) => readFuzzRequest(argv, 77);

test('a hundred million instructions from a seed of the moment, unless told otherwise', () => {
  expect(request()).toEqual({
    ...{ instructions: 100_000_000, seed: 77, each: 20_000, hotAfter: 2 },
    ...{ engine: 'translator', reference: 'interpreter' },
  });
});

test('numbers may have underscores, and one program can be had alone', () => {
  expect(request('--seed', '8_900_000', '--instructions=1')).toMatchObject({ seed: 8_900_000, instructions: 1 });
});

test('help is all there is where it was asked for', () => {
  expect(request('--seed', '1', '--help')).toBeNull();
});

// Not a number once agreed with everything after no instructions.
test.each([
  [['--instructions', 'many'], '--instructions wants a whole number from 1 up, not "many"'],
  [['--each', '0'], '--each wants a whole number from 1 up, not "0"'],
  [['--seed', '-1'], '--seed wants a whole number, not "-1"'],
  [['--engine', 'bochs'], 'there is no engine "bochs"'],
  [['--sed', '1'], 'there is no option --sed'],
  [['5000'], '"5000" is no option'],
])('%j is refused', (argv, complaint) => {
  expect(() => request(...argv)).toThrow(complaint);
});

import { expect, test } from 'vitest';
import { Tally } from '../../../core/host/tally.ts';

test('names come in the order in which they were first counted, whatever is counted later', () => {
  const tally = new Tally();
  for (const name of ['hypercall', 'NMI', 'hypercall', 'NMI', 'hypercall']) tally.add(name);
  tally.add('NMI', 10);
  expect(Object.entries(tally.table)).toEqual([
    ['hypercall', 3],
    ['NMI', 12],
  ]);
});

test('a table that was asked for does not count on', () => {
  const tally = new Tally();
  tally.add('NMI');
  const before = tally.table;
  tally.add('NMI');
  expect(before).toEqual({ NMI: 1 });
});

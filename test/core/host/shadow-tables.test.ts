import { expect, test } from 'vitest';
import type { HostPhysical } from '../../../core/agreement/addresses.ts';
import { NO_TABLE, TableList } from '../../../core/host/shadow-tables.ts';

function listOf(...indices: number[]): TableList {
  const list = new TableList();
  for (const index of indices) list.set(index, ((index + 1) * 0x1000) as HostPhysical); // made up
  return list;
}

function take(list: TableList, from: number, to: number): number[] {
  const taken: number[] = [];
  list.take(from, to, (index) => taken.push(index));
  return taken;
}

test('tables are taken out of a range in the order in which they came, and are then gone', () => {
  const list = listOf(900, 3, 768, 5, 0);
  expect(take(list, 0, 768)).toEqual([3, 5, 0]);
  expect([list.at(3), list.at(5), list.at(0)]).toEqual([NO_TABLE, NO_TABLE, NO_TABLE]);
  expect([list.at(900), list.at(768)]).toEqual([901 * 0x1000, 769 * 0x1000]);
  expect(take(list, 0, 1023)).toEqual([900, 768]);
  expect(take(list, 0, 1023)).toEqual([]);
});

test('an index may get a table again, and is then the youngest', () => {
  const list = listOf(1, 2, 3);
  expect(take(list, 1, 2)).toEqual([1]);
  list.set(1, 0x9000 as HostPhysical); // made up
  expect(list.at(1)).toBe(0x9000);
  expect(take(list, 0, 1023)).toEqual([2, 3, 1]);
});

/** Regions keep their slots through all the modules they are compiled into. */

import { expect, test } from 'vitest';
import { FunctionBuilder } from '../../../../core/x86/emit/function-builder.ts';
import { HandlerTable } from '../../../../core/x86/interpreter/handler-table.ts';
import { RegionLibrary } from '../../../../core/x86/translate/region-library.ts';

function libraryOf() {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const none = () => 0;
  const imports = { slowRead: none, slowWrite: none, finishWrite: none, service: none };
  const table = new HandlerTable(memory, imports, null);
  return { table, library: new RegionLibrary(memory, table) };
}

function answering(number: number) {
  const code = new FunctionBuilder(2);
  code.return(code.constant(number));
  return code.finish();
}

function answerOf(table: HandlerTable, slot: number): unknown {
  const placed = table.at(slot);
  return typeof placed === 'function' ? placed(0, 0) : null;
}

const region = (slot: number, answer: number) => ({ slot, code: answering(answer), alive: true });

test('merged regions answer from the slots they had', () => {
  const { table, library } = libraryOf();
  for (let slot = 0; slot < 200; slot++) {
    library.add(region(slot, 1000 + slot));
    expect(library.compile().map((each) => each.slot)).toEqual([slot]);
  }
  for (let slot = 0; slot < 200; slot++) expect(answerOf(table, slot)).toBe(1000 + slot);
});

test('a slot that was given to another region is not taken back by a merge', () => {
  const { table, library } = libraryOf();
  const first = region(7, 1);
  library.add(first);
  library.compile();
  first.alive = false;
  library.add(region(7, 2));
  library.compile();
  for (let slot = 8; slot < 100; slot++) {
    library.add(region(slot, slot));
    library.compile();
  }
  expect(answerOf(table, 7)).toBe(2);
});

test('a region that died while it waited is not compiled', () => {
  const { library } = libraryOf();
  const dead = { ...region(1, 1), alive: false };
  library.add(dead);
  library.add(region(2, 2));
  expect(library.compile().map(({ slot }) => slot)).toEqual([2]);
});

test('the more regions there are, the longer new ones wait for each other', () => {
  const { library } = libraryOf();
  expect(library.patience).toBe(Number.POSITIVE_INFINITY);
  library.add(region(0, 0));
  const atFirst = library.patience;
  for (let slot = 1; slot < 200; slot++) library.add(region(slot, slot));
  expect(library.isComplete).toBe(true);
  library.compile();
  library.add(region(200, 200));
  expect(library.isComplete).toBe(false);
  expect(library.patience).toBeGreaterThan(atFirst);
});

test('everybody answers from the same slots after the move to another table, and the modules that were merged are let go', () => {
  const { table, library } = libraryOf();
  for (let slot = 0; slot < 300; slot++) {
    library.add(region(slot, 1000 + slot));
    library.compile();
    table.tidy();
  }
  expect(table.moves).toBeGreaterThan(2);
  expect(table.modules).toBeLessThan(20);
  for (let slot = 0; slot < 300; slot++) expect(answerOf(table, slot)).toBe(1000 + slot);
});

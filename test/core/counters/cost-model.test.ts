import { expect, test } from 'vitest';
import { costModel, modelCycles } from '../../../core/counters/cost-model.ts';
import { noEvents } from './no-events.ts';

test('an instruction is a cycle', () => expect(modelCycles(1000, noEvents)).toBe(1000));

test('an event costs what the manual says, less the cycle its instruction was charged', () => {
  // MOV CR3 takes 4 clocks, IRET outwards 36.
  expect(modelCycles(2, { ...noEvents, cr3Loads: 1, iretInstructions: 1 })).toBe(4 + 36);
});

test('every priced event has one price, with its source', () => {
  expect(costModel.map(({ event }) => event).sort()).toEqual(Object.keys(noEvents).sort());
  for (const { cycles, source } of costModel) {
    expect(cycles).toBeGreaterThan(0);
    expect(source).toMatch(/\d/);
  }
});

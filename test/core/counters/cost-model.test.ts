import { expect, test } from 'vitest';
import { costModel, modelCycles } from '../../../core/counters/cost-model.ts';

const nothing = {
  cr3Loads: 0,
  tlbFills: 0,
  segmentLoads: 0,
  tableLoads: 0,
  deliveries: 0,
  iretInstructions: 0,
  farTransfers: 0,
};

test('an instruction is a cycle', () => expect(modelCycles(1000, nothing)).toBe(1000));

test('an event costs what the manual says, less the cycle its instruction was charged', () => {
  // MOV CR3 takes 4 clocks, IRET outwards 36.
  expect(modelCycles(2, { ...nothing, cr3Loads: 1, iretInstructions: 1 })).toBe(4 + 36);
});

test('every priced event has one price, with its source', () => {
  expect(costModel.map(({ event }) => event).sort()).toEqual(Object.keys(nothing).sort());
  for (const { cycles, source } of costModel) {
    expect(cycles).toBeGreaterThan(0);
    expect(source).toMatch(/\d/);
  }
});

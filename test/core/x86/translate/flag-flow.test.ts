import { expect, it } from 'vitest';
import { ALL_FLAGS } from '../../../../core/x86/interpreter/flags-code.ts';
import { type FlagEffects, liveFlags } from '../../../../core/x86/translate/flag-flow.ts';
import type { RegionBlock } from '../../../../core/x86/translate/region-graph.ts';

const computes: FlagEffects = { read: 0, killed: ALL_FLAGS, spared: 0, mayLeave: false };
const jumps: FlagEffects = { read: 0, killed: 0, spared: 0, mayLeave: false };
const jumpTo = (target: number): RegionBlock => ({
  eip: 0x1000,
  instructions: [],
  ending: { kind: 'jump', target },
  successors: [target],
});

/** Block 0 overwrites all flags; block 1, where several ways may meet, goes back to it. */
const loop = { blocks: [jumpTo(1), jumpTo(0)], pages: [] };
const effects = [[computes], [jumps]];

it('nobody sees flags that the next block overwrites', () => {
  expect(liveFlags(loop, effects, new Set()).seen).toEqual([0, 0]);
});

it('where a loop starts again the budget may end, and then everybody sees them', () => {
  expect(liveFlags(loop, effects, new Set([0])).seen).toEqual([0, ALL_FLAGS]);
});

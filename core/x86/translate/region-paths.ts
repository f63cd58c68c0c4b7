/** What the writer of a region has to know of its graph: where loops start, how long a way can be, who comes from where. */

import type { RegionGraph } from './region-graph.ts';
import type { Shape } from './structure.ts';

/** Adds the heads of all loops. */
export function noteHeads(shapes: readonly Shape[], heads: Set<number>): void {
  for (const shape of shapes) {
    if (shape.kind === 'block') continue;
    for (const head of shape.heads) heads.add(head);
    noteHeads(shape.body, heads);
  }
}

/** The most instructions from the start of each block to the next look at the budget, which is before every head. */
export function costs(graph: RegionGraph, heads: ReadonlySet<number>): number[] {
  const cost = new Array<number>(graph.blocks.length).fill(-1);
  const of = (index: number): number => {
    if (cost[index] >= 0) return cost[index];
    const { instructions, successors } = graph.blocks[index];
    const after = successors.filter((to) => !heads.has(to)).map(of);
    cost[index] = instructions.length + Math.max(0, ...after);
    return cost[index];
  };
  graph.blocks.forEach((_, index) => {
    of(index);
  });
  return cost;
}

/** How many blocks lead to each; the region's start has one more. */
export function countPredecessors(graph: RegionGraph): number[] {
  const count = graph.blocks.map((_, index) => (index === 0 ? 1 : 0));
  for (const { successors } of graph.blocks) for (const to of successors) count[to]++;
  return count;
}

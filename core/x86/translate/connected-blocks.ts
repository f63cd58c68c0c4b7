/** Which of the blocks that were found make a region: those that turn, or else those that can be reached. */

import type { Ending, RegionBlock } from './region-graph.ts';

export function successorsOf(ending: Ending): number[] {
  const all =
    ending.kind === 'indirect'
      ? ending.known
      : ending.kind === 'jump'
        ? [ending.target]
        : ending.kind === 'conditional'
          ? [ending.target, ending.next]
          : ending.kind === 'fall'
            ? [ending.next]
            : [];
  return [...new Set(all.filter((block) => block !== null))];
}

/** If the way leads back to the start, only what lies on such a way is kept: what comes after a loop is a region of its
 *  own.  Otherwise what can be reached. The numbers close up. */
export function connected(blocks: readonly RegionBlock[]): RegionBlock[] {
  const forth = reached(blocks.map(({ successors }) => successors));
  const back = reached(predecessorsOf(blocks));
  const turning = forth.filter((block) => back.includes(block));
  const seen = turning.length > 1 || blocks[0].successors.includes(0) ? turning : forth;
  const number = new Map(seen.map((old, now) => [old, now] as const));
  const renumber = (block: number | null) => (block === null ? null : (number.get(block) ?? null));
  return seen.map((old) => {
    const { eip, instructions, ending: before } = blocks[old];
    const ending = renumbered(before, renumber);
    return { eip, instructions, ending, successors: successorsOf(ending) };
  });
}

function predecessorsOf(blocks: readonly RegionBlock[]): number[][] {
  const found = blocks.map((): number[] => []);
  for (const [block, { successors }] of blocks.entries()) for (const to of successors) found[to].push(block);
  return found;
}

/** Every block that can be reached from the first, which comes first. */
function reached(ways: readonly (readonly number[])[]): number[] {
  const seen = new Set([0]);
  for (const block of seen) for (const to of ways[block]) seen.add(to);
  return [...seen];
}

function renumbered(ending: Ending, renumber: (block: number | null) => number | null): Ending {
  switch (ending.kind) {
    case 'fall':
      return { ...ending, next: renumber(ending.next) };
    case 'stop':
      return ending;
    case 'jump':
      return { ...ending, target: renumber(ending.target) };
    case 'conditional':
      return { ...ending, target: renumber(ending.target), next: renumber(ending.next) };
    case 'indirect':
      return { ...ending, known: ending.known.map(renumber).filter((block) => block !== null) };
  }
}

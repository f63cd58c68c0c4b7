/**
 * From a graph of blocks to nested loops and forward jumps, which is all WebAssembly has.  Whatever lies on a cycle goes
 * into a loop; a loop that is entered in several places gets a table of its heads at its start.  Without the edges back
 * to the heads the same question is asked again inside, until nothing is left that turns.
 *
 * Strongly connected components are found as Tarjan did (SIAM J. Comput. 1, 1972).
 */

export type Shape =
  | { readonly kind: 'block'; readonly block: number }
  /** Jumps to `heads` start the loop again. `body` is in an order where every other jump goes forward. */
  | { readonly kind: 'loop'; readonly heads: readonly number[]; readonly body: readonly Shape[] };

/** `successors[b]` are the blocks that block b may jump to; all blocks can be reached from block 0. */
export function structure(successors: readonly (readonly number[])[]): Shape[] {
  const all = successors.map((_, block) => block);
  return arrange(all, new Set([0]), successors, new Set());
}

function arrange(
  blocks: readonly number[],
  entries: ReadonlySet<number>,
  successors: readonly (readonly number[])[],
  closed: ReadonlySet<number>,
): Shape[] {
  const inside = new Set(blocks);
  const next = (block: number) => successors[block].filter((to) => inside.has(to) && !closed.has(to));
  return components(blocks, next).map((component): Shape => {
    const [first] = component;
    if (component.length === 1 && !next(first).includes(first)) return { kind: 'block', block: first };
    const members = new Set(component);
    const outside = blocks.filter((block) => !members.has(block)).flatMap(next);
    const heads = component.filter((block) => entries.has(block) || outside.includes(block));
    const headSet = new Set(heads);
    return { kind: 'loop', heads, body: arrange(component, headSet, successors, new Set([...closed, ...heads])) };
  });
}

/** Strongly connected components, each before those it leads to. */
function components(blocks: readonly number[], next: (block: number) => number[]): number[][] {
  const order = new Map<number, number>();
  const stack: number[] = [];
  const waiting = new Set<number>();
  const found: number[][] = [];
  const visit = (block: number): number => {
    let lowest = order.size;
    order.set(block, lowest);
    stack.push(block);
    waiting.add(block);
    for (const to of next(block)) {
      if (!order.has(to)) lowest = Math.min(lowest, visit(to));
      else if (waiting.has(to)) lowest = Math.min(lowest, order.get(to) ?? lowest);
    }
    if (lowest === order.get(block)) {
      const component = stack.splice(stack.indexOf(block));
      for (const member of component) waiting.delete(member);
      found.push(component);
    }
    return lowest;
  };
  for (const block of blocks) if (!order.has(block)) visit(block);
  return found.reverse();
}

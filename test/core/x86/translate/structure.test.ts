import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Shape, structure } from '../../../../core/x86/translate/structure.ts';

/** Graphs whose blocks can all be reached from block 0: each block gets an edge from an earlier one. */
const graphs = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc
    .record({
      tree: fc.array(fc.nat(), { minLength: count, maxLength: count }),
      more: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 2 * count }),
    })
    .map(({ tree, more }) => {
      const successors = Array.from({ length: count }, () => new Set<number>());
      for (let block = 1; block < count; block++) successors[tree[block] % block].add(block);
      for (const [from, to] of more) successors[from].add(to);
      return successors.map((set) => [...set]);
    }),
);

interface Place {
  /** Positions from the outermost list inwards. */
  readonly path: readonly number[];
  /** Loops around the block, with their heads and how deep they lie. */
  readonly loops: readonly { readonly heads: readonly number[] }[];
}

function placesOf(shapes: readonly Shape[], path: number[] = [], loops: Place['loops'] = []): Map<number, Place> {
  const found = new Map<number, Place>();
  for (const [index, shape] of shapes.entries()) {
    if (shape.kind === 'block') found.set(shape.block, { path: [...path, index], loops });
    else
      for (const [block, place] of placesOf(shape.body, [...path, index], [...loops, shape])) found.set(block, place);
  }
  return found;
}

/** Whether WebAssembly can jump so: to the head of a loop around, or forward to a block or the head of a loop. */
function canJump(from: Place, to: number, target: Place): boolean {
  if (from.loops.some(({ heads }) => heads.includes(to))) return true;
  const common = from.path.findIndex((position, depth) => position !== target.path[depth]);
  if (common < 0 || from.path[common] >= target.path[common]) return false;
  return target.loops.slice(common).every(({ heads }) => heads.includes(to));
}

describe('structure', () => {
  it('has each block once, and every jump goes forward or to the head of a loop around it', () => {
    fc.assert(
      fc.property(graphs, (successors) => {
        const places = placesOf(structure(successors));
        expect([...places.keys()].sort((a, b) => a - b)).toEqual(successors.map((_, block) => block));
        for (const [from, targets] of successors.entries()) {
          for (const to of targets) {
            const [here, there] = [places.get(from), places.get(to)];
            expect(here && there && canJump(here, to, there), `${from} to ${to}`).toBe(true);
          }
        }
      }),
    );
  });

  it('makes no loop of what does not turn', () => {
    expect(structure([[1, 2], [3], [3], []]).every(({ kind }) => kind === 'block')).toBe(true);
  });

  it('puts a loop in a loop, and gives one that is entered twice two heads', () => {
    const [, outer] = structure([[1], [2], [2, 1, 3], []]);
    expect(outer).toEqual({
      kind: 'loop',
      heads: [1],
      body: [
        { kind: 'block', block: 1 },
        { kind: 'loop', heads: [2], body: [{ kind: 'block', block: 2 }] },
      ],
    });
    const twice = structure([[1, 2], [2], [1]]);
    expect(twice[1].kind === 'loop' && [...twice[1].heads].sort()).toEqual([1, 2]);
  });
});

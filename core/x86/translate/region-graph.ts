/**
 * What belongs together: from one hot instruction on, everything that jumps, calls and falling through lead to and that
 * has been decoded already (what was never executed is not worth translating), up to a limit.  The outcome is a graph of
 * basic blocks that knows nothing of WebAssembly.
 */

import type { Decoded } from '../interpreter/block.ts';
import type { CodeCache } from '../interpreter/code-cache.ts';
import type { CodePage } from '../interpreter/code-pages.ts';
import { meaningOf } from '../meaning/table.ts';

/** V8's optimizing compiler takes some 30 µs per instruction, so a region has to end somewhere. */
const MOST_INSTRUCTIONS = 240;
const MOST_PAGES = 4;
const MOST_RETURNS = 6;

export interface RegionInstruction {
  readonly decoded: Decoded;
  /** Its operation, for leaving the region at it. */
  readonly operation: number;
}

/** How a block ends: `next` and `target` are blocks of the region, or null where the way leads out of it. */
export type Ending =
  | { readonly kind: 'fall'; readonly next: number | null; readonly eip: number }
  /** The instruction behind the block is not translated; `operation` does it. */
  | { readonly kind: 'stop'; readonly operation: number }
  | { readonly kind: 'jump'; readonly target: number | null }
  | { readonly kind: 'conditional'; readonly target: number | null; readonly next: number | null; readonly eip: number }
  /** Where it goes is found out when it goes; `known` are the places it is expected to go to. */
  | { readonly kind: 'indirect'; readonly known: readonly number[] };

export interface RegionBlock {
  readonly eip: number;
  readonly instructions: readonly RegionInstruction[];
  readonly ending: Ending;
  readonly successors: readonly number[];
}

export interface RegionGraph {
  /** The first is where the region is entered. */
  readonly blocks: readonly RegionBlock[];
  /** Pages the region's code lies on, the first one's first. */
  readonly pages: readonly CodePage[];
}

const CONDITIONAL = new Set(['jcc', 'jcxz', 'loop', 'loope', 'loopne']);
const TRANSFERS = new Set(['jmp', 'call', 'ret', ...CONDITIONAL]);

const targetOf = ({ instruction, nextEip }: Decoded): number | null => {
  const [operand] = instruction.operands;
  if (operand?.kind !== 'relative') return null;
  const target = (nextEip + operand.distance) >>> 0;
  return instruction.operandSize === 2 ? target & 0xffff : target;
};

export class RegionExplorer {
  private readonly cache: CodeCache;
  private instructions = new Map<number, RegionInstruction>();
  private leaders = new Set<number>();
  private pages: CodePage[] = [];
  /** Returns are expected behind these calls. */
  private returnPoints = new Set<number>();

  constructor(cache: CodeCache) {
    this.cache = cache;
  }

  /** Null if the instruction at `eip` cannot be translated. */
  explore(eip: number): RegionGraph | null {
    this.instructions = new Map();
    this.leaders = new Set([eip]);
    this.pages = [];
    this.returnPoints = new Set();
    const queue = [eip];
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) this.follow(at, queue);
    if (!this.instructions.has(eip)) return null;
    return { blocks: this.blocks(eip), pages: this.pages };
  }

  /** Takes in what is executed from `eip` on, up to a jump or what is known already. */
  private follow(eip: number, queue: number[]): void {
    if (this.instructions.has(eip)) {
      this.leaders.add(eip);
      return;
    }
    const page = this.cache.pageOf(eip);
    if (page === null || !this.admit(page)) return;
    this.leaders.add(eip);
    for (const decoded of this.cache.decodedFrom(eip, page)) {
      if (this.instructions.has(decoded.eip)) {
        this.leaders.add(decoded.eip);
        return;
      }
      const operation = this.cache.operationOn(page, decoded.eip);
      if (!this.takes(decoded, operation)) return;
      this.instructions.set(decoded.eip, { decoded, operation });
      if (TRANSFERS.has(decoded.instruction.mnemonic)) {
        this.branch(decoded, queue);
        return;
      }
    }
    const last = [...this.instructions.values()].at(-1);
    if (last) queue.push(last.decoded.nextEip);
  }

  private takes(decoded: Decoded, operation: number): boolean {
    if (this.instructions.size >= MOST_INSTRUCTIONS || operation === 0 || decoded.crossing) return false;
    return meaningOf(decoded.instruction) !== null;
  }

  private admit(page: CodePage): boolean {
    if (this.pages.includes(page)) return true;
    if (this.pages.length >= MOST_PAGES) return false;
    this.pages.push(page);
    return true;
  }

  private branch(decoded: Decoded, queue: number[]): void {
    const { mnemonic } = decoded.instruction;
    const target = targetOf(decoded);
    if (CONDITIONAL.has(mnemonic)) queue.push(decoded.nextEip);
    if (target !== null) queue.push(target);
    if (mnemonic === 'call' && target !== null && this.returnPoints.size < MOST_RETURNS) {
      this.returnPoints.add(decoded.nextEip);
      queue.push(decoded.nextEip);
    }
  }

  private blocks(entry: number): RegionBlock[] {
    const starts = [...this.leaders].filter((eip) => eip !== entry && this.instructions.has(eip));
    const index = new Map([entry, ...starts].map((eip, i) => [eip, i] as const));
    const blockAt = (eip: number | null) => (eip === null ? null : (index.get(eip) ?? null));
    const made = [entry, ...starts].map((eip): RegionBlock => {
      const instructions: RegionInstruction[] = [];
      let at = eip;
      for (;;) {
        const one = this.instructions.get(at);
        if (!one) break;
        instructions.push(one);
        at = one.decoded.nextEip;
        if (TRANSFERS.has(one.decoded.instruction.mnemonic) || index.has(at)) break;
      }
      const ending = this.ending(instructions[instructions.length - 1], at, blockAt);
      return { eip, instructions, ending, successors: successorsOf(ending) };
    });
    return reachable(made);
  }

  private ending(last: RegionInstruction, eip: number, blockAt: (eip: number | null) => number | null): Ending {
    const { mnemonic } = last.decoded.instruction;
    const target = targetOf(last.decoded);
    if (CONDITIONAL.has(mnemonic)) return { kind: 'conditional', target: blockAt(target), next: blockAt(eip), eip };
    if (TRANSFERS.has(mnemonic)) {
      if (target !== null) return { kind: 'jump', target: blockAt(target) };
      const expected = mnemonic === 'ret' ? [...this.returnPoints].map(blockAt) : [];
      return { kind: 'indirect', known: expected.filter((block) => block !== null) };
    }
    const next = blockAt(eip);
    const page = next === null ? this.cache.pageOf(eip) : null;
    const operation = page === null ? 0 : this.cache.operationOn(page, eip);
    return operation === 0 || page === null || !this.pages.includes(page)
      ? { kind: 'fall', next, eip }
      : { kind: 'stop', operation };
  }
}

function successorsOf(ending: Ending): number[] {
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

/** Return points whose call's way back was cut off may not be reachable: they go, and the numbers close up. */
function reachable(blocks: readonly RegionBlock[]): RegionBlock[] {
  const seen = [0];
  for (const block of seen) {
    for (const to of blocks[block].successors) if (!seen.includes(to)) seen.push(to);
  }
  const number = new Map(seen.map((old, now) => [old, now] as const));
  const renumber = (block: number | null) => (block === null ? null : (number.get(block) ?? null));
  return seen.map((old) => {
    const { ending, ...rest } = blocks[old];
    const moved = renumbered(ending, renumber);
    return { ...rest, ending: moved, successors: successorsOf(moved) };
  });
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

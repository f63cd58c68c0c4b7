/**
 * What belongs together: from one hot instruction on, everything that jumps, calls and falling through lead to and that
 * has been decoded already (what was never executed is not worth translating), up to a limit.  The outcome is a graph of
 * basic blocks that knows nothing of WebAssembly.
 */

import type { Decoded } from '../interpreter/block.ts';
import type { CodeCache } from '../interpreter/code-cache.ts';
import type { CodePage } from '../interpreter/code-pages.ts';
import { meaningOf } from '../meaning/table.ts';
import { connected, successorsOf } from './connected-blocks.ts';
import { JumpTargets, LOOK_BACK } from './jump-targets.ts';

/** V8's optimizing compiler takes some 30 µs per instruction, so a region has to end somewhere. */
const MOST_INSTRUCTIONS = 900;
/** No instruction is translated more often than this, however many regions it would belong to. */
const MOST_TRANSLATIONS = 4;
/** Except functions of at most so many instructions, which belong wherever they are called. */
const LONGEST_LEAF = 8;
/** And where so many others have the entry already, but control keeps coming from elsewhere: then this many belong to it,
 *  whoever has them. */
const MOST_SHARED = 200;
/** Fewer instructions than this that never turn are done before a region has fetched its registers. */
const LEAST_INSTRUCTIONS = 4;
const MOST_PAGES = 10;
const MOST_RETURNS = 10;

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
  /** Where it goes is found out when it goes; `known` are the places it is expected to go to, and more may be followed. */
  | { readonly kind: 'indirect'; readonly known: readonly number[]; readonly mayFollow: boolean };

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
  /** What was decoded during this exploration, by its offset. */
  private readonly decoded = new Map<number, Decoded>();
  private instructions = new Map<number, RegionInstruction>();
  private leaders = new Set<number>();
  private pages: CodePage[] = [];
  /** Returns are expected behind these calls. */
  private returnPoints = new Set<number>();
  /** How many regions have each instruction, by operation. */
  private readonly translations = new Map<number, number>();
  /** The entry is in as many regions as may be. */
  private shared = false;
  /** Where indirect jumps are expected to go to, by their own offset. */
  private readonly jumpTables = new Map<number, readonly number[]>();

  readonly jumps: JumpTargets;
  /** How often an instruction may be translated this time. */
  private most = MOST_TRANSLATIONS;

  constructor(cache: CodeCache) {
    this.cache = cache;
    this.jumps = new JumpTargets(cache);
  }

  /** Operations are about to be given new meanings. */
  forget(): void {
    this.translations.clear();
    this.jumps.forget();
  }

  /** Null if the instruction at `eip` cannot be translated. Who comes `again` has had it translated, and discarded that. */
  explore(eip: number, again = false): RegionGraph | null {
    this.most = again ? MOST_TRANSLATIONS + 1 : MOST_TRANSLATIONS;
    this.decoded.clear();
    this.instructions = new Map();
    this.leaders = new Set([eip]);
    this.pages = [];
    this.returnPoints = new Set();
    this.jumpTables.clear();
    const page = this.cache.pageOf(eip);
    this.shared = page !== null && this.isEverywhere(this.cache.operationOn(page, eip));
    const queue = [eip];
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) this.follow(at, queue);
    if (!this.instructions.has(eip)) return null;
    const blocks = this.blocks(eip);
    if (isTrivial(blocks)) return null;
    for (const { instructions } of blocks) {
      for (const { operation } of instructions) {
        const count = this.translations.get(operation) ?? 0;
        if (count === 0 || !again) this.translations.set(operation, count + 1);
      }
    }
    return { blocks, pages: this.pages };
  }

  /** Takes in what is executed from `eip` on, up to a jump or what is known already. */
  private follow(eip: number, queue: number[]): void {
    if (this.instructions.has(eip)) {
      this.leaders.add(eip);
      return;
    }
    const page = this.cache.pageOf(eip);
    if (page === null || this.hasItsOwn(eip, page) || !this.admit(page)) return;
    this.leaders.add(eip);
    for (let at = eip, decoded = this.decode(at, page); decoded; decoded = this.decode(at, page)) {
      if (this.instructions.has(at)) {
        this.leaders.add(at);
        return;
      }
      const operation = this.cache.operationOn(page, decoded.eip);
      if (!this.takes(decoded, operation)) return;
      this.instructions.set(decoded.eip, { decoded, operation });
      if (TRANSFERS.has(decoded.instruction.mnemonic)) {
        this.branch(decoded, queue);
        return;
      }
      at = decoded.nextEip;
      if (at >>> 12 !== page.linearPage) {
        queue.push(at);
        return;
      }
    }
  }

  private decode(eip: number, page: CodePage): Decoded | null {
    if (!this.decoded.has(eip)) for (const one of this.cache.decodedFrom(eip, page)) this.decoded.set(one.eip, one);
    return this.decoded.get(eip) ?? null;
  }

  /** From here straight on to a return. */
  private isLeaf(eip: number, page: CodePage): boolean {
    let at = eip;
    for (let count = 0; count < LONGEST_LEAF; count++) {
      const decoded = this.decode(at, page);
      if (decoded === null) return false;
      const { mnemonic } = decoded.instruction;
      if (TRANSFERS.has(mnemonic)) return mnemonic === 'ret';
      at = decoded.nextEip;
      if (at >>> 12 !== page.linearPage) return false;
    }
    return false;
  }

  private takes(decoded: Decoded, operation: number): boolean {
    const most = this.shared ? MOST_SHARED : MOST_INSTRUCTIONS;
    if (this.instructions.size >= most || operation === 0 || decoded.crossing) return false;
    return meaningOf(decoded.instruction) !== null || this.cache.translatable(decoded.instruction) !== null;
  }

  /** Enough regions have what begins here; but no straight line ends because others have the rest of it. */
  private hasItsOwn(eip: number, page: CodePage): boolean {
    if (this.shared) return false;
    return this.isEverywhere(this.cache.operationOn(page, eip)) && !this.isLeaf(eip, page);
  }

  private isEverywhere(operation: number): boolean {
    return (this.translations.get(operation) ?? 0) >= this.most;
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
    else if (mnemonic !== 'ret') queue.push(...this.expectedTargets(decoded));
    const goesOn = target !== null || (this.jumpTables.get(decoded.eip) ?? []).length > 0;
    if (mnemonic === 'call' && goesOn && this.returnPoints.size < MOST_RETURNS) {
      this.returnPoints.add(decoded.nextEip);
      queue.push(decoded.nextEip);
    }
  }

  private expectedTargets(jump: Decoded): readonly number[] {
    const before = [...this.instructions.values()].slice(-LOOK_BACK).map(({ decoded }) => decoded);
    const operation = this.instructions.get(jump.eip)?.operation ?? 0;
    const targets = this.jumps.of(jump, operation, before);
    this.jumpTables.set(jump.eip, targets);
    return targets;
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
    return connected(made);
  }

  private ending(last: RegionInstruction, eip: number, blockAt: (eip: number | null) => number | null): Ending {
    const { mnemonic } = last.decoded.instruction;
    const target = targetOf(last.decoded);
    if (CONDITIONAL.has(mnemonic)) return { kind: 'conditional', target: blockAt(target), next: blockAt(eip), eip };
    if (TRANSFERS.has(mnemonic)) {
      if (target !== null) return { kind: 'jump', target: blockAt(target) };
      const places = mnemonic === 'ret' ? [...this.returnPoints] : (this.jumpTables.get(last.decoded.eip) ?? []);
      const expected = places.map(blockAt);
      const mayFollow = mnemonic !== 'ret' && this.jumps.mayFollow(last.operation);
      return { kind: 'indirect', known: expected.filter((block) => block !== null), mayFollow };
    }
    const next = blockAt(eip);
    const page = next === null ? this.cache.pageOf(eip) : null;
    const operation = page === null ? 0 : this.cache.operationOn(page, eip);
    return operation === 0 || page === null || !this.pages.includes(page)
      ? { kind: 'fall', next, eip }
      : { kind: 'stop', operation };
  }
}

const isTrivial = (blocks: readonly RegionBlock[]) =>
  blocks.reduce((sum, { instructions }) => sum + instructions.length, 0) < LEAST_INSTRUCTIONS &&
  blocks.every(({ successors }) => successors.length === 0);

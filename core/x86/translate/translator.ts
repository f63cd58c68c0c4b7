/**
 * Turns hot code into regions: explores what belongs to a hot block, has it written, compiles several regions at once and
 * puts each in the place of the handler of the operation it begins at.  When code is overwritten its regions go with it,
 * and the handlers come back.
 *
 * @journey ground/translation
 * The interpreter jumps from operation to operation and keeps every register in memory.  What runs often deserves
 * better: a function of its own, registers in locals, flags only where somebody looks.  It stands where the first
 * operation's handler stood and obeys the same rules, so nobody who comes that way can tell, except by the clock on
 * the wall.  And wherever it is out of its depth (a page it has no translation for, an instruction it does not know)
 * it puts everything back where it found it and hands over to the handler it replaced.
 */

import type { CodePage } from '../interpreter/code-pages.ts';
import type { HotCode, Interpreter } from '../interpreter/interpreter.ts';
import { operationLayout } from '../interpreter/operation.ts';
import { type State, stateLayout } from '../state.ts';
import { ExitTable, wears } from './exit-table.ts';
import { RegionExplorer } from './region-graph.ts';
import { type CompiledRegion, RegionLibrary } from './region-library.ts';
import { RegionWriter } from './region-writer.ts';

const HANDLER = operationLayout.at.handler >>> 2;
const HEAT = operationLayout.at.heat >>> 2;
const MODE = stateLayout.at.mode >>> 2;
/** Who wants translations this soon wants them before the code is over. */
const HURRY = 10;
export const HOT_AFTER = 16_000;
/** How often a block that some region contains must still be entered from outside to get a region of its own. */
const COVERED_PATIENCE = 4;

interface Region extends CompiledRegion {
  readonly operation: number;
  /** Its exits' records. */
  readonly firstExit: number;
  readonly lastExit: number;
  readonly pages: readonly CodePage[];
  alive: boolean;
}

export class Translator implements HotCode {
  private readonly state: State;
  private readonly interpreter: Interpreter;
  private readonly hotAfter: number;
  private readonly explorer: RegionExplorer;
  /** The handlers that installed regions stand in for, by operation. */
  private readonly replaced = new Map<number, number>();
  private readonly exits: ExitTable;
  private readonly regionsOn = new Map<CodePage, Set<Region>>();
  /** Operations at which blocks of regions begin; true once the first warning was given. */
  private readonly covered = new Map<number, boolean>();
  /** Operations whose regions must look for each access. */
  private readonly apart = new Set<number>();
  /** Operations that go on across two pages. */
  private readonly spanning = new Set<number>();
  /** Operations that ask for pages that are not in the translation tables, where others leave their region. */
  private readonly asking = new Set<number>();
  /** Operations whose region was discarded to be written again. */
  private readonly rewritten = new Set<number>();
  private readonly library: RegionLibrary<Region>;
  private freeSlots: number[] = [];

  constructor(state: State, interpreter: Interpreter, hotAfter: number) {
    this.state = state;
    this.hotAfter = hotAfter;
    this.interpreter = interpreter;
    this.explorer = new RegionExplorer(interpreter.cache);
    this.library = new RegionLibrary(state.memory, interpreter.library.table);
    this.exits = new ExitTable(state, this.replaced, hotAfter);
    interpreter.cache.onForgotten = (page, changed) => this.forget(page, changed);
    interpreter.cache.onEmptied = () => this.forgetAll();
  }

  get patience(): number {
    return this.library.patience;
  }

  hot(operation: number, eip: number): void {
    if (this.replaced.has(operation)) return;
    if (this.exits.full) {
      this.interpreter.cache.dropAll();
      return;
    }
    const { cache } = this.interpreter;
    const page = cache.pageOf(eip);
    if (page === null || cache.operationOn(page, eip) !== operation) return;
    if (this.covered.get(operation) === false) {
      this.covered.set(operation, true);
      this.state.i32[(operation >>> 2) + HEAT] = -this.hotAfter * COVERED_PATIENCE;
      return;
    }
    const graph = this.explorer.explore(eip, this.rewritten.delete(operation));
    if (graph === null) return;
    const firstExit = this.exits.end;
    const memory = { apart: this.apart.has(operation), asking: this.asking, spanning: this.spanning };
    const code = new RegionWriter(graph, this.state.i32[MODE], this.interpreter, this.exits, memory).finish();
    for (const { instructions } of graph.blocks) {
      if (!this.covered.has(instructions[0].operation)) this.covered.set(instructions[0].operation, false);
    }
    const slot = this.freeSlots.pop() ?? this.interpreter.library.newSlot();
    const lastExit = this.exits.end;
    const region: Region = { operation, slot, code, firstExit, lastExit, pages: graph.pages, alive: true };
    for (const each of region.pages) this.noteOn(each, region);
    this.library.add(region);
    if (this.library.isComplete || this.hotAfter < HURRY) this.settle();
  }

  /** One look for several accesses was too few: the region is written again so that it goes on there, or looks for each.
   *  Or a page was too often not there: it is written again so that it asks in that place. Or a jump went elsewhere: so that
   *  it goes along. */
  worn(exit: number): void {
    for (const regions of this.regionsOn.values()) {
      for (const region of regions) {
        if (exit < region.firstExit || exit >= region.lastExit) continue;
        if (this.rethink(region, exit)) this.rewrite(region);
        return;
      }
    }
  }

  private rewrite(region: Region): void {
    this.rewritten.add(region.operation);
    this.covered.set(region.operation, true);
    this.discard(region);
    this.state.i32[(region.operation >>> 2) + HEAT] = -1;
  }

  /** False if writing it again would change nothing. */
  private rethink({ operation, firstExit, lastExit }: Region, exit: number): boolean {
    if (this.exits.wearOf(exit) === wears.elsewhere) return this.explorer.jumps.follow(this.exits.operationOf(exit));
    const wear = this.exits.wearOf(exit) === wears.crossing ? 'crossing' : 'miss';
    const worn = this.exits.worn(firstExit, lastExit, wear);
    if (wear === 'miss') for (const each of worn) this.asking.add(each);
    else if (this.spanning.has(this.exits.operationOf(exit))) this.apart.add(operation);
    else for (const each of worn) this.spanning.add(each);
    return true;
  }

  settle(): void {
    for (const region of this.library.compile()) this.install(region);
    this.interpreter.library.table.tidy();
  }

  private install(region: Region): void {
    const at = (region.operation >>> 2) + HANDLER;
    if (this.replaced.has(region.operation)) {
      this.discard(region);
      return;
    }
    this.replaced.set(region.operation, this.state.i32[at]);
    this.state.i32[at] = region.slot;
  }

  private noteOn(page: CodePage, region: Region): void {
    this.interpreter.cache.watch(page);
    const regions = this.regionsOn.get(page);
    if (regions) regions.add(region);
    else this.regionsOn.set(page, new Set([region]));
  }

  /** What is left of the code may be hot again, but if it was changed not as easily. */
  private forget(page: CodePage, changed: boolean): void {
    const regions = this.regionsOn.get(page);
    if (!regions || regions.size === 0) return;
    const { cache } = this.interpreter;
    if (changed) cache.discourage(page);
    for (const region of [...regions]) {
      this.discard(region);
      this.state.i32[(region.operation >>> 2) + HEAT] = cache.firstHeatOn(page);
    }
    this.regionsOn.delete(page);
  }

  /** Every region is gone already: what was known of operations holds for none of those that will take their place. */
  private forgetAll(): void {
    this.library.clear();
    this.exits.clear();
    this.covered.clear();
    this.apart.clear();
    this.asking.clear();
    this.spanning.clear();
    this.rewritten.clear();
    this.explorer.forget();
  }

  /** The operation gets its handler back, and the slot may serve another. */
  private discard(region: Region): void {
    region.alive = false;
    for (const page of region.pages) this.regionsOn.get(page)?.delete(region);
    const at = (region.operation >>> 2) + HANDLER;
    if (this.state.i32[at] === region.slot) {
      this.state.i32[at] = this.replaced.get(region.operation) ?? 0;
      this.replaced.delete(region.operation);
    }
    this.freeSlots.push(region.slot);
  }
}
// @end

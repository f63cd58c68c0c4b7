/**
 * Writes a region as one function: (operation, budget) → exit, like a handler, so that it can stand in a handler's place.
 *
 *     prologue      pages still the same?  budget enough to the next check?  registers into locals
 *     body          loops and blocks; every way out sets `exit` and branches to one of the makers of flags
 *     flag makers   compute, for one point of the code, what nobody needed until now, and store it
 *     end           registers back into the state, and on to the interpreter
 *
 * The budget is paid per block and looked at where a loop starts again: what lies between two looks is known to be
 * covered.  If it is not, the interpreter does the rest one block at a time, and ends at the very same instruction.
 */

import { FunctionBuilder, type Value, type Variable } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import type { Instruction } from '../instruction.ts';
import type { CodeCache } from '../interpreter/code-cache.ts';
import { HANDLER_TYPE } from '../interpreter/control.ts';
import type { Findings } from '../interpreter/handler-machine.ts';
import type { HandlerLibrary } from '../interpreter/handlers.ts';
import type { Interpreter } from '../interpreter/interpreter.ts';
import type { Routine } from '../interpreter/written-handlers.ts';
import { spelledOut } from '../meaning/implied-operands.ts';
import { meaningOf } from '../meaning/table.ts';
import type { ExitTable, Wear } from './exit-table.ts';
import { flagEffects, type LiveFlags, liveFlags } from './flag-flow.ts';
import { FlagMakers } from './flag-makers.ts';
import type { FlagValues } from './flag-values.ts';
import { countStraying, writeIndirectJump } from './indirect-jumps.ts';
import { type Knowledge, knownWhereWaysMeet, nothingKnown, type WayOut } from './knowledge.ts';
import type { Ending, RegionBlock, RegionGraph, RegionInstruction } from './region-graph.ts';
import { RegionMachine } from './region-machine.ts';
import type { MemoryTerms } from './region-memory.ts';
import { wayOut } from './region-module.ts';
import { costs, countPredecessors, noteHeads } from './region-paths.ts';
import { pagesMoved, regionGone } from './region-presence.ts';
import { ShapeWriter } from './shape-writer.ts';
import { type Shape, structure } from './structure.ts';

const BUDGET: Variable = { type: 'i32', index: 1 };

export class RegionWriter implements WayOut {
  private readonly code = new FunctionBuilder(2);
  private readonly graph: RegionGraph;
  private readonly cache: CodeCache;
  private readonly library: HandlerLibrary;
  private readonly exits: ExitTable;
  private readonly machine: RegionMachine;
  private readonly findings: readonly (readonly Findings[])[];
  private readonly live: LiveFlags;
  private readonly cost: readonly number[];
  private readonly predecessors: readonly number[];
  private readonly exit: Variable;
  private readonly target: Variable;
  private readonly flagMakers: FlagMakers;
  private readonly shapes = new ShapeWriter(this.code, (block) => this.writeBlock(block));
  private readonly inherited = new Map<number, Knowledge>();
  private readonly heads = new Set<number>();
  private readonly memory: MemoryTerms;
  private block = 0;
  private at = 0;

  constructor(
    graph: RegionGraph,
    modeBits: number,
    { cache, library }: Interpreter,
    exits: ExitTable,
    memory: MemoryTerms,
  ) {
    this.graph = graph;
    this.cache = cache;
    this.library = library;
    this.exits = exits;
    this.machine = new RegionMachine(this.code, modeBits, memory.apart, this);
    this.memory = memory;
    this.exit = this.code.variable();
    this.code.label = this.exit;
    this.target = this.code.variable();
    this.findings = graph.blocks.map(({ instructions }) =>
      instructions.map(({ decoded }) => cache.findingsOf(decoded.instruction)),
    );
    const shape = structure(graph.blocks.map(({ successors }) => successors));
    noteHeads(shape, this.heads);
    this.live = liveFlags(
      graph,
      graph.blocks.map(({ instructions }, b) =>
        instructions.map(({ decoded }, n) => flagEffects(decoded.instruction, this.findings[b][n])),
      ),
      this.heads,
    );
    this.flagMakers = new FlagMakers(this.code, this.machine, this.live);
    this.cost = costs(graph, this.heads);
    this.predecessors = countPredecessors(graph);
    this.writeAll(shape);
  }

  finish(): ReturnType<FunctionBuilder['finish']> {
    return this.code.finish();
  }

  private writeAll(shape: readonly Shape[]): void {
    const { code, machine } = this;
    this.writeChecks();
    const entry = code.section();
    const body = code.section();
    code.fill(body, () => this.shapes.write(shape, null));
    this.flagMakers.wrap(body);
    code.fill(entry, () => machine.writeEntry());
    machine.writeBack();
    this.flagMakers.writeEnd(this.exit, this.target, BUDGET);
  }

  /** Gives back what the interpreter has paid for the block, and sees that the region may run at all. */
  private writeChecks(): void {
    const { code, machine } = this;
    const { operation } = this.graph.blocks[0].instructions[0];
    code.set(BUDGET, machine.add(code.get(BUDGET), machine.constant(this.cache.wordOf(operation, 'remaining'))));
    const instead = this.exits.atOperation(operation, 0);
    const short = code.value('i32', wasm.i32LtS, [code.get(BUDGET), code.constant(this.cost[0])]);
    for (const condition of [short, pagesMoved(machine, this.graph.pages)]) {
      code.if(condition, () => code.tailCall(wayOut.leave, [code.constant(instead), code.get(BUDGET)]));
    }
  }

  private writeBlock(index: number): void {
    const { code, machine, graph } = this;
    const block = graph.blocks[index];
    this.block = index;
    const inherited = this.inherited.get(index);
    machine.begin(inherited ?? this.knowledgeAt(index));
    code.set(BUDGET, machine.sub(code.get(BUDGET), machine.constant(block.instructions.length)));
    for (this.at = 0; this.at < block.instructions.length; this.at++) this.writeInstruction(block);
    this.at = block.instructions.length;
    const { ending } = block;
    if (ending.kind === 'fall') this.goTo(ending.next, ending.eip);
    else if (ending.kind === 'stop') this.leaveAt(this.exits.atOperation(ending.operation, 0), machine.flagValues);
  }

  private knowledgeAt(index: number): Knowledge {
    if (index === 0 && !this.heads.has(0)) return nothingKnown();
    return knownWhereWaysMeet(this.live.read[index], this.live.seen[index]);
  }

  private writeInstruction(block: RegionBlock): void {
    const { decoded } = block.instructions[this.at];
    const { instruction, nextEip } = decoded;
    const meaning = meaningOf(instruction);
    if (!meaning) {
      this.writeWritten(instruction);
      return;
    }
    this.machine.writeInstruction(
      spelledOut(instruction),
      nextEip,
      this.findings[this.block][this.at].written,
      meaning,
    );
  }

  /** An instruction that has no meaning but code of its own. */
  private writeWritten(instruction: Instruction): void {
    const { decoded } = this.present;
    const { inline, routine, inRegion } = this.cache.translatable(instruction) ?? {};
    if (inline) this.machine.writeInline(instruction, decoded.eip, inline);
    else if (routine) this.machine.writeCall(instruction, routine);
    else if (inRegion) {
      this.machine.writeInstruction(instruction, decoded.nextEip, new Set(), inRegion);
      this.machine.insight = null;
    } else throw new Error(`${instruction.mnemonic} has no meaning`);
  }

  private get present(): RegionInstruction {
    return this.graph.blocks[this.block].instructions[this.at];
  }

  private get ending(): Ending {
    return this.graph.blocks[this.block].ending;
  }

  toInterpreter(flags: FlagValues, wear: Wear = 'never'): void {
    const counted = wear === 'miss' && !this.mayAsk ? 'never' : wear;
    this.leaveAt(this.exits.atOperation(this.present.operation, this.unpaid, counted), flags);
  }

  get asks(): boolean {
    return this.memory.asking.has(this.present.operation) && !this.jumps;
  }

  get spans(): boolean {
    return this.memory.spanning.has(this.present.operation);
  }

  /** Not if it asks already, nor if it never would. And what jumps, jumps elsewhere if its write drops code: that is the
   *  interpreter's to do. */
  private get mayAsk(): boolean {
    return !this.asks && !this.jumps && !this.isInline;
  }

  private get isInline(): boolean {
    const { instruction } = this.present.decoded;
    return meaningOf(instruction) === null && this.cache.translatable(instruction)?.inline !== undefined;
  }

  private get jumps(): boolean {
    return this.findings[this.block][this.at].jumps;
  }

  toFault(flags: FlagValues): void {
    this.leaveAt(this.exits.withFault(this.present.operation, this.unpaid), flags);
  }

  behind(flags: FlagValues): void {
    this.leaveAt(this.exits.behind(this.present.operation, this.unpaid - 1), flags);
  }

  ifMoved(flags: FlagValues): void {
    this.code.if(pagesMoved(this.machine, this.graph.pages), () => this.behind(flags));
  }

  ifDropped(flags: FlagValues): void {
    const { machine } = this;
    const [{ operation }] = this.graph.blocks[0].instructions;
    const gone = regionGone(machine, operation, this.exits.handlerOf(operation));
    this.code.if(machine.or(pagesMoved(machine, this.graph.pages), gone), () => this.toInterpreter(flags));
  }

  /** Instructions of the block from the present one on: they are paid for. */
  private get unpaid(): number {
    return this.graph.blocks[this.block].instructions.length - this.at;
  }

  call(routine: Routine, argument: Value): Value {
    const [operation, slot] = [this.present.operation, this.library.slotOf(routine)].map((n) => this.code.constant(n));
    return this.code.callIndirect(HANDLER_TYPE, [operation, argument, slot]);
  }

  unspent(): Value {
    return this.machine.add(this.code.get(BUDGET), this.machine.constant(this.unpaid - 1));
  }

  jump(): void {
    if (this.ending.kind === 'jump') this.follow(this.ending.target);
  }

  jumpIf(condition: Value): void {
    const { ending, code } = this;
    if (ending.kind !== 'conditional') return;
    code.if(condition, () => this.follow(ending.target));
    this.goTo(ending.next, ending.eip);
  }

  jumpTo(offset: Value): void {
    const { ending, code, machine } = this;
    if (ending.kind !== 'indirect') return;
    offset.pinned = true;
    const places = ending.known.map((block) => ({ eip: this.graph.blocks[block].eip, go: () => this.edge(block) }));
    writeIndirectJump(code, machine, this.exits, offset, places);
    const stray = (exit: number) => this.leaveAt(exit, machine.flagValues);
    if (ending.mayFollow) countStraying(code, machine, this.exits, this.present.operation, offset, stray);
    code.set(this.target, offset);
    this.leaveAt(0, machine.flagValues);
  }

  /** The present instruction's direct jump is made; if it leads out, the interpreter knows where its code is. */
  private follow(target: number | null): void {
    if (target !== null) this.edge(target);
    else this.leaveAt(this.exits.byJump(this.present.operation), this.machine.flagValues);
  }

  private goTo(next: number | null, eip: number): void {
    if (next !== null) this.edge(next);
    else {
      this.code.set(this.target, this.code.constant(eip));
      this.leaveAt(0, this.machine.flagValues);
    }
  }

  /** Goes to another block of the region. */
  private edge(to: number): void {
    const { code, machine } = this;
    const label = this.shapes.labelOf(to);
    const flags = machine.flagValues;
    if (this.heads.has(to)) this.checkBudget(to, flags);
    if (this.predecessors[to] === 1 && !this.heads.has(to)) this.inherited.set(to, machine.knowledge);
    else this.flagMakers.settle(to, flags);
    if (label.choose) code.set(label.choose.variable, code.constant(label.choose.index));
    code.branch(label.scope);
  }

  private checkBudget(to: number, flags: FlagValues): void {
    const { code } = this;
    const { operation } = this.graph.blocks[to].instructions[0];
    const tooLittle = code.value('i32', wasm.i32LtS, [code.get(BUDGET), code.constant(this.cost[to])]);
    code.if(tooLittle, () => this.leaveAt(this.exits.atOperation(operation, 0), flags));
  }

  private leaveAt(exit: number, flags: FlagValues): void {
    this.code.set(this.exit, this.code.constant(exit));
    this.code.branch(this.flagMakers.scopeFor(flags));
  }
}

/**
 * The library of handlers: one WebAssembly function per shape of instruction, generated from its meaning when the shape
 * is first met, in batches.  All of them sit in one table, by slot.
 */

import { FunctionBuilder } from '../emit/function-builder.ts';
import { buildModule, type ModuleFunction, TypeIndex } from '../emit/module-builder.ts';
import type { Meaning } from '../meaning/machine.ts';
import { meanings } from '../meaning/table.ts';
import {
  Control,
  handlerSignature,
  importedFunctions,
  writeContinueHandler,
  writeFaultFunction,
  writeGuardHandler,
  writeServiceHandler,
  writeStaleFunction,
  writeStopHandler,
} from './control.ts';
import { type Findings, HandlerMachine } from './handler-machine.ts';
import { type Shape, shapeKey } from './shape.ts';
import type { WrittenHandler } from './written-handlers.ts';

/** Slots that are not of one instruction. */
export const slot = { service: 0, continue: 1, stop: 2, guard: 3, first: 4 } as const;

const TABLE_SLOTS = 16384;
/** Modules before the first time all handlers are put into one, and how much longer to wait after each time. */
const FIRST_CONSOLIDATION = 24;
const CONSOLIDATE_GROWTH = 2;

export interface Handler {
  readonly findings: Findings;
  readonly slot: number;
  /** The variant that leaves the flags alone, for where nobody will look at them. */
  readonly slotWithoutFlags: number;
  /** May pass on to the instruction's service, and so wants its call in the operation. */
  readonly serves: boolean;
}

export interface EngineImports {
  slowRead(linear: number, size: number): number;
  slowWrite(linear: number, size: number): number;
  finishWrite(): number;
  service(operation: number): number;
}

/** (first operation, budget) → exit */
export type Enter = (operation: number, budget: number) => number;

export class HandlerLibrary {
  readonly enter: Enter;
  private readonly imports: Record<
    string,
    Record<string, WebAssembly.Memory | WebAssembly.Table | EngineImports[keyof EngineImports]>
  >;
  private readonly memoryPages: number;
  private readonly byKey = new Map<string, Handler>();
  private pending: ModuleFunction[] = [];
  private nextSlot: number = slot.first;
  /** Every handler compiled so far. */
  private readonly placed: ModuleFunction[] = [];
  private modules = 0;
  private consolidateAt = FIRST_CONSOLIDATION;

  constructor(memory: WebAssembly.Memory, imports: EngineImports) {
    const table = new WebAssembly.Table({ element: 'anyfunc', initial: TABLE_SLOTS });
    this.imports = { m: { memory, table, ...imports } };
    this.memoryPages = memory.buffer.byteLength / 65536;
    const exports = this.compile([
      { ...functionOf(writeServiceHandler), slot: slot.service },
      { ...functionOf(writeContinueHandler), slot: slot.continue },
      { ...functionOf(writeStopHandler), slot: slot.stop },
      { ...functionOf(writeGuardHandler), slot: slot.guard },
      { ...functionOf(writeEnterFunction), exportAs: 'enter' },
    ]);
    // The export was just written with handlerSignature; the instance's type cannot say so.
    this.enter = exports.enter as Enter;
  }

  /** The handler for a shape; it may be called only after `compilePending`. */
  find(shape: Shape): Handler {
    const key = shapeKey(shape);
    const known = this.byKey.get(key);
    if (known) return known;
    const made = this.generate(shape);
    this.byKey.set(key, made);
    return made;
  }

  /** The same for a handler that was written by hand. */
  findWritten(handler: WrittenHandler): Handler {
    const known = this.byKey.get(handler.key);
    if (known) return known;
    const code = new FunctionBuilder(PARAMETERS);
    handler.write(code);
    const only = this.place(code);
    const made = { findings: handler.findings, slot: only, slotWithoutFlags: only, serves: true };
    this.byKey.set(handler.key, made);
    return made;
  }

  compilePending(): void {
    if (this.pending.length === 0) return;
    const batch = this.pending;
    this.pending = [];
    this.placed.push(...batch);
    this.modules++;
    if (this.modules < this.consolidateAt) this.compile(batch);
    else this.consolidate();
  }

  /** Many small modules lie far apart in memory and cost instruction cache misses at every hop; one module does not.
   *  The table's slots stay what they were. */
  private consolidate(): void {
    this.compile(this.placed);
    this.modules = 0;
    this.consolidateAt *= CONSOLIDATE_GROWTH;
  }

  /** Shapes met so far. */
  get size(): number {
    return this.byKey.size;
  }

  private generate(shape: Shape): Handler {
    const meaning = meanings[shape.mnemonic];
    const findings = learn(shape, meaning);
    const full = this.place(writeMeaning(shape, meaning, findings.written, true));
    const bare = findings.flagsWritten ? this.place(writeMeaning(shape, meaning, findings.written, false)) : full;
    return { findings, slot: full, slotWithoutFlags: bare, serves: false };
  }

  private place(code: FunctionBuilder): number {
    const at = this.nextSlot++;
    this.pending.push({ ...handlerSignature, code: code.finish(), slot: at });
    return at;
  }

  private compile(functions: readonly ModuleFunction[]): Record<string, unknown> {
    const types = new TypeIndex();
    types.of(handlerSignature);
    const own = [functionOf(writeFaultFunction), functionOf(writeStaleFunction)];
    const shape = { imports: importedFunctions, functions: [...own, ...functions], memoryPages: this.memoryPages };
    const module = new WebAssembly.Module(buildModule(shape, types));
    return new WebAssembly.Instance(module, this.imports).exports;
  }
}

const PARAMETERS = 2;

function functionOf(write: (code: FunctionBuilder) => void): ModuleFunction {
  const code = new FunctionBuilder(PARAMETERS);
  write(code);
  return { ...handlerSignature, code: code.finish() };
}

function writeEnterFunction(code: FunctionBuilder): void {
  const control = new Control(code);
  control.enterBlock(control.operation, control.budget);
}

function learn(shape: Shape, meaning: Meaning): Findings {
  const machine = new HandlerMachine(new FunctionBuilder(PARAMETERS), shape, new Set(), true);
  machine.writeHandler(meaning);
  return machine.findings;
}

function writeMeaning(shape: Shape, meaning: Meaning, written: ReadonlySet<number>, flags: boolean): FunctionBuilder {
  const code = new FunctionBuilder(PARAMETERS);
  new HandlerMachine(code, shape, written, flags).writeHandler(meaning);
  return code;
}

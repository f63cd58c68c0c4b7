/**
 * The library of handlers: one WebAssembly function per shape of instruction, generated from its meaning when the shape
 * is first met, in batches.  All of them sit in one table, by slot.  Common shapes come from a module shared by all
 * boards, at once if it is at hand, else as soon as the guest turns out to be worth making it.
 */

import type { FunctionBuilder } from '../emit/function-builder.ts';
import type { ModuleFunction } from '../emit/module-builder.ts';
import { commonHandlers, commonHandlersAreReady, commonSlots } from './common-handlers.ts';
import { ENTER, engineFunctions } from './engine-functions.ts';
import { functionOf, functionsOf, moduleOf } from './handler-functions.ts';
import type { Findings } from './handler-machine.ts';
import { HandlerTable, type Tenant } from './handler-table.ts';
import { engineExit, slot } from './operation.ts';
import { type Shape, shapeKey } from './shape.ts';
import type { Routine, WrittenHandler } from './written-handlers.ts';

export { slot };

/** Modules of a board before the common handlers are made for it: a guest that needs fewer ends sooner without. */
const MODULES_BEFORE_COMMON = 12;
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

/** Generated code that stands before what TypeScript does for every instruction alike. */
export interface Shortcuts {
  /** Writes what a fault does: (operation, budget) → exit. */
  deliverFault(code: FunctionBuilder): void;
  /** Functions before slowRead, slowWrite and finishWrite, which they find among these imports. */
  misses(imports: ModuleImports): Pick<EngineImports, 'slowRead' | 'slowWrite' | 'finishWrite'>;
}

/** What modules of generated code import, by module and name. */
export type ModuleImports = Record<
  string,
  Record<string, WebAssembly.Memory | WebAssembly.Table | EngineImports[keyof EngineImports]>
>;

/** (first operation, budget) → exit */
export type Enter = (operation: number, budget: number) => number;

export class HandlerLibrary {
  /** The way in: another function whenever everybody moves to a new table. */
  enter: Enter = () => engineExit.leave;
  readonly table: HandlerTable;
  private readonly byKey = new Map<string, Handler>();
  private readonly routines = new Map<string, number>();
  private pending: ModuleFunction[] = [];
  private nextSlot: number = commonSlots.first + commonSlots.count;
  /** Every handler of its own that this library compiled so far, and the modules they are in. */
  private readonly placed: ModuleFunction[] = [];
  private tenants: Tenant[] = [];
  private modules = 0;
  private consolidateAt = FIRST_CONSOLIDATION;
  private hasCommon = false;

  constructor(memory: WebAssembly.Memory, imports: EngineImports, shortcuts: Shortcuts | null = null) {
    this.table = new HandlerTable(memory, imports, shortcuts);
    let entered = false;
    const enterBy = (exports: Record<string, unknown>) => {
      if (!(ENTER in exports)) return;
      entered = true;
      // The export was written with handlerSignature; the instance's type cannot say so.
      this.enter = exports[ENTER] as Enter;
    };
    if (commonHandlersAreReady()) this.takeCommon(shortcuts ? enterBy : null);
    if (!entered) this.table.place(compiled(engineFunctions(shortcuts?.deliverFault)), enterBy);
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
    const only = this.place(functionOf((code: FunctionBuilder) => handler.write(code)));
    const made = { findings: handler.findings, slot: only, slotWithoutFlags: only, serves: true };
    this.byKey.set(handler.key, made);
    return made;
  }

  /** The slot of a routine, compiled and ready. */
  slotOf(routine: Routine): number {
    const known = this.routines.get(routine.key);
    if (known !== undefined) return known;
    const slot = this.place(functionOf((code: FunctionBuilder) => routine.write(code)));
    this.routines.set(routine.key, slot);
    this.compilePending();
    return slot;
  }

  compilePending(): void {
    if (this.pending.length === 0) return;
    const batch = this.pending;
    this.pending = [];
    this.placed.push(...batch);
    this.modules++;
    if (this.modules < this.consolidateAt) this.tenants.push(this.table.place(compiled(batch)));
    else this.consolidate();
    if (!this.hasCommon && this.modules >= MODULES_BEFORE_COMMON) this.takeCommon(null);
  }

  /** A slot of the table that nobody else will use. */
  newSlot(): number {
    const at = this.nextSlot++;
    this.table.reach(at);
    return at;
  }

  /** Many small modules lie far apart in memory and cost instruction cache misses at every hop; one module does not.
   *  The table's slots stay what they were. */
  private consolidate(): void {
    const all = this.table.place(compiled(this.placed));
    for (const tenant of this.tenants) this.table.supersede(tenant);
    this.tenants = [all];
    this.modules = 0;
    this.consolidateAt *= CONSOLIDATE_GROWTH;
  }

  /** What was generated here before goes on under its own slots, but as the common module's function. */
  private takeCommon(enterBy: Tenant['moveIn'] | null): void {
    this.hasCommon = true;
    const { module, handlers, routines } = commonHandlers();
    const known: { readonly from: number; readonly to: number }[] = [];
    for (const { key, findings, slot, slotWithoutFlags, serves } of handlers) {
      const own = this.byKey.get(key);
      if (own) known.push({ from: slot, to: own.slot }, { from: slotWithoutFlags, to: own.slotWithoutFlags });
      else this.byKey.set(key, { findings, slot, slotWithoutFlags, serves });
    }
    for (const [key, slot] of routines) if (!this.routines.has(key)) this.routines.set(key, slot);
    this.table.place(module, (exports) => {
      for (const { from, to } of known) this.table.copy(from, to);
      enterBy?.(exports);
    });
  }

  private generate(shape: Shape): Handler {
    const { findings, full, withoutFlags } = functionsOf(shape);
    const slot = this.place(full);
    return { findings, slot, slotWithoutFlags: withoutFlags ? this.place(withoutFlags) : slot, serves: false };
  }

  private place(fn: ModuleFunction): number {
    const at = this.newSlot();
    this.pending.push({ ...fn, slot: at });
    return at;
  }
}

const compiled = (functions: readonly ModuleFunction[]) => new WebAssembly.Module(moduleOf(functions));

/**
 * The table all handlers are called through, and the modules that put them there.  Whoever imports a table is kept by it
 * for as long as it lives, even if none of its functions is in there any more; and V8 has each of them keep a copy of it
 * up to date.  So when enough modules are superseded, everybody else moves to a new table: an instance is made anew of
 * what is compiled already, in the order in which they first came.
 */

import type { EngineImports, ModuleImports, Shortcuts } from './handlers.ts';

/** V8 keeps a copy of the table for each instance and touches all of them at every change: it starts small. */
const TABLE_SLOTS = 2048;
const MOST_SLOTS = 65536;
/** Superseded modules before the others move. */
const MOST_SUPERSEDED = 32;

const newTable = (slots: number) => new WebAssembly.Table({ element: 'anyfunc', initial: slots, maximum: MOST_SLOTS });

/** A module that has functions in the table. */
export interface Tenant {
  readonly module: WebAssembly.Module;
  /** Given what the module exports, each time an instance of it is made. */
  readonly moveIn: (exports: Record<string, unknown>) => void;
}

export class HandlerTable {
  private table = newTable(TABLE_SLOTS);
  private readonly outside: Record<string, WebAssembly.Memory | EngineImports[keyof EngineImports]>;
  private readonly shortcuts: Shortcuts | null;
  private imports: ModuleImports;
  /** In the order they came. */
  private readonly tenants = new Set<Tenant>();
  private superseded = 0;
  private moved = 0;

  constructor(memory: WebAssembly.Memory, imports: EngineImports, shortcuts: Shortcuts | null) {
    this.outside = { memory, ...imports };
    this.shortcuts = shortcuts;
    this.imports = this.importsOf();
  }

  /** Puts a module's functions into the table; they stay until it is superseded. */
  place(module: WebAssembly.Module, moveIn: Tenant['moveIn'] = () => {}): Tenant {
    const tenant = { module, moveIn };
    this.tenants.add(tenant);
    this.instantiate(tenant);
    return tenant;
  }

  /** Nobody calls the module's functions any more, or later ones have their slots. */
  supersede(tenant: Tenant): void {
    if (this.tenants.delete(tenant)) this.superseded++;
  }

  /** Moves house if it is time to. Not while any function of the table is running. */
  tidy(): void {
    if (this.superseded < MOST_SUPERSEDED) return;
    this.superseded = 0;
    this.moved++;
    this.table = newTable(this.table.length);
    this.imports = this.importsOf();
    for (const tenant of this.tenants) this.instantiate(tenant);
  }

  /** Modules that are not superseded. */
  get modules(): number {
    return this.tenants.size;
  }

  /** How often everybody has moved. */
  get moves(): number {
    return this.moved;
  }

  /** The function in a slot, or null. */
  at(slot: number): unknown {
    return this.table.get(slot);
  }

  /** Makes room for a slot. */
  reach(slot: number): void {
    if (slot >= this.table.length) this.table.grow(this.table.length);
  }

  /** What is in one slot is called through another as well. */
  copy(from: number, to: number): void {
    this.table.set(to, this.table.get(from));
  }

  /** What every module imports. */
  private importsOf(): ModuleImports {
    const outside = { ...this.outside, table: this.table };
    return { m: { ...outside, ...this.shortcuts?.misses({ m: outside }) } };
  }

  private instantiate({ module, moveIn }: Tenant): void {
    moveIn(new WebAssembly.Instance(module, this.imports).exports);
  }
}

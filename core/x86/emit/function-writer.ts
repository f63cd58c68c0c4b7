/**
 * Writes the items of a function as WebAssembly.  What is used twice is kept in a local, what is used once is written
 * where it is used, what is not used is not written at all.
 */

import { ByteWriter } from './bytes.ts';
import { type Item, isCall, type Scope, type Statement, type Value, type WasmType } from './function-items.ts';
import { FunctionLocals } from './function-locals.ts';
import { writeInstruction } from './instruction-writer.ts';
import { wasm } from './wasm-opcodes.ts';

/** The body of a function whose locals so far are `localTypes`; adds those it needs itself. */
export class FunctionWriter {
  private readonly locals: FunctionLocals;
  /** What encloses the item being written, outermost first; null for an if. */
  private readonly open: (Scope | null)[] = [];
  private readonly out = new ByteWriter();
  /** Where the last `local.set` was written, if nothing came behind it, and of which local. */
  private setAt = -1;
  private setEnd = -1;
  private setLocal = -1;

  constructor(parameterCount: number, localTypes: WasmType[]) {
    this.locals = new FunctionLocals(parameterCount, localTypes);
  }

  /** The code entry: locals and body (core spec 5.5.13). */
  write(items: readonly Item[]): ByteWriter {
    countUses(items);
    const { out } = this;
    this.writeItems(items);
    out.byte(wasm.unreachable);
    out.byte(wasm.end);
    const declared = new ByteWriter(64);
    this.locals.declare(declared);
    const sized = new ByteWriter(out.length + declared.length + 8);
    sized.unsigned(declared.length + out.length);
    sized.append(declared);
    sized.append(out);
    return sized;
  }

  private writeItems(items: readonly Item[]): void {
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      if (item.kind === 'value') this.writeKept(item);
      else this.writeStatement(item);
    }
  }

  private writeStatement(item: Statement): void {
    const { out } = this;
    for (let i = 0; i < item.inputs.length; i++) this.writeUse(item.inputs[i]);
    switch (item.kind) {
      case 'effect':
        if (item.opcode === wasm.localSet) this.writeSet(item.immediate);
        else writeInstruction(item.opcode, item.immediate, out, item.second);
        break;
      case 'if':
        this.writeIf(item);
        break;
      case 'section':
        this.writeItems(item.items);
        break;
      case 'scope':
        if (item.scope) this.writeScope(item.scope);
        break;
      case 'branch':
        out.byte(item.inputs.length > 0 ? wasm.brIf : wasm.br);
        out.unsigned(this.depthOf(item.scope));
        break;
      case 'table':
        out.byte(wasm.brTable);
        out.unsigned(item.table.length);
        for (const scope of item.table) out.unsigned(this.depthOf(scope));
        out.unsigned(this.depthOf(item.scope));
        break;
    }
  }

  private writeScope(scope: Scope): void {
    const { out } = this;
    out.byte(scope.loop ? wasm.loop : wasm.block);
    out.byte(wasm.typeEmpty);
    this.open.push(scope);
    if (scope.loop) this.locals.beginLoop();
    this.writeItems(scope.items);
    if (scope.loop) this.locals.endLoop();
    this.open.pop();
    out.byte(wasm.end);
  }

  /** How many open scopes, ifs included, lie between here and one of them. */
  private depthOf(scope: Scope | null): number {
    const at = this.open.lastIndexOf(scope);
    if (at < 0 || scope === null) throw new Error('a branch to a scope that is not open');
    return this.open.length - 1 - at;
  }

  private writeIf(item: Statement): void {
    const { out } = this;
    out.byte(wasm.if);
    out.byte(wasm.typeEmpty);
    this.open.push(null);
    this.writeItems(item.items);
    if (item.otherwise.length > 0) {
      out.byte(wasm.else);
      this.writeItems(item.otherwise);
    }
    this.open.pop();
    out.byte(wasm.end);
  }

  /** Evaluates a value that must live in a local, at the place where it was made. */
  private writeKept(value: Value): void {
    if (value.uses === 0) {
      if (!isCall(value)) return;
      this.writeExpression(value);
      this.out.byte(wasm.drop);
      return;
    }
    if (!value.anchored && (value.uses === 1 || isPlainLocal(value))) return;
    this.writeExpression(value);
    this.locals.give(value);
    this.writeSet(value.local);
  }

  private writeSet(local: number): void {
    const { out } = this;
    this.setAt = out.length;
    this.setLocal = local;
    out.byte(wasm.localSet);
    out.unsigned(local);
    this.setEnd = out.length;
  }

  private writeUse(value: Value): void {
    if (value.local < 0) {
      this.writeExpression(value);
      return;
    }
    const { out } = this;
    if (out.length === this.setEnd && value.local === this.setLocal) out.patch(this.setAt, wasm.localTee);
    else {
      out.byte(wasm.localGet);
      out.unsigned(value.local);
    }
    this.setEnd = -1;
    if (--value.uses === 0) this.locals.release(value);
  }

  private writeExpression(value: Value): void {
    const { inputs } = value;
    for (let i = 0; i < inputs.length; i++) this.writeUse(inputs[i]);
    writeInstruction(value.opcode, value.immediate, this.out, 0);
  }
}

const isPlainLocal = (value: Value) => value.opcode === wasm.localGet && !value.anchored;

/** Counts how often each value is needed, from the effects backwards, so that what only dead values need is dead too. */
function countUses(items: readonly Item[]): void {
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    if (item.kind === 'value') {
      if (item.uses === 0 && !isCall(item)) continue;
    } else if (item.kind !== 'effect') {
      countUses(item.otherwise);
      countUses(item.items);
      if (item.scope !== null && item.kind === 'scope') countUses(item.scope.items);
    }
    const { inputs } = item;
    for (let n = 0; n < inputs.length; n++) inputs[n].uses++;
  }
}

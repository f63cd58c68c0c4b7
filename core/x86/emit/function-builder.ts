/**
 * Builds one WebAssembly function from values and statements.  A value is a node in a graph; what is used twice is kept
 * in a local, what is used once is written where it is used, what is not used is not written at all.  Whatever reads the
 * changing world (loads, calls, variables) is evaluated where it was asked for, never later.
 */

import type { ByteWriter } from './bytes.ts';
import { effect, type Item, type Scope, statement, Value, type Variable, type WasmType } from './function-items.ts';
import { FunctionWriter } from './function-writer.ts';
import { wasm } from './wasm-opcodes.ts';

export type { Scope, Value, Variable, WasmType } from './function-items.ts';

const NO_VALUES: readonly Value[] = [];
const NO_ITEMS: Item[] = [];

export class FunctionBuilder {
  private readonly top: Item[] = [];
  private items = this.top;
  private readonly localTypes: WasmType[] = [];
  private readonly parameterCount: number;
  /** Says who branched, to where many branch to: it may be set without branching. */
  label: Variable | null = null;

  constructor(parameterCount: number) {
    this.parameterCount = parameterCount;
  }

  /** A node of the graph. Operands count their uses only when the function is written. */
  value(type: WasmType, opcode: number, inputs: readonly Value[], immediate = 0, anchored = false): Value {
    const value = new Value(type, opcode, inputs, immediate, anchored);
    if (opcode !== wasm.i32Const && opcode !== wasm.i64Const) this.items.push(value);
    return value;
  }

  constant(number: number): Value {
    return this.value('i32', wasm.i32Const, [], number | 0);
  }

  wideConstant(number: number): Value {
    return this.value('i64', wasm.i64Const, [], number);
  }

  parameter(index: number): Value {
    return this.value('i32', wasm.localGet, [], index);
  }

  load(opcode: number, address: Value, offset: number): Value {
    return this.value(opcode === wasm.i64Load ? 'i64' : 'i32', opcode, [address], offset, true);
  }

  store(opcode: number, address: Value, value: Value, offset: number): void {
    this.items.push(effect(opcode, [address, value], offset));
  }

  /** As if all bytes were read before the first is written. */
  copyBytes(to: Value, from: Value, length: Value): void {
    this.items.push(effect(wasm.memoryCopy, [to, from, length], 0));
  }

  fillBytes(to: Value, byte: Value, length: Value): void {
    this.items.push(effect(wasm.memoryFill, [to, byte, length], 0));
  }

  variable(type: WasmType = 'i32'): Variable {
    return { type, index: this.newLocal(type) };
  }

  set(variable: Variable, value: Value): void {
    this.items.push(effect(wasm.localSet, [value], variable.index));
  }

  get(variable: Variable): Value {
    return this.value(variable.type, wasm.localGet, [], variable.index, true);
  }

  /** Calls function `index`; the answer is an i32. */
  call(index: number, inputs: Value[]): Value {
    return this.value('i32', wasm.call, inputs, index, true);
  }

  /** Calls through table 0 the function whose table index is the last input; the answer is an i32. */
  callIndirect(typeIndex: number, inputs: Value[]): Value {
    return this.value('i32', wasm.callIndirect, inputs, typeIndex, true);
  }

  tailCall(index: number, inputs: Value[]): void {
    this.items.push(effect(wasm.returnCall, inputs, index));
  }

  /** Calls through table 0 the function whose table index is the last input. */
  tailCallIndirect(typeIndex: number, inputs: Value[]): void {
    this.items.push(effect(wasm.returnCallIndirect, inputs, typeIndex));
  }

  return(value: Value): void {
    this.items.push(effect(wasm.return, [value], 0));
  }

  if(condition: Value, then: () => void, otherwise?: () => void): void {
    const taken: Item[] = [];
    const other: Item[] = [];
    const outer = this.items;
    this.items = taken;
    then();
    this.items = other;
    otherwise?.();
    this.items = outer;
    const branch = other.length === 0 ? this.branchIn(taken, outer) : null;
    if (branch) outer.push(statement('branch', [condition], NO_ITEMS, NO_ITEMS, branch));
    else outer.push(statement('if', [condition], taken, other, null));
  }

  /** Where items branch to that do nothing else, or nothing but what may be done before in any case: that is done. */
  private branchIn(items: readonly Item[], before: Item[]): Scope | null {
    const last = items[items.length - 1];
    if (items.length === 0 || items.length > 2 || last.kind !== 'branch' || last.inputs.length > 0) return null;
    if (items.length === 1) return last.scope;
    const [first] = items;
    if (first.kind !== 'effect' || first.opcode !== wasm.localSet || first.immediate !== this.label?.index) return null;
    if (first.inputs[0].opcode !== wasm.i32Const) return null;
    before.push(first);
    return last.scope;
  }

  /** Writes `body` into a scope: branching to it goes behind a block, or back to the start of a loop. */
  within(scope: Scope, body: () => void): void {
    this.items.push(statement('scope', NO_VALUES, NO_ITEMS, NO_ITEMS, scope));
    this.fill(scope.items, body);
  }

  /** A place in the code that is filled later. */
  section(): Item[] {
    const items: Item[] = [];
    this.items.push(statement('section', NO_VALUES, items, NO_ITEMS, null));
    return items;
  }

  fill(section: Item[], body: () => void): void {
    const outer = this.items;
    this.items = section;
    body();
    this.items = outer;
  }

  /** Takes over what was written into a section elsewhere. */
  adopt(items: Item[]): void {
    this.items.push(...items);
  }

  /** Only from inside the scope. */
  branch(to: Scope): void {
    this.items.push(statement('branch', NO_VALUES, NO_ITEMS, NO_ITEMS, to));
  }

  branchIf(condition: Value, to: Scope): void {
    this.items.push(statement('branch', [condition], NO_ITEMS, NO_ITEMS, to));
  }

  branchTable(index: Value, to: readonly Scope[], otherwise: Scope): void {
    this.items.push(statement('table', [index], NO_ITEMS, NO_ITEMS, otherwise, to));
  }

  /** The same pure computation once more, for where nobody wants its result to be kept until then; of other values
   *  `instead` of some of its sources. */
  again(value: Value, instead?: ReadonlyMap<Value, Value>): Value {
    const other = instead?.get(value);
    if (other) return other;
    if (value.anchored || value.pinned || value.inputs.length === 0) return value;
    const inputs = value.inputs.map((input) => this.again(input, instead));
    return this.value(value.type, value.opcode, inputs, value.immediate);
  }

  /** What `again` would not compute anew and has to find, for all these together. */
  sources(values: readonly Value[]): Value[] {
    const found = new Set<Value>();
    const search = (value: Value) => {
      if (value.opcode === wasm.i32Const || value.opcode === wasm.i64Const) return;
      if (value.anchored || value.pinned) found.add(value);
      else value.inputs.forEach(search);
    };
    values.forEach(search);
    return [...found];
  }

  /** The function's code entry: locals and body (core spec 5.5.13). */
  finish(): ByteWriter {
    return new FunctionWriter(this.parameterCount, this.localTypes).write(this.top);
  }

  private newLocal(type: WasmType): number {
    this.localTypes.push(type);
    return this.parameterCount + this.localTypes.length - 1;
  }
}

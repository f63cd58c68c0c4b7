/**
 * Builds one WebAssembly function from values and statements.  A value is a node in a graph; what is used twice is kept
 * in a local, what is used once is written where it is used, what is not used is not written at all.  Whatever reads the
 * changing world (loads, calls, variables) is evaluated where it was asked for, never later.
 */

import type { ByteWriter } from './bytes.ts';
import type { Item, Scope, Value, Variable, WasmType } from './function-items.ts';
import { FunctionWriter } from './function-writer.ts';
import { wasm } from './wasm-opcodes.ts';

export type { Scope, Value, Variable, WasmType } from './function-items.ts';

export class FunctionBuilder {
  private readonly top: Item[] = [];
  private items = this.top;
  private readonly localTypes: WasmType[] = [];
  private readonly parameterCount: number;
  constructor(parameterCount: number) {
    this.parameterCount = parameterCount;
  }

  /** A node of the graph. Operands count their uses only when the function is written. */
  value(type: WasmType, opcode: number, inputs: readonly Value[], immediate = 0, anchored = false): Value {
    const value: Value = {
      kind: 'value',
      type,
      opcode,
      inputs,
      immediate,
      anchored,
      pinned: false,
      uses: 0,
      local: -1,
    };
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
    this.items.push({ kind: 'effect', opcode, inputs: [address, value], immediate: offset });
  }

  /** As if all bytes were read before the first is written. */
  copyBytes(to: Value, from: Value, length: Value): void {
    this.items.push({ kind: 'effect', opcode: wasm.memoryCopy, inputs: [to, from, length], immediate: 0 });
  }

  fillBytes(to: Value, byte: Value, length: Value): void {
    this.items.push({ kind: 'effect', opcode: wasm.memoryFill, inputs: [to, byte, length], immediate: 0 });
  }

  variable(type: WasmType = 'i32'): Variable {
    return { type, index: this.newLocal(type) };
  }

  set(variable: Variable, value: Value): void {
    this.items.push({ kind: 'effect', opcode: wasm.localSet, inputs: [value], immediate: variable.index });
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
    this.items.push({ kind: 'effect', opcode: wasm.returnCall, inputs, immediate: index });
  }

  /** Calls through table 0 the function whose table index is the last input. */
  tailCallIndirect(typeIndex: number, inputs: Value[]): void {
    this.items.push({ kind: 'effect', opcode: wasm.returnCallIndirect, inputs, immediate: typeIndex, second: 0 });
  }

  return(value: Value): void {
    this.items.push({ kind: 'effect', opcode: wasm.return, inputs: [value], immediate: 0 });
  }

  if(condition: Value, then: () => void, otherwise?: () => void): void {
    const item: Item = { kind: 'if', condition, taken: [], otherwise: [] };
    const outer = this.items;
    this.items = item.taken;
    then();
    this.items = item.otherwise;
    otherwise?.();
    this.items = outer;
    outer.push(item);
  }

  /** Writes `body` into a scope: branching to it goes behind a block, or back to the start of a loop. */
  within(scope: Scope, body: () => void): void {
    this.items.push({ kind: 'scope', scope });
    this.fill(scope.items, body);
  }

  /** A place in the code that is filled later. */
  section(): Item[] {
    const items: Item[] = [];
    this.items.push({ kind: 'section', items });
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
    this.items.push({ kind: 'branch', to });
  }

  branchTable(index: Value, to: readonly Scope[], otherwise: Scope): void {
    this.items.push({ kind: 'table', index, to, otherwise });
  }

  /** The same pure computation once more, for where nobody wants its result to be kept until then. */
  again(value: Value): Value {
    if (value.anchored || value.pinned || value.inputs.length === 0) return value;
    const inputs = value.inputs.map((input) => this.again(input));
    return this.value(value.type, value.opcode, inputs, value.immediate);
  }

  /** The function's code entry: locals and body (core spec 5.5.13). */
  /** The function's code entry. */
  finish(): ByteWriter {
    return new FunctionWriter(this.parameterCount, this.localTypes).write(this.top);
  }

  private newLocal(type: WasmType): number {
    this.localTypes.push(type);
    return this.parameterCount + this.localTypes.length - 1;
  }
}

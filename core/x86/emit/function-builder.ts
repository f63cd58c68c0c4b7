/**
 * Builds one WebAssembly function from values and statements.  A value is a node in a graph; what is used twice is kept
 * in a local, what is used once is written where it is used, what is not used is not written at all.  Whatever reads the
 * changing world (loads, calls, variables) is evaluated where it was asked for, never later.
 */

import { ByteWriter } from './bytes.ts';
import { wasm } from './wasm-opcodes.ts';

export type WasmType = 'i32' | 'i64' | 'f64';

export interface Value {
  readonly kind: 'value';
  readonly type: WasmType;
  readonly opcode: number;
  readonly inputs: readonly Value[];
  /** Constant, memory offset, variable or function index, as the opcode wants. A constant may change until it is written. */
  immediate: number;
  /** Must be evaluated in place. */
  readonly anchored: boolean;
  /** Lives in a local anyway: `again` need not compute it. */
  pinned: boolean;
  uses: number;
  local: number;
}

export interface Variable {
  readonly type: WasmType;
  readonly index: number;
}

/** A stretch of code that can be left, or started again, from inside. */
export interface Scope {
  readonly loop: boolean;
  readonly items: Item[];
}

type Item =
  | Value
  | { kind: 'effect'; opcode: number; inputs: Value[]; immediate: number; second?: number }
  | { kind: 'if'; condition: Value; taken: Item[]; otherwise: Item[] }
  | { kind: 'scope'; scope: Scope }
  | { kind: 'branch'; to: Scope }
  | { kind: 'table'; index: Value; to: readonly Scope[]; otherwise: Scope }
  | { kind: 'section'; items: Item[] };

const LOADS = new Set<number>([
  wasm.i32Load,
  wasm.i64Load,
  wasm.i32Load8S,
  wasm.i32Load8U,
  wasm.i32Load16S,
  wasm.i32Load16U,
]);
const ALIGNMENT_UNKNOWN = 0;
const TYPE_BYTES = { i32: wasm.typeI32, i64: wasm.typeI64, f64: wasm.typeF64 } as const;

export class FunctionBuilder {
  private readonly top: Item[] = [];
  private items = this.top;
  private readonly localTypes: WasmType[] = [];
  private readonly parameterCount: number;
  /** What encloses the item being written, outermost first; null for an if. */
  private readonly open: (Scope | null)[] = [];

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
  finish(): ByteWriter {
    countUses(this.top);
    const body = new ByteWriter();
    this.writeItems(this.top, body);
    body.byte(wasm.unreachable);
    body.byte(wasm.end);
    const code = new ByteWriter();
    code.unsigned(this.localTypes.length);
    for (const type of this.localTypes) {
      code.unsigned(1);
      code.byte(TYPE_BYTES[type]);
    }
    code.append(body);
    const sized = new ByteWriter();
    sized.unsigned(code.length);
    sized.append(code);
    return sized;
  }

  private newLocal(type: WasmType): number {
    this.localTypes.push(type);
    return this.parameterCount + this.localTypes.length - 1;
  }

  private writeItems(items: readonly Item[], out: ByteWriter): void {
    for (const item of items) this.writeItem(item, out);
  }

  private writeItem(item: Item, out: ByteWriter): void {
    switch (item.kind) {
      case 'value':
        this.writeKept(item, out);
        break;
      case 'if':
        this.writeIf(item, out);
        break;
      case 'section':
        this.writeItems(item.items, out);
        break;
      case 'scope':
        this.writeScope(item.scope, out);
        break;
      case 'branch':
        out.byte(wasm.br);
        out.unsigned(this.depthOf(item.to));
        break;
      case 'table':
        this.writeTable(item, out);
        break;
      case 'effect':
        for (const input of item.inputs) this.writeUse(input, out);
        writeInstruction(item.opcode, item.immediate, out, item.second);
        break;
    }
  }

  private writeScope(scope: Scope, out: ByteWriter): void {
    out.byte(scope.loop ? wasm.loop : wasm.block);
    out.byte(wasm.typeEmpty);
    this.open.push(scope);
    this.writeItems(scope.items, out);
    this.open.pop();
    out.byte(wasm.end);
  }

  private writeTable(item: Extract<Item, { kind: 'table' }>, out: ByteWriter): void {
    this.writeUse(item.index, out);
    out.byte(wasm.brTable);
    out.unsigned(item.to.length);
    for (const scope of item.to) out.unsigned(this.depthOf(scope));
    out.unsigned(this.depthOf(item.otherwise));
  }

  /** How many open scopes, ifs included, lie between here and one of them. */
  private depthOf(scope: Scope): number {
    const at = this.open.lastIndexOf(scope);
    if (at < 0) throw new Error('a branch to a scope that is not open');
    return this.open.length - 1 - at;
  }

  private writeIf(item: Extract<Item, { kind: 'if' }>, out: ByteWriter): void {
    this.writeUse(item.condition, out);
    out.byte(wasm.if);
    out.byte(wasm.typeEmpty);
    this.open.push(null);
    this.writeItems(item.taken, out);
    if (item.otherwise.length > 0) {
      out.byte(wasm.else);
      this.writeItems(item.otherwise, out);
    }
    this.open.pop();
    out.byte(wasm.end);
  }

  /** Evaluates a value that must live in a local, at the place where it was made. */
  private writeKept(value: Value, out: ByteWriter): void {
    const called = isCall(value);
    if (value.uses === 0 && !called) return;
    if (!value.anchored && (value.uses === 1 || isPlainLocal(value))) return;
    this.writeExpression(value, out);
    if (value.uses === 0) {
      out.byte(wasm.drop);
      return;
    }
    value.local = this.newLocal(value.type);
    out.byte(wasm.localSet);
    out.unsigned(value.local);
  }

  private writeUse(value: Value, out: ByteWriter): void {
    if (value.local >= 0) {
      out.byte(wasm.localGet);
      out.unsigned(value.local);
    } else this.writeExpression(value, out);
  }

  private writeExpression(value: Value, out: ByteWriter): void {
    for (const input of value.inputs) this.writeUse(input, out);
    writeInstruction(value.opcode, value.immediate, out);
  }
}

const isCall = (value: Value) => value.opcode === wasm.call || value.opcode === wasm.callIndirect;
const isPlainLocal = (value: Value) => value.opcode === wasm.localGet && !value.anchored;

/** Counts how often each value is needed, from the effects backwards, so that what only dead values need is dead too. */
function countUses(items: readonly Item[]): void {
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    if (item.kind === 'value') {
      if (item.uses > 0 || isCall(item)) for (const input of item.inputs) input.uses++;
    } else if (item.kind === 'effect') {
      for (const input of item.inputs) input.uses++;
    } else if (item.kind === 'if') {
      countUses(item.otherwise);
      countUses(item.taken);
      item.condition.uses++;
    } else if (item.kind === 'table') item.index.uses++;
    else if (item.kind === 'scope') countUses(item.scope.items);
    else if (item.kind === 'section') countUses(item.items);
  }
}

function writeInstruction(opcode: number, immediate: number, out: ByteWriter, second?: number): void {
  if (opcode > 0xff) {
    writeBulkInstruction(opcode, out);
    return;
  }
  out.byte(opcode);
  if (LOADS.has(opcode) || (opcode >= wasm.i32Store && opcode <= wasm.i32Store16)) {
    out.unsigned(ALIGNMENT_UNKNOWN);
    out.unsigned(immediate);
  } else if (opcode === wasm.i32Const) out.signed(immediate);
  else if (opcode === wasm.i64Const) out.signed64(BigInt(immediate));
  else if (opcode === wasm.returnCallIndirect || opcode === wasm.callIndirect) {
    out.unsigned(immediate);
    out.unsigned(second ?? 0);
  } else if (opcode === wasm.localGet || opcode === wasm.localSet || opcode === wasm.call || opcode === wasm.returnCall)
    out.unsigned(immediate);
}

/** Prefix, operation, and the memories it works on: ours is number 0, in a copy twice (core spec 5.4.7). */
function writeBulkInstruction(opcode: number, out: ByteWriter): void {
  out.byte(opcode >>> 8);
  out.byte(opcode & 0xff);
  out.byte(0);
  if (opcode === wasm.memoryCopy) out.byte(0);
}

/**
 * Writes the items of a function as WebAssembly.  What is used twice is kept in a local, what is used once is written
 * where it is used, what is not used is not written at all.
 */

import { ByteWriter } from './bytes.ts';
import { type Item, isCall, type Scope, type Value, type WasmType } from './function-items.ts';
import { wasm } from './wasm-opcodes.ts';

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

/** The body of a function whose locals so far are `localTypes`; adds those it needs itself. */
export class FunctionWriter {
  private readonly localTypes: WasmType[];
  private readonly parameterCount: number;
  /** What encloses the item being written, outermost first; null for an if. */
  private readonly open: (Scope | null)[] = [];

  constructor(parameterCount: number, localTypes: WasmType[]) {
    this.parameterCount = parameterCount;
    this.localTypes = localTypes;
  }

  /** The code entry: locals and body (core spec 5.5.13). */
  write(items: readonly Item[]): ByteWriter {
    countUses(items);
    const body = new ByteWriter();
    this.writeItems(items, body);
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

const isPlainLocal = (value: Value) => value.opcode === wasm.localGet && !value.anchored;

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

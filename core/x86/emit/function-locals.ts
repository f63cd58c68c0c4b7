/**
 * Locals for values that are kept: a local is given to another value when the last use of the one before has been
 * written.  V8's compilers carry every local through every branch, so what a function costs to compile is its branches
 * times its locals.
 *
 * A value is computed on every way to its uses.  So it is enough that nobody else has its local between the two, and that is
 * the stretch of code from one to the other; except that a use inside a loop that began after the value was made comes again
 * until the loop ends.
 */

import type { ByteWriter } from './bytes.ts';
import type { Value, WasmType } from './function-items.ts';
import { wasm } from './wasm-opcodes.ts';

const TYPE_BYTES = { i32: wasm.typeI32, i64: wasm.typeI64, f64: wasm.typeF64 } as const;

interface Loop {
  readonly began: number;
  /** Given up inside, but wanted until it ends. */
  readonly held: Value[];
}

export class FunctionLocals {
  private readonly parameterCount: number;
  private readonly types: WasmType[];
  private readonly free: Record<WasmType, number[]> = { i32: [], i64: [], f64: [] };
  private readonly loops: Loop[] = [];
  private time = 0;

  constructor(parameterCount: number, types: WasmType[]) {
    this.parameterCount = parameterCount;
    this.types = types;
  }

  give(value: Value): void {
    value.born = ++this.time;
    value.local = this.free[value.type].pop() ?? this.create(value.type);
  }

  /** The last use of the value was written. */
  release(value: Value): void {
    for (const loop of this.loops) {
      if (loop.began < value.born) continue;
      loop.held.push(value);
      return;
    }
    this.free[value.type].push(value.local);
  }

  beginLoop(): void {
    this.loops.push({ began: ++this.time, held: [] });
  }

  endLoop(): void {
    for (const value of this.loops.pop()?.held ?? []) this.free[value.type].push(value.local);
  }

  /** As code entries say it: how many of which type, in runs. */
  declare(out: ByteWriter): void {
    const starts = this.types.flatMap((type, index) => (type === this.types[index - 1] ? [] : [index]));
    out.unsigned(starts.length);
    for (const [run, start] of starts.entries()) {
      out.unsigned((starts[run + 1] ?? this.types.length) - start);
      out.byte(TYPE_BYTES[this.types[start]]);
    }
  }

  private create(type: WasmType): number {
    this.types.push(type);
    return this.parameterCount + this.types.length - 1;
  }
}

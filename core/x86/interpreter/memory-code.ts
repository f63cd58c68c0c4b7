/**
 * Memory access as handlers do it: one look into the translation table of the page, and everything unusual (no entry,
 * a page crossed, a watched page, a segment with limits) on a path of its own.  A table entry is
 * host address − linear address − 1, never 0 for a page that is there.
 */

import type { FunctionBuilder, Value, Variable } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { memoryMap, segmentLayout } from '../state.ts';
import { type Control, imported } from './control.ts';
import { entryIn } from './page-code.ts';

export const loadOpcode: Readonly<Record<number, number>> = {
  1: wasm.i32Load8U,
  2: wasm.i32Load16U,
  4: wasm.i32Load,
  8: wasm.i64Load,
};
export const storeOpcode: Readonly<Record<number, number>> = {
  1: wasm.i32Store8,
  2: wasm.i32Store16,
  4: wasm.i32Store,
  8: wasm.i64Store,
};

const STACK_FAULT = 12;
const GENERAL_PROTECTION = 13;

export class MemoryCode {
  private readonly code: FunctionBuilder;
  private readonly control: Control;

  constructor(code: FunctionBuilder, control: Control) {
    this.code = code;
    this.control = control;
  }

  private binary(opcode: number, a: Value, b: Value): Value {
    return this.code.value('i32', opcode, [a, b]);
  }

  /** A variable that holds the address in the memory object of `size` bytes at `linear`; leaves with the fault if there is none. */
  locate(linear: Value, size: number, write: boolean): Variable {
    const { code } = this;
    const host = code.variable();
    const entry = entryIn(code, this.control.state(write ? 'writeTable' : 'readTable'), linear);
    let fast: Value = this.binary(wasm.i32Ne, entry, code.constant(0));
    if (size > 1) {
      const inPage = this.binary(wasm.i32And, linear, code.constant(0xfff));
      fast = this.binary(wasm.i32And, fast, this.binary(wasm.i32LeU, inPage, code.constant(4096 - size)));
    }
    code.if(
      fast,
      () => code.set(host, this.binary(wasm.i32Add, this.binary(wasm.i32Add, linear, entry), code.constant(1))),
      () => {
        const slow = code.call(write ? imported.slowWrite : imported.slowRead, [linear, code.constant(size)]);
        code.set(host, slow);
        code.if(this.binary(wasm.i32Eq, slow, code.constant(-1)), () => this.control.fault());
      },
    );
    return host;
  }

  load(host: Variable, size: number): Value {
    return this.code.load(loadOpcode[size], this.code.get(host), 0);
  }

  store(host: Variable, size: number, value: Value): void {
    this.code.store(storeOpcode[size], this.code.get(host), value, 0);
  }

  /** After a store through `host`: if it went to the scratch page, puts it where it belongs; `dropped` is written for
   *  the case that decoded code went away by it. */
  finish(host: Variable, dropped: () => void): void {
    const { code } = this;
    const watched = this.binary(wasm.i32Eq, code.get(host), code.constant(memoryMap.scratch));
    code.if(watched, () => code.if(code.call(imported.finishWrite, []), dropped));
  }

  /** Linear address of `offset` through the segment whose state lies at `segment`, with limit and type checks. */
  throughSegment(segment: Value, offset: Value, size: number, write: boolean, stack: boolean): Value {
    const { code } = this;
    const at = segmentLayout.at;
    const low = code.load(wasm.i32Load, segment, write ? at.writeLow : at.readLow);
    const high = code.load(wasm.i32Load, segment, write ? at.writeHigh : at.readHigh);
    const last = this.binary(wasm.i32Add, offset, code.constant(size - 1));
    const below = this.binary(wasm.i32LtU, offset, low);
    const beyond = this.binary(wasm.i32GtU, last, high);
    const wrapped = this.binary(wasm.i32LtU, last, offset);
    const empty = this.binary(wasm.i32GtU, low, high);
    const outside = this.binary(
      wasm.i32Or,
      this.binary(wasm.i32Or, below, beyond),
      this.binary(wasm.i32Or, wrapped, empty),
    );
    code.if(outside, () => {
      this.control.setState('faultVector', code.constant(stack ? STACK_FAULT : GENERAL_PROTECTION));
      this.control.setState('faultError', code.constant(0));
      this.control.fault();
    });
    return this.binary(wasm.i32Add, offset, code.load(wasm.i32Load, segment, at.base));
  }
}

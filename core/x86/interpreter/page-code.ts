/**
 * Pages, in generated code: the entry of a linear address in a translation table, and the physical page of a place in the
 * memory object.
 */

import type { ArithmeticWriter } from '../emit/arithmetic-writer.ts';
import type { FunctionBuilder, Value } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { memoryMap } from '../state.ts';

const PAGE_SHIFT = 12;
const WORD_SHIFT = 2;

/** The entry of the page of a linear address in the translation table, or the table of code pages, at `table`. */
export function entryIn(code: FunctionBuilder, table: Value, linear: Value): Value {
  const page = code.value('i32', wasm.i32ShrU, [linear, code.constant(PAGE_SHIFT)]);
  const place = code.value('i32', wasm.i32Shl, [page, code.constant(WORD_SHIFT)]);
  return code.load(wasm.i32Load, code.value('i32', wasm.i32Add, [table, place]), 0);
}

/** The physical page of the address `host` in the memory object. Below RAM it means nothing. */
export function physicalPageOf(w: ArithmeticWriter, host: Value): Value {
  return w.shiftRight(w.sub(host, w.constant(memoryMap.ram)), w.constant(PAGE_SHIFT));
}

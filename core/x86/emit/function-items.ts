/**
 * What a function is made of before it is written: values, statements and the scopes they stand in.
 */

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

export const newScope = (loop = false): Scope => ({ loop, items: [] });

export type Item =
  | Value
  | { kind: 'effect'; opcode: number; inputs: Value[]; immediate: number; second?: number }
  | { kind: 'if'; condition: Value; taken: Item[]; otherwise: Item[] }
  | { kind: 'scope'; scope: Scope }
  | { kind: 'branch'; to: Scope }
  | { kind: 'table'; index: Value; to: readonly Scope[]; otherwise: Scope }
  | { kind: 'section'; items: Item[] };

export const isCall = (value: Value) => value.opcode === wasm.call || value.opcode === wasm.callIndirect;

/**
 * What a function is made of before it is written: values, statements and the scopes they stand in.
 */

import { wasm } from './wasm-opcodes.ts';

export type WasmType = 'i32' | 'i64' | 'f64';

/** A class, and not a literal, because of V8: the first wide constant outdates the form of all nodes before it, and then
 *  a literal may go on making the outdated one, so that each node is converted when it is first looked at. */
export class Value {
  readonly kind = 'value';
  readonly type: WasmType;
  readonly opcode: number;
  readonly inputs: readonly Value[];
  /** Constant, memory offset, variable or function index, as the opcode wants. A constant may change until it is written. */
  immediate: number;
  /** Must be evaluated in place. */
  readonly anchored: boolean;
  /** Lives in a local anyway: `again` need not compute it. */
  pinned = false;
  uses = 0;
  local = -1;
  /** When it was put into its local, in items written before. */
  born = 0;

  constructor(type: WasmType, opcode: number, inputs: readonly Value[], immediate: number, anchored: boolean) {
    this.type = type;
    this.opcode = opcode;
    this.inputs = inputs;
    this.immediate = immediate;
    this.anchored = anchored;
  }
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

/** All statements have one form, for there are many of them, and V8 likes what looks alike. */
export interface Statement {
  readonly kind: 'effect' | 'if' | 'scope' | 'branch' | 'table' | 'section';
  /** An effect's operands; the condition of an if or a branch, the index into a table. */
  readonly inputs: readonly Value[];
  readonly opcode: number;
  readonly immediate: number;
  readonly second: number;
  /** What an if or a section contains. */
  readonly items: Item[];
  readonly otherwise: Item[];
  /** The scope that is opened, or branched to. */
  readonly scope: Scope | null;
  readonly table: readonly Scope[];
}

export type Item = Value | Statement;

const NOTHING: Item[] = [];
const NOWHERE: readonly Scope[] = [];

export function effect(opcode: number, inputs: readonly Value[], immediate: number, second = 0): Statement {
  const nothing = NOTHING;
  return {
    kind: 'effect',
    inputs,
    opcode,
    immediate,
    second,
    items: nothing,
    otherwise: nothing,
    scope: null,
    table: NOWHERE,
  };
}

/** Any other statement. */
export function statement(
  kind: Statement['kind'],
  inputs: readonly Value[],
  items: Item[],
  otherwise: Item[],
  scope: Scope | null,
  table: readonly Scope[] = NOWHERE,
): Statement {
  return { kind, inputs, opcode: 0, immediate: 0, second: 0, items, otherwise, scope, table };
}

export const isCall = (value: Value) => value.opcode === wasm.call || value.opcode === wasm.callIndirect;

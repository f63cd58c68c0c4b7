/**
 * Memory as regions reach it: one look into the translation table, and everything unusual is a way out of the region.
 *
 * Accesses that differ by a constant only, [esp+8] and [esp+12], mostly lie on one page.  The first of them looks for
 * all: it checks the whole stretch from the lowest to the highest byte, which is known when the block has been written.
 * That is sound because hardly anything inside a region changes a translation, and behind what does all looks are
 * forgotten.  A stretch that lies across a page boundary leaves the region each time; who leaves too often so is
 * translated again with a look for each access (`apart`).
 */

import type { FunctionBuilder, Value, Variable } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { stateLayout } from '../state.ts';
import { type FoldingArithmetic, isConstant } from './folding-arithmetic.ts';

const PAGE = 4096;
/** The longest stretch that one look may stand for. */
const LONGEST_STRETCH = 128;
/** An address may be this many sums away from where it started. */
const DEEPEST_SUM = 24;

interface Stretch {
  readonly entry: Value;
  readonly write: boolean;
  low: number;
  high: number;
  /** Constants in the code that wait for the stretch to be known. */
  readonly lowNode: Value;
  readonly roomNode: Value;
}

/** The looks made so far, by the value that addresses count from. */
export type Looks = ReadonlyMap<Value, readonly Stretch[]>;

export class RegionMemory {
  private readonly code: FunctionBuilder;
  private readonly m: FoldingArithmetic;
  private readonly apart: boolean;
  private readonly leaveIf: (condition: Value, crossing: boolean) => void;
  private readonly readTable: Variable;
  private readonly writeTable: Variable;
  private looks = new Map<Value, readonly Stretch[]>();

  constructor(
    code: FunctionBuilder,
    arithmetic: FoldingArithmetic,
    apart: boolean,
    leaveIf: (condition: Value, crossing: boolean) => void,
  ) {
    this.code = code;
    this.m = arithmetic;
    this.apart = apart;
    this.leaveIf = leaveIf;
    this.readTable = code.variable();
    this.writeTable = code.variable();
  }

  get known(): Looks {
    return new Map(this.looks);
  }

  begin(known: Looks): void {
    this.looks = new Map(known);
  }

  /** Pages may lie elsewhere from here on. */
  forget(): void {
    this.looks.clear();
  }

  writeEntry(): void {
    const { code } = this;
    const load = (at: number) => code.load(wasm.i32Load, code.constant(0), at);
    code.set(this.readTable, load(stateLayout.at.readTable));
    code.set(this.writeTable, load(stateLayout.at.writeTable));
  }

  /** Address in the memory object, less one, of `size` bytes on one page of the translation tables. */
  hostAt(linear: Value, size: number, write: boolean): Value {
    const { base, displacement } = parts(linear);
    const entry = this.lookedFor(base, displacement, size, write) ?? this.look(base, displacement, size, write);
    const host = this.code.value('i32', wasm.i32Add, [linear, entry]);
    host.pinned = true;
    return host;
  }

  /** The table's entry, if an earlier look can be made to cover this access as well. */
  private lookedFor(base: Value, displacement: number, size: number, write: boolean): Value | null {
    if (this.apart) return null;
    for (const stretch of this.looks.get(base) ?? []) {
      const low = Math.min(stretch.low, displacement);
      const high = Math.max(stretch.high, displacement + size);
      if ((write && !stretch.write) || high - low > LONGEST_STRETCH) continue;
      stretch.low = low;
      stretch.high = high;
      stretch.lowNode.immediate = low;
      stretch.roomNode.immediate = PAGE - (high - low);
      return stretch.entry;
    }
    return null;
  }

  private look(base: Value, displacement: number, size: number, write: boolean): Value {
    const { code, m } = this;
    const lowNode = code.constant(displacement);
    const roomNode = code.constant(PAGE - size);
    const start = code.value('i32', wasm.i32Add, [base, lowNode]);
    const page = m.shiftLeft(m.shiftRight(start, m.constant(12)), m.constant(2));
    const table = code.get(write ? this.writeTable : this.readTable);
    const entry = code.load(wasm.i32Load, m.add(table, page), 0);
    this.leaveIf(m.isZero(entry), false);
    if (size > 1 || !this.apart) {
      const inPage = m.and(start, m.constant(PAGE - 1));
      this.leaveIf(code.value('i32', wasm.i32LtU, [roomNode, inPage]), !this.apart);
    }
    const stretch = { entry, write, low: displacement, high: displacement + size, lowNode, roomNode };
    this.looks.set(base, [...(this.looks.get(base) ?? []), stretch]);
    return entry;
  }
}

/** An address as a value and a constant distance from it. */
function parts(linear: Value): { base: Value; displacement: number } {
  let base = linear;
  let displacement = 0;
  for (let depth = 0; depth < DEEPEST_SUM; depth++) {
    const [a, b] = base.inputs;
    if (base.opcode === wasm.i32Add && isConstant(b)) displacement += b.immediate;
    else if (base.opcode === wasm.i32Sub && isConstant(b)) displacement -= b.immediate;
    else break;
    base = a;
  }
  return { base, displacement: displacement | 0 };
}

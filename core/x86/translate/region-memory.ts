/**
 * Memory as regions reach it: one look into the translation table, and everything unusual is a way out of the region.
 *
 * Accesses that differ by a constant only, [esp+8] and [esp+12], mostly lie on one page.  The first of them looks for
 * all: it checks the whole stretch from the lowest to the highest byte, which is known when the block has been written.
 * That is sound because hardly anything inside a region changes a translation, and behind what does all looks are
 * forgotten.  A stretch that lies across a page boundary leaves the region each time; who leaves too often so is
 * translated again and looks whether both pages lead to the same place (`spanning`), and if they do not, with a look for
 * each access (`apart`).
 */

import type { FunctionBuilder, Value, Variable } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { imported } from '../interpreter/control.ts';
import { entryIn } from '../interpreter/page-code.ts';
import { eflag, memoryMap, stateLayout } from '../state.ts';
import type { Wear } from './exit-table.ts';
import { type FoldingArithmetic, isConstant } from './folding-arithmetic.ts';

const PAGE = 4096;
const PAGE_SHIFT = 12;
const USER_RING = 3;
/** Longer accesses are no single ones. */
const LONGEST_ASKED = 8;
/** The longest stretch that one look may stand for. */
const LONGEST_STRETCH = 128;
/** An index may be shifted so far to the left. */
const MOST_SCALED = 3;
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
  /** Part of an address that may lie too near the page's end: none while there is one byte only. */
  readonly maskNode: Value;
  /** From the first byte to the last. */
  readonly lengthNode: Value;
}

/** How a region reaches memory: with a look for each access, and which operations ask, or go on across two pages. */
export interface MemoryTerms {
  readonly apart: boolean;
  readonly asking: ReadonlySet<number>;
  readonly spanning: ReadonlySet<number>;
}

/** How accesses leave the region. */
export interface MemoryWays {
  /** Whether the present instruction goes on across two pages. */
  spans(): boolean;
  /** Before the instruction has changed anything. */
  leaveIf(condition: Value, wear: Wear): void;
  leaveWithFault(): void;
  leaveIfDropped(): void;
  /** After it is done. */
  leaveBehind(): void;
}

/** The looks made so far: by the value that addresses count from, and by pages. */
export interface Looks {
  readonly stretches: ReadonlyMap<Value, readonly Stretch[]>;
  readonly pages: ReadonlyMap<number, Value>;
}
export const noLooks: Looks = { stretches: new Map(), pages: new Map() };

export class RegionMemory {
  private readonly code: FunctionBuilder;
  private readonly m: FoldingArithmetic;
  private readonly apart: boolean;
  private readonly ways: MemoryWays;
  private readonly readTable: Variable;
  private readonly writeTable: Variable;
  /** Set if the instruction being written asks, until it ends. */
  asks = false;
  /** It asks in order to write. */
  private asked = false;
  /** Not 0 if its write dropped decoded code. */
  private readonly dropped: Variable;
  private looks = new Map<Value, readonly Stretch[]>();
  /** Those for pages that are known, by number; for reading only by its complement. */
  private pageLooks = new Map<number, Value>();

  constructor(code: FunctionBuilder, arithmetic: FoldingArithmetic, apart: boolean, ways: MemoryWays) {
    this.code = code;
    this.m = arithmetic;
    this.apart = apart;
    this.ways = ways;
    this.readTable = code.variable();
    this.writeTable = code.variable();
    this.dropped = code.variable();
  }

  get known(): Looks {
    return { stretches: new Map(this.looks), pages: new Map(this.pageLooks) };
  }

  begin(known: Looks): void {
    this.looks = new Map(known.stretches);
    this.pageLooks = new Map(known.pages);
  }

  /** Pages may lie elsewhere from here on. */
  forget(): void {
    this.looks.clear();
    this.pageLooks.clear();
  }

  writeEntry(): void {
    const { code } = this;
    const load = (at: number) => code.load(wasm.i32Load, code.constant(0), at);
    code.set(this.readTable, load(stateLayout.at.readTable));
    code.set(this.writeTable, load(stateLayout.at.writeTable));
  }

  /** Address in the memory object, less one, of `size` bytes on one page of the translation tables. */
  hostAt(linear: Value, size: number, write: boolean): Value {
    if (this.asks && size <= LONGEST_ASKED) return this.ask(linear, size, write);
    const host = this.code.value('i32', wasm.i32Add, [linear, this.entryFor(linear, size, write)]);
    host.pinned = true;
    return host;
  }

  private entryFor(linear: Value, size: number, write: boolean): Value {
    const page = knownPage(linear, size);
    if (page !== null) return this.entryOfPage(page, write);
    const { base, displacement } = parts(linear);
    return this.lookedFor(base, displacement, size, write) ?? this.look(base, displacement, size, write);
  }

  /** An access to a table or a variable whose page is known: the look need not wait for the address. */
  private entryOfPage(page: number, write: boolean): Value {
    const looked = (write: boolean) => this.pageLooks.get(write ? page : ~page);
    const known = looked(true) ?? (write ? undefined : looked(false));
    if (known) return known;
    const { code, m } = this;
    const entry = code.load(wasm.i32Load, code.get(write ? this.writeTable : this.readTable), page << 2);
    this.ways.leaveIf(m.isZero(entry), 'miss');
    this.pageLooks.set(write ? page : ~page, entry);
    return entry;
  }

  private entryOf(linear: Value, write: boolean): Value {
    return entryIn(this.code, this.code.get(write ? this.writeTable : this.readTable), linear);
  }

  /** Asks where the interpreter's handlers ask. Whatever that changes, the instruction has changed nothing: it may still
   *  be done anew. While alignment is checked every access asks, which is the interpreter's to do. */
  private ask(linear: Value, size: number, write: boolean): Value {
    const { code, m, ways } = this;
    const host = code.variable();
    const entry = this.entryOf(linear, write);
    const inPage = m.below(m.and(linear, m.constant(PAGE - 1)), m.constant(PAGE - size + 1));
    if (write) {
      this.asked = true;
      code.set(this.dropped, code.constant(0));
    }
    code.if(
      m.and(m.notEqual(entry, m.constant(0)), inPage),
      () => code.set(host, m.add(linear, entry)),
      () => {
        ways.leaveIf(this.isAlignmentChecked(), 'never');
        const found = code.call(write ? imported.slowWrite : imported.slowRead, [linear, code.constant(size)]);
        code.set(host, m.sub(found, m.constant(1)));
        code.if(m.equal(found, m.constant(-1)), () => ways.leaveWithFault());
        ways.leaveIfDropped();
      },
    );
    this.forget();
    return code.get(host);
  }

  private isAlignmentChecked(): Value {
    const { code, m } = this;
    const state = (at: number) => code.load(wasm.i32Load, code.constant(0), at);
    const { cr0, flagsRest, cpl } = stateLayout.at;
    const checked = m.and(m.and(state(cr0), state(flagsRest)), m.constant(eflag.alignment));
    return m.and(m.equal(state(cpl), m.constant(USER_RING)), m.notEqual(checked, m.constant(0)));
  }

  /** After a store through `host`. */
  finish(host: Value): void {
    if (!this.asked) return;
    const { code, m } = this;
    code.if(m.equal(host, m.constant(memoryMap.scratch - 1)), () => {
      code.set(this.dropped, code.call(imported.finishWrite, []));
    });
  }

  /** The instruction is done. */
  end(): void {
    this.asks = false;
    if (!this.asked) return;
    this.asked = false;
    this.code.if(this.code.get(this.dropped), () => this.ways.leaveBehind());
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
      stretch.maskNode.immediate = high - low > 1 ? PAGE - 1 : 0;
      stretch.lengthNode.immediate = high - low - 1;
      return stretch.entry;
    }
    return null;
  }

  private look(base: Value, displacement: number, size: number, write: boolean): Value {
    const { code, m } = this;
    const lowNode = code.constant(displacement);
    const roomNode = code.constant(PAGE - size);
    const start = code.value('i32', wasm.i32Add, [base, lowNode]);
    const entry = this.entryOf(start, write);
    this.ways.leaveIf(m.isZero(entry), 'miss');
    const maskNode = code.constant(size > 1 ? PAGE - 1 : 0);
    const lengthNode = code.constant(size - 1);
    if (size > 1 || !this.apart) {
      const inPage = code.value('i32', wasm.i32And, [start, maskNode]);
      const crosses = code.value('i32', wasm.i32LtU, [roomNode, inPage]);
      if (this.ways.spans()) code.if(crosses, () => this.span(start, lengthNode, entry, write));
      else this.ways.leaveIf(crosses, this.apart ? 'never' : 'crossing');
    }
    const stretch = {
      entry,
      write,
      low: displacement,
      high: displacement + size,
      lowNode,
      roomNode,
      maskNode,
      lengthNode,
    };
    this.looks.set(base, [...(this.looks.get(base) ?? []), stretch]);
    return entry;
  }

  /** Two pages that lie behind each other in the memory object, too, are as good as one. */
  private span(start: Value, lengthNode: Value, entry: Value, write: boolean): void {
    const last = this.code.value('i32', wasm.i32Add, [start, lengthNode]);
    this.ways.leaveIf(this.m.notEqual(this.entryOf(last, write), entry), this.apart ? 'never' : 'crossing');
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

/** The page on which bytes lie whose address is a constant, or a constant and an index of a few bits; null if unknown. */
function knownPage(linear: Value, size: number): number | null {
  const { base, displacement } = parts(linear);
  const index = isConstant(base) ? { least: base.immediate, most: base.immediate } : rangeOf(base);
  if (index === null) return null;
  const first = index.least + displacement;
  const last = index.most + displacement + size - 1;
  return first >>> PAGE_SHIFT === last >>> PAGE_SHIFT && last - first < PAGE ? first >>> PAGE_SHIFT : null;
}

/** What a value lies between, if it is a byte or so, perhaps shifted. */
function rangeOf({ opcode, inputs }: Value): { least: number; most: number } | null {
  const [a, b] = inputs;
  if (opcode === wasm.i32And && isConstant(b)) {
    return b.immediate >= 0 && b.immediate < PAGE ? { least: 0, most: b.immediate } : null;
  }
  if (opcode === wasm.i32Load8U) return { least: 0, most: 0xff };
  if (opcode === wasm.i32Extend8S) return { least: -0x80, most: 0x7f };
  if (opcode !== wasm.i32Shl || !isConstant(b) || b.immediate > MOST_SCALED) return null;
  const inner = rangeOf(a);
  return inner && { least: inner.least << b.immediate, most: inner.most << b.immediate };
}

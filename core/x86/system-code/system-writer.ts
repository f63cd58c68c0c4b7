/**
 * What handlers of system instructions are written with.  They look before they leap: as long as something may still be
 * unusual nothing changes, and the first unusual thing is answered by giving up, so that the service (or the run loop)
 * finds the world untouched.
 */

import { ArithmeticWriter } from '../emit/arithmetic-writer.ts';
import type { FunctionBuilder, Value } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { Control } from '../interpreter/control.ts';
import { FlagsCode } from '../interpreter/flags-code.ts';
import { entryIn } from '../interpreter/page-code.ts';
import type { Routine } from '../interpreter/written-handlers.ts';
import { words } from '../memory/words.ts';
import { eflag, memoryMap, mode, stateLayout } from '../state.ts';

const { ATTRIBUTED, ATTRIBUTED_BY_RING, CODE_TABLE, CODE_TABLE_ROW, CPL, FLAGS_REST, MODE } = words;
const { READ_TABLE, SEGMENT_WORDS, SUPERVISOR_READ_TABLE, WRITE_TABLE } = words;

/** The stack's part of a mode in which it is flat and of 32 bits. */
export const FLAT_STACK = mode.stack32 | mode.flatStack;
const PAGE = 4096;
/** From a set's supervisor's read table to the ring 3 one, and to the ones for writing (memory/translation-tables.ts). */
const USER_TABLE = memoryMap.tlbTableBytes;
const WRITE_TABLES = 2 * memoryMap.tlbTableBytes;
const PAIR_SHIFT = 3;
const MARK = 4;
const at = stateLayout.at;
const addressOf = (word: number) => word << 2;

export type Counter =
  | 'cr3Loads'
  | 'tlbFills'
  | 'pageWalks'
  | 'segmentLoads'
  | 'tableLoads'
  | 'deliveries'
  | 'iretInstructions'
  | 'farTransfers';

/** What a routine answers (interpreter/written-handlers.ts). */
const DONE = 0;
const UNABLE = 1;

export class SystemWriter extends ArithmeticWriter {
  readonly control: Control;
  private readonly flags: FlagsCode;
  private readonly giveUp: () => void;

  constructor(code: FunctionBuilder, giveUp: () => void) {
    super(code);
    this.control = new Control(code);
    this.flags = new FlagsCode(code, this.control);
    this.giveUp = giveUp;
  }

  get builder(): FunctionBuilder {
    return this.code;
  }

  giveUpIf(condition: Value): void {
    this.code.if(condition, this.giveUp);
  }

  if(condition: Value, then: () => void, otherwise?: () => void): void {
    this.code.if(condition, then, otherwise);
  }

  // --- memory and the state, by the words of memory/words.ts ---

  load(address: Value, offset = 0): Value {
    return this.code.load(wasm.i32Load, address, offset);
  }

  store(address: Value, value: Value, offset = 0): void {
    this.code.store(wasm.i32Store, address, value, offset);
  }

  word(word: number): Value {
    return this.load(this.constant(0), addressOf(word));
  }

  setWord(word: number, value: Value): void {
    this.store(this.constant(0), value, addressOf(word));
  }

  /** A word of a memory that lies at `base`. */
  of(base: Value, word: number): Value {
    return this.load(base, addressOf(word));
  }

  /** Not zero if any of these pairs differ. */
  anyDiffer(...pairs: [Value, Value][]): Value {
    return pairs.map(([a, b]) => this.xor(a, b)).reduce((any, next) => this.or(any, next));
  }

  above(a: Value, b: Value): Value {
    return this.below(b, a);
  }

  atLeast(a: Value, b: Value): Value {
    return this.code.value('i32', wasm.i32GeU, [a, b]);
  }

  /** Copies a segment register of eight words. */
  copySegment(toWord: number, from: Value, fromWord: number): void {
    for (let offset = 0; offset < SEGMENT_WORDS * 4; offset += 8) {
      const both = this.code.load(wasm.i64Load, from, addressOf(fromWord) + offset);
      this.code.store(wasm.i64Store, this.constant(0), both, addressOf(toWord) + offset);
    }
  }

  /** Address in the memory object of `bytes` bytes (and `more`) at `linear`, if the table named by this state word has
   *  them in one piece; gives up otherwise. */
  open(table: number, linear: Value, bytes: number, more = this.constant(0)): Value {
    const entry = this.entryOf(table, linear);
    const offset = this.add(this.and(linear, this.constant(PAGE - 1)), more);
    const crosses = this.above(offset, this.constant(PAGE - bytes));
    this.giveUpIf(bytes > 1 ? this.or(this.isZero(entry), crosses) : this.isZero(entry));
    return this.add(this.add(linear, entry), this.constant(1));
  }

  entryOf(table: number, linear: Value): Value {
    return entryIn(this.code, this.word(table), linear);
  }

  /** Gives up unless the two dwords at each of these linear addresses, as descriptors are read, are those remembered in
   *  these words at `base`. Addresses that were remembered with them: then they lie on one page. */
  expectPairs(base: Value, ...pairs: [linear: Value, word: number][]): void {
    const { code } = this;
    const wide = (opcode: number, inputs: Value[]) => code.value('i64', opcode, inputs);
    const hosts = pairs.map(([linear]) => {
      const entry = this.entryOf(SUPERVISOR_READ_TABLE, linear);
      this.giveUpIf(this.isZero(entry));
      return this.add(linear, entry);
    });
    const differences = pairs.map(([, word], index) => {
      const now = code.load(wasm.i64Load, hosts[index], 1);
      return wide(wasm.i64Xor, [now, code.load(wasm.i64Load, base, addressOf(word))]);
    });
    const any = differences.reduce((all, next) => wide(wasm.i64Or, [all, next]));
    this.giveUpIf(code.value('i32', wasm.i64Ne, [any, code.wideConstant(0)]));
  }

  // --- flags ---

  eflags(): Value {
    const bit = (name: 'zero' | 'sign' | 'overflow' | 'parity', flag: number) =>
      this.shiftLeft(this.flags.read(name), this.constant(Math.log2(flag)));
    const adjust = this.and(this.control.state('flagAdjust'), this.constant(eflag.adjust));
    return [
      this.word(FLAGS_REST),
      this.control.state('flagCarry'),
      bit('zero', eflag.zero),
      bit('sign', eflag.sign),
      bit('overflow', eflag.overflow),
      adjust,
      bit('parity', eflag.parity),
    ].reduce((all, next) => this.or(all, next), this.constant(eflag.one));
  }

  /** The arithmetic flags from an image, as State's setter takes them apart. */
  setArithmeticFlags(image: Value): void {
    const { control } = this;
    const bit = (flag: number) => this.and(this.shiftRight(image, this.constant(Math.log2(flag))), this.constant(1));
    const negated = (value: Value) => this.sub(this.constant(0), value);
    const opposite = (value: Value) => this.xor(value, this.constant(1));
    control.setState('flagCarry', bit(eflag.carry));
    control.setState('flagZero', opposite(bit(eflag.zero)));
    control.setState('flagSign', negated(bit(eflag.sign)));
    control.setState('flagParity', opposite(bit(eflag.parity)));
    control.setState('flagOverflow', negated(bit(eflag.overflow)));
    control.setState('flagAdjust', this.and(image, this.constant(eflag.adjust)));
  }

  // --- what has to happen beside the instruction itself ---

  count(counter: Counter): void {
    const { code } = this;
    const before = code.load(wasm.i64Load, this.constant(0), at[counter]);
    const after = code.value('i64', wasm.i64Add, [before, code.wideConstant(1)]);
    code.store(wasm.i64Store, this.constant(0), after, at[counter]);
  }

  /** From now on, with `budget` left, instructions count for `ring`. */
  enterRing(ring: Value, budget: Value): void {
    const counter = this.shiftLeft(this.word(CPL), this.constant(2));
    const since = this.sub(this.word(ATTRIBUTED), budget);
    const count = this.add(this.load(counter, addressOf(ATTRIBUTED_BY_RING)), since);
    this.store(counter, count, addressOf(ATTRIBUTED_BY_RING));
    this.setWord(ATTRIBUTED, budget);
    this.setWord(CPL, ring);
  }

  /** The pair of words for a mode in a row of code tables; gives up if that mode has no table. */
  codeTable(row: Value, mode: Value): Value {
    const pair = this.add(row, this.shiftLeft(mode, this.constant(PAIR_SHIFT)));
    this.giveUpIf(this.isZero(this.load(pair)));
    return pair;
  }

  /** Decoded code for another mode; `pair` comes from `codeTable` for this space's row. */
  selectMode(mode: Value, pair: Value): void {
    this.setWord(MODE, mode);
    this.takeCodeTable(pair);
  }

  private takeCodeTable(pair: Value): void {
    this.setWord(CODE_TABLE, this.load(pair));
    this.store(pair, this.constant(1), MARK);
  }

  /** The tables of this space for ring 3, or for the others. */
  selectTables(isUser: Value): void {
    const supervisor = this.word(SUPERVISOR_READ_TABLE);
    const read = this.add(supervisor, this.select(isUser, this.constant(USER_TABLE), this.constant(0)));
    this.setWord(READ_TABLE, read);
    this.setWord(WRITE_TABLE, this.add(read, this.constant(WRITE_TABLES)));
  }

  /** Another space, in a ring that is not 3. */
  selectSpace(supervisorTables: Value, row: Value, pair: Value): void {
    const write = this.add(supervisorTables, this.constant(WRITE_TABLES));
    for (const word of [READ_TABLE, SUPERVISOR_READ_TABLE]) this.setWord(word, supervisorTables);
    for (const word of [WRITE_TABLE, words.SUPERVISOR_WRITE_TABLE]) this.setWord(word, write);
    this.setWord(CODE_TABLE_ROW, row);
    this.takeCodeTable(pair);
  }
}

/** Writes a function whose giving up is said once, behind what `write` writes. */
export function writeOrGiveUp<Writer extends SystemWriter>(
  code: FunctionBuilder,
  writerOf: (giveUp: () => void) => Writer,
  write: (w: Writer) => void,
  giveUp: (w: Writer) => void,
): void {
  const unable = newScope(false);
  const w = writerOf(() => code.branch(unable));
  code.within(unable, () => write(w));
  giveUp(w);
}

/** The end of a routine that did it. */
export function finishRoutine({ builder }: SystemWriter): void {
  builder.return(builder.constant(DONE));
}

/** A routine that is unable wherever `write` gives up, and done behind it. */
export function routine(key: string, write: (w: SystemWriter, argument: Value) => void): Routine {
  return {
    key,
    write(code) {
      const w = new SystemWriter(code, () => code.return(code.constant(UNABLE)));
      write(w, code.parameter(1));
      finishRoutine(w);
    },
  };
}

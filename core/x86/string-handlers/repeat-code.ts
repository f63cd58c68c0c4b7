/**
 * What the handlers of repeated string instructions have in common: the registers they run on, how many elements lie in
 * the present pages, and when a chunk's instruction is paid for.  All of it as system/strings.ts has it: a chunk ends
 * with the page and counts as one instruction.  A page that is not in the tables is asked for here, and faults
 * here.  Downwards only for copies, with 32-bit addresses and not stepping; the service does the rest, and every chunk that
 * has a page watched or crossed, or a segment that ends.
 */

import { ArithmeticWriter } from '../emit/arithmetic-writer.ts';
import type { FunctionBuilder, Value, Variable } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import { type Instruction, registerNumber, type SegmentNumber } from '../instruction.ts';
import { Control, HANDLER_TYPE, imported, local } from '../interpreter/control.ts';
import { FlagsCode } from '../interpreter/flags-code.ts';
import { slot } from '../interpreter/handlers.ts';
import { loadOpcode } from '../interpreter/memory-code.ts';
import { engineExit } from '../interpreter/operation.ts';
import { entryIn } from '../interpreter/page-code.ts';
import { type Comparer, compare } from '../meaning/comparison.ts';
import type { FlagEffect } from '../meaning/machine.ts';
import { eflag, memoryMap, segmentAddress, segmentLayout, stateLayout } from '../state.ts';

const PAGE = 4096;
/** As many bytes are done at once where it makes no difference. */
export const EIGHT = 8;
/** No question about writing is longer (system-code/memory-misses.ts). */
const MOST_ASKED = 64;
const state = stateLayout.at;
const segmentField = segmentLayout.at;

/** One of the two strings: the register that points into it, and the segment it lies in. */
export interface StringPlace {
  readonly register: typeof registerNumber.esi | typeof registerNumber.edi;
  readonly segment: SegmentNumber;
  /** The segment is flat: no base to add, no limit to look at. */
  readonly flat: boolean;
  readonly write: boolean;
}

/** A string as far as the present chunk is concerned. */
export interface OpenString {
  readonly place: StringPlace;
  readonly offset: Value;
  readonly linear: Value;
  /** Of the element that comes first, if that is not the lowest. */
  readonly top: Value | null;
}

export class RepeatCode extends ArithmeticWriter implements Comparer {
  readonly control: Control;
  readonly size: number;
  private readonly flags: FlagsCode;
  /** What is left of the budget behind this block's instructions. */
  private readonly budget: Variable;
  /** The chunk's start: another one begins there. */
  private again = newScope(true);

  constructor(code: FunctionBuilder, instruction: Instruction) {
    super(code);
    this.control = new Control(code);
    this.flags = new FlagsCode(code, this.control);
    this.size = instruction.operandSize;
    this.budget = code.variable();
  }

  setFlags(effect: FlagEffect): void {
    this.flags.write(effect, this.size);
  }

  /** al, ax or eax. */
  accumulator(): Value {
    return this.code.load(loadOpcode[this.size], this.constant(0), state.general);
  }

  /** An element over and over, as long as a word is. */
  spread(element: Value): Value {
    if (this.size === 4) return element;
    return this.mul(element, this.constant(this.size === 2 ? 0x0001_0001 : 0x0101_0101));
  }

  /** A word twice, as a wide value. */
  twice(word: Value): Value {
    return this.wideOr(this.wide(word), this.wideShiftLeft(this.wide(word), this.wideConstant(32)));
  }

  /** Base 2 logarithm of the size. */
  get sizeShift(): Value {
    return this.constant(Math.log2(this.size));
  }

  /** The whole handler; `chunk` is written once and does a chunk upwards, `down` the same downwards. */
  write(chunk: (left: Value) => void, down: ((left: Value) => void) | null = null): void {
    const { code, control } = this;
    code.set(this.budget, control.budget);
    const flag = (bits: number) => this.and(control.state('flagsRest'), this.constant(bits));
    code.if(flag(down ? eflag.trap : eflag.direction | eflag.trap), () => this.pass());
    if (down) code.if(flag(eflag.direction), () => this.writeChunks(down));
    this.writeChunks(chunk);
  }

  private writeChunks(chunk: (left: Value) => void): void {
    const { code } = this;
    this.again = newScope(true);
    code.within(this.again, () => {
      const left = this.pointer(registerNumber.ecx);
      code.if(this.isZero(left), () => this.proceed());
      chunk(left);
    });
  }

  /** Leaves this chunk, of which nothing is done yet, to the service. */
  pass(): void {
    const { code, control } = this;
    code.tailCallIndirect(HANDLER_TYPE, [control.operation, code.get(this.budget), this.constant(slot.service)]);
  }

  /** The instruction is done. */
  proceed(): void {
    this.control.proceed(this.code.get(this.budget));
  }

  protected pointer(register: number): Value {
    return this.code.load(wasm.i32Load, this.constant(0), state.general + 4 * register);
  }

  private setPointer(register: number, value: Value): void {
    this.code.store(wasm.i32Store, this.constant(0), value, state.general + 4 * register);
  }

  open(place: StringPlace): OpenString {
    const offset = this.pointer(place.register);
    const base = () => this.segment(place, segmentField.base);
    return { place, offset, linear: place.flat ? offset : this.add(offset, base()), top: null };
  }

  private segment(place: StringPlace, field: number): Value {
    return this.code.load(wasm.i32Load, this.constant(segmentAddress(place.segment)), field);
  }

  /** The lesser of `elements` and those that lie whole in the string's page. */
  withinPage(string: OpenString, elements: Value): Value {
    const inPage = this.and(string.linear, this.constant(PAGE - 1));
    const room = this.shiftRight(this.sub(this.constant(PAGE), inPage), this.sizeShift);
    return this.select(this.below(room, elements), room, elements);
  }

  /** The lesser of `elements` and those that lie in the string's page at its pointer and below; passes if the one at the
   *  pointer does not. */
  withinPageDown(string: OpenString, elements: Value): Value {
    const inPage = this.and(string.linear, this.constant(PAGE - 1));
    const behind = this.add(inPage, this.constant(this.size));
    this.code.if(this.below(this.constant(PAGE), behind), () => this.pass());
    const room = this.shiftRight(behind, this.sizeShift);
    return this.select(this.below(room, elements), room, elements);
  }

  /** The string from its lowest byte on, where `length` bytes end with the element at its pointer. */
  lowered({ place, offset, linear }: OpenString, length: Value): OpenString {
    const distance = this.sub(length, this.constant(this.size));
    return { place, offset: this.sub(offset, distance), linear: this.sub(linear, distance), top: linear };
  }

  /** Behind a look at the pages: `elements` of `left` are in them. */
  begin(_left: Value, elements: Value): void {
    this.code.if(this.isZero(elements), () => this.pass());
  }

  /** Before anything changes: `done` elements of `left` were compared, and `ended` says whether a comparison ended it. */
  found(_ended: Value, _left: Value, _done: Value): void {}

  /** What the flags are to say. */
  compared(left: Value, right: Value): void {
    compare(this, left, right);
  }

  /** Where the first of `length` bytes of one page lies in the memory object; passes if it may not be had just so. */
  host(string: OpenString, length: Value): Value {
    const { code } = this;
    const host = code.variable();
    if (!string.place.flat) code.if(this.outside(string, length), () => this.pass());
    const entry = this.entryOf(string);
    code.if(
      entry,
      () => code.set(host, this.add(this.add(string.linear, entry), this.constant(1))),
      () => this.ask(string, length, host),
    );
    return code.get(host);
  }

  private entryOf({ place, linear }: OpenString): Value {
    return entryIn(this.code, this.control.state(place.write ? 'writeTable' : 'readTable'), linear);
  }

  /** Has the page looked for, and leaves with the fault if it may not be accessed.  A page beside decoded code has no entry
   *  for writing even then, but says of a few bytes whether they matter. */
  protected ask(string: OpenString, length: Value, host: Variable): void {
    const { code, control } = this;
    const { linear, place, top } = string;
    code.if(this.isAlignmentChecked(), () => this.pass());
    const one = this.constant(this.size);
    const few = this.below(length, this.constant(MOST_ASKED + 1));
    const asked = place.write && !top ? this.select(few, length, one) : one;
    code.set(host, code.call(place.write ? imported.slowWrite : imported.slowRead, [top ?? linear, asked]));
    code.if(this.equal(code.get(host), this.constant(-1)), () => {
      code.tailCall(local.fault, [control.operation, code.get(this.budget)]);
    });
    if (top) {
      const entry = this.entryOf(string);
      code.if(this.isZero(entry), () => this.pass());
      code.set(host, this.add(this.add(linear, entry), this.constant(1)));
    } else if (place.write) this.passIfWatched(string, few, host);
  }

  private passIfWatched(string: OpenString, few: Value, host: Variable): void {
    const { code } = this;
    code.if(this.isZero(this.entryOf(string)), () => {
      const watched = this.equal(code.get(host), this.constant(memoryMap.scratch));
      code.if(this.or(watched, this.isZero(few)), () => this.pass());
    });
  }

  /** Of several elements asked for at once alignment would be looked at as if they were one. */
  private isAlignmentChecked(): Value {
    return this.and(this.control.state('flagsRest'), this.constant(eflag.alignment));
  }

  /** Whether a chunk reaches beyond its segment's limits, or around the end of the address range. */
  private outside({ place, offset }: OpenString, length: Value): Value {
    const last = this.sub(this.add(offset, length), this.constant(1));
    const low = this.segment(place, place.write ? segmentField.writeLow : segmentField.readLow);
    const high = this.segment(place, place.write ? segmentField.writeHigh : segmentField.readHigh);
    return this.or(this.or(this.below(offset, low), this.below(high, last)), this.below(last, offset));
  }

  /** `elements` are done: moves the registers on. */
  advance(strings: readonly OpenString[], left: Value, elements: Value, bytes: Value): void {
    for (const { place, offset } of strings) this.setPointer(place.register, this.add(offset, bytes));
    this.setPointer(registerNumber.ecx, this.sub(left, elements));
  }

  /** Behind a chunk that did `elements` of `left`: ends the instruction, or goes on with the next chunk if the budget
   *  covers it and the rest of the block once more. */
  next(left: Value, elements: Value): void {
    const { code, control } = this;
    code.if(this.equal(left, elements), () => this.proceed());
    const budget = this.sub(code.get(this.budget), this.constant(1));
    code.if(code.value('i32', wasm.i32LtS, [budget, this.constant(0)]), () => {
      control.setState('eip', control.field('eip'));
      control.setState('budgetLeft', this.add(budget, control.field('remaining')));
      code.return(this.constant(engineExit.budget));
    });
    code.set(this.budget, budget);
    code.branch(this.again);
  }
}

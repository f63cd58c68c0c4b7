/**
 * The x87's registers inside a region of the translator's.  Code written one behind the other knows what the code in
 * front of it left: where TOP is, counted from where it was at first, which registers are in use, and what is in them, in
 * locals of the region's.  The state is kept up to date all the same, so a region may be left anywhere; but nobody waits
 * for what was stored a moment ago, or asks again what has been asked.
 */

import type { Scope, Value } from '../../emit/function-builder.ts';
import { newScope } from '../../emit/function-items.ts';
import { wasm } from '../../emit/wasm-opcodes.ts';
import { segmentNumber } from '../../instruction.ts';
import type { InlineSite, Routine } from '../../interpreter/written-handlers.ts';
import { segmentAddress, segmentLayout, stateLayout } from '../../state.ts';
import { control, exception, status } from '../words.ts';
import { type Held, Insight, REGISTERS, type Result, variablesOf } from './insight.ts';
import { SignificandWriter } from './significand-writer.ts';

const at = stateLayout.at;
type StateWord = keyof typeof at;

const SIGNIFICAND = at.fpu;
/** Sign and exponent: sixteen bits as in memory, in a word. */
const HEAD = at.fpu + 8;
const REGISTER_SHIFT = 4;
const CODE_SELECTOR = segmentAddress(segmentNumber.cs) + segmentLayout.at.selector;
/** CR0.EM and CR0.TS. */
const UNAVAILABLE = (1 << 2) | (1 << 3);
/** What most programs want all day: 64 bits, to nearest, precision masked. */
const CONTROLS = (3 << control.roundingShift) | (3 << control.precisionShift) | exception.precision;
const USUALLY = (3 << control.precisionShift) | exception.precision;

export class HeldStack extends SignificandWriter {
  readonly site: InlineSite;
  private readonly routine: Routine;
  private readonly known: Insight;

  /** For one instruction; `routine` does all of it. */
  constructor(site: InlineSite, routine: Routine) {
    super(site.code);
    this.site = site;
    this.routine = routine;
    this.known = site.insight instanceof Insight ? site.insight.copy() : this.lookAround();
  }

  /** The instruction is written. */
  end(): void {
    this.site.insight = this.known;
  }

  private lookAround(): Insight {
    const word = this.state('fpuStatus');
    const base = this.and(this.shiftRight(word, this.constant(status.topShift)), this.constant(REGISTERS - 1));
    return new Insight(base, this.withoutTop(word), this.state('fpuEmpty'));
  }

  private withoutTop(word: Value): Value {
    return this.and(word, this.constant(~status.top));
  }

  private state(name: StateWord): Value {
    return this.code.load(wasm.i32Load, this.constant(0), at[name]);
  }

  private setState(name: StateWord, value: Value): void {
    this.code.store(wasm.i32Store, this.constant(0), value, at[name]);
  }

  unableIf(condition: Value): void {
    this.code.if(condition, () => this.code.branch(this.site.unable));
  }

  /** ST(i), numbered as the insight does. */
  private register(i: number): number {
    return (this.known.top + i) & (REGISTERS - 1);
  }

  private place(register: number): Value {
    const { places, base } = this.known;
    const slot = this.and(this.add(base, this.constant(register)), this.constant(REGISTERS - 1));
    places[register] ??= this.shiftLeft(slot, this.constant(REGISTER_SHIFT));
    return places[register];
  }

  private tag(register: number): Value {
    const { tags } = this.known;
    tags[register] ??= this.shiftLeft(
      this.constant(1),
      this.shiftRight(this.place(register), this.constant(REGISTER_SHIFT)),
    );
    return tags[register];
  }

  /** No exception waits, the registers ST(i) named are in use, and if there is to be a push there is room. */
  require(inUse: readonly number[], push = false): void {
    const { known } = this;
    const troubles: Value[] = [];
    if (!known.isReady) {
      troubles.push(this.and(this.state('cr0'), this.constant(UNAVAILABLE)));
      troubles.push(this.and(known.rest, this.constant(status.summary)));
    }
    for (const register of inUse.map((i) => this.register(i))) {
      if (known.inUse[register] !== true) troubles.push(this.and(known.empty, this.tag(register)));
      known.inUse[register] = true;
    }
    const above = this.register(-1);
    if (push && known.inUse[above] !== false) troubles.push(this.isZero(this.and(known.empty, this.tag(above))));
    known.isReady = true;
    if (troubles.length > 0) this.unableIf(troubles.reduce((a, b) => this.or(a, b)));
  }

  private lookAtControls(): Value {
    return this.and(this.xor(this.state('fpuControl'), this.constant(USUALLY)), this.constant(CONTROLS));
  }

  forgetControls(): void {
    this.known.unusual = null;
  }

  /** What is in ST(i). */
  read(i: number): Held {
    const register = this.register(i);
    const { held } = this.known;
    held[register] ??= this.fetch(register);
    return held[register];
  }

  private fetch(register: number): Held {
    const place = this.place(register);
    return {
      significand: this.code.load(wasm.i64Load, place, SIGNIFICAND),
      head: this.code.load(wasm.i32Load, place, HEAD),
      isNumber: false,
    };
  }

  /** ST(i) holds something else. */
  write(i: number, held: Held): void {
    const register = this.register(i);
    const place = this.place(register);
    this.code.store(wasm.i64Store, place, held.significand, SIGNIFICAND);
    this.code.store(wasm.i32Store, place, held.head, HEAD);
    this.known.held[register] = held;
  }

  /** ST(i) was found to be a normal number or a zero. */
  isNumber(i: number): void {
    const register = this.register(i);
    const held = this.known.held[register];
    if (held) this.known.held[register] = { ...held, isNumber: true };
  }

  /** What is in ST(i) now is what the routine has left there. */
  forget(i: number): void {
    this.known.held[this.register(i)] = null;
  }

  push(held: Held): void {
    const { known } = this;
    known.top = this.register(-1);
    known.inUse[known.top] = true;
    known.empty = this.and(known.empty, this.not(this.tag(known.top)));
    this.setState('fpuEmpty', known.empty);
    this.write(0, held);
  }

  pop(count: number): void {
    const { known } = this;
    if (count === 0) return;
    for (let i = 0; i < count; i++) {
      known.inUse[known.top] = false;
      known.empty = this.or(known.empty, this.tag(known.top));
      known.top = this.register(1);
    }
    this.setState('fpuEmpty', known.empty);
  }

  /** ST(i) is in use, whatever it was before. */
  use(i: number): void {
    const { known } = this;
    const register = this.register(i);
    if (known.inUse[register] === true) return;
    known.inUse[register] = true;
    known.empty = this.and(known.empty, this.not(this.tag(register)));
    this.setState('fpuEmpty', known.empty);
  }

  /** The status word with C1 clear, all else but TOP as it was. */
  private get plainRest(): Value {
    const { rest, isC1Clear } = this.known;
    return isC1Clear ? rest : this.and(rest, this.constant(~status.c1));
  }

  /** The end of an instruction that rounds nothing: C1 is cleared, TOP is where it is now. */
  finishPlain(): void {
    const { known } = this;
    known.rest = this.plainRest;
    known.isC1Clear = true;
    this.storeStatus();
  }

  /** The same with conditions in place of the old ones. */
  finishCodes(cleared: number, codes: Value): void {
    const { known } = this;
    known.rest = this.or(this.and(known.rest, this.constant(~cleared)), codes);
    known.isC1Clear = true;
    this.storeStatus();
  }

  private storeStatus(): void {
    const { known } = this;
    const shift = this.constant(status.topShift - REGISTER_SHIFT);
    this.setState('fpuStatus', this.or(known.rest, this.shiftLeft(this.place(known.top), shift)));
  }

  /** After something that knows nothing of all this, and left TOP and tags alone. */
  reloadStatus(): void {
    this.known.rest = this.withoutTop(this.state('fpuStatus'));
    this.known.isC1Clear = false;
  }

  /** The instruction's address, for an exception handler (SDM 1 8.1.8). */
  leaveTrace(): void {
    const { site, known, code } = this;
    this.setState('fpuInstruction', site.eip());
    if (known.hasCodeSelector) return;
    known.hasCodeSelector = true;
    this.setState('fpuInstructionSelector', code.load(wasm.i32Load, this.constant(0), CODE_SELECTOR));
  }

  /** The same with the memory operand's. */
  leaveMemoryTrace(offset: Value): void {
    const { site, known, code } = this;
    this.leaveTrace();
    this.setState('fpuOperand', offset);
    const segment = site.segment();
    if (known.operandSegment === segment.immediate) return;
    known.operandSegment = segment.immediate;
    this.setState('fpuOperandSelector', code.load(wasm.i32Load, segment, segmentLayout.at.selector));
  }

  /** All of it by the routine. What the routine did to the stack is for the caller to say. */
  byRoutine(offset: Value | null): void {
    const { site, known } = this;
    site.call(this.routine, offset ?? this.constant(0));
    this.reloadStatus();
    known.hasCodeSelector = true;
    if (offset) known.operandSegment = site.segment().immediate;
  }

  /**
   * A result in place where rounding is to nearest and to 64 bits, nobody wants to hear of it, and `quick` does not branch
   * to where the routine is called.  What it goes to is a register, ST(i) before anything is popped, or memory.  Status
   * word and register are the caller's to store.
   */
  either(offset: Value | null, i: number | null, quick: (slow: Scope) => Result): Held {
    const { code, known } = this;
    const { significand, head, rest } = variablesOf(this.code);
    // What is to be known behind both ways is found out in front of them.
    const place = this.place(this.register(i ?? 0));
    const plain = this.plainRest;
    known.unusual ??= this.lookAtControls();
    const { unusual } = known;
    const done = newScope();
    const slow = newScope();
    code.within(done, () => {
      code.within(slow, () => {
        code.branchIf(unusual, slow);
        const result = quick(slow);
        if (i !== null) {
          code.set(significand, result.significand);
          code.set(head, result.head);
        }
        const inexact = this.shiftLeft(result.inexact, this.constant(Math.log2(exception.precision)));
        const roundedUp = this.shiftLeft(result.roundedUp, this.constant(Math.log2(status.c1)));
        code.set(rest, this.or(this.or(plain, inexact), roundedUp));
        code.branch(done);
      });
      this.site.call(this.routine, offset ?? this.constant(0));
      if (i !== null) {
        code.set(significand, code.load(wasm.i64Load, place, SIGNIFICAND));
        code.set(head, code.load(wasm.i32Load, place, HEAD));
      }
      code.set(rest, this.withoutTop(this.state('fpuStatus')));
    });
    known.rest = code.get(rest);
    known.isC1Clear = false;
    return { significand: code.get(significand), head: code.get(head), isNumber: true };
  }

  /** The end of an instruction whose result came from `either`. */
  finishRounded(): void {
    this.storeStatus();
  }
}

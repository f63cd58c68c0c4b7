/**
 * The register stack, the status word and the exceptions (SDM 1 8.1, 8.4, 8.5), over the x87 fields of the processor's
 * state.  A `Unit` also owns the scratch numbers that instructions compute in; what a guest could notice is all in the
 * state, and a Unit may be thrown away and made again between any two instructions.
 */

import { type State, stateLayout } from '../state.ts';
import { tagOf } from './compare.ts';
import { Real } from './format.ts';
import { forgetLastInstruction } from './last-instruction.ts';
import { Arithmetic } from './rounding.ts';
import { StateArea } from './state-area.ts';
import { BEFORE_COMPUTING, control, EXCEPTIONS, exception, precisionBits, status } from './words.ts';

const at = stateLayout.at;
const word = (offset: number): number => offset >>> 2;
const STATUS = word(at.fpuStatus);
const CONTROL = word(at.fpuControl);
const EMPTY = word(at.fpuEmpty);
const REGISTERS = word(at.fpu);

/** Results that go to memory are withheld by two more unmasked exceptions than those that go to a register. */
export const BEFORE_STORING = BEFORE_COMPUTING | exception.overflow | exception.underflow;

export class Unit {
  readonly math = new Arithmetic();
  readonly a = new Real();
  readonly b = new Real();
  readonly result = new Real();
  readonly second = new Real();
  readonly area = new StateArea();
  /** Of the memory operand the running instruction named, for the operand pointer. */
  operandOffset = 0;
  /** An unmasked exception was raised by the running instruction. */
  reported = false;
  readonly state: State;
  private readonly i32: Int32Array;

  constructor(state: State) {
    this.state = state;
    this.i32 = state.i32;
  }

  get status(): number {
    return this.i32[STATUS];
  }

  /** Sets flags, codes and TOP; `summary` and `busy` follow from the flags and the masks. */
  set status(value: number) {
    const pending = (value & ~this.i32[CONTROL] & EXCEPTIONS) !== 0;
    const rest = value & 0xffff & ~(status.summary | status.busy);
    this.i32[STATUS] = pending ? rest | status.summary | status.busy : rest;
  }

  get control(): number {
    return this.i32[CONTROL];
  }

  /** A new mask may uncover an old exception, or cover it. */
  set control(value: number) {
    this.i32[CONTROL] = (value & control.stored) | control.one;
    this.status = this.i32[STATUS];
  }

  /** One bit per physical register, 1 for empty. */
  get empty(): number {
    return this.i32[EMPTY];
  }

  set empty(value: number) {
    this.i32[EMPTY] = value & 0xff;
  }

  get top(): number {
    return (this.i32[STATUS] >>> status.topShift) & 7;
  }

  /** Physical number of ST(i). */
  slot(i: number): number {
    return (this.top + i) & 7;
  }

  isEmpty(i: number): boolean {
    return ((this.i32[EMPTY] >>> this.slot(i)) & 1) !== 0;
  }

  load(i: number, to: Real): void {
    this.loadPhysical(this.slot(i), to);
  }

  /** Writes ST(i) and marks it in use. */
  store(i: number, from: Real): void {
    const slot = this.slot(i);
    this.storePhysical(slot, from);
    this.i32[EMPTY] &= ~(1 << slot);
  }

  loadPhysical(slot: number, to: Real): void {
    const { i32 } = this;
    const index = REGISTERS + slot * 4;
    const top = i32[index + 2];
    to.set((top >>> 15) & 1, top & 0x7fff, i32[index + 1], i32[index]);
    to.classify();
  }

  storePhysical(slot: number, from: Real): void {
    const { i32 } = this;
    const index = REGISTERS + slot * 4;
    i32[index] = from.low;
    i32[index + 1] = from.high;
    i32[index + 2] = (from.sign << 15) | from.exponent;
  }

  /** Copies the ten bytes of ST(i), empty or not, to five halves. */
  saveRegister(i: number, halves: Uint16Array, to: number): void {
    const { u16 } = this.state;
    const from = (REGISTERS + this.slot(i) * 4) * 2;
    for (let half = 0; half < 5; half++) halves[to + half] = u16[from + half];
  }

  restoreRegister(i: number, halves: Uint16Array, from: number): void {
    const { u16 } = this.state;
    const to = (REGISTERS + this.slot(i) * 4) * 2;
    for (let half = 0; half < 5; half++) u16[to + half] = halves[from + half];
  }

  /** What a tag word says of a physical register that is not empty. */
  tagOf(slot: number): number {
    const { i32 } = this;
    const index = REGISTERS + slot * 4;
    return tagOf(i32[index + 2] & 0x7fff, i32[index + 1], i32[index]);
  }

  setEmpty(i: number): void {
    this.i32[EMPTY] |= 1 << this.slot(i);
  }

  /** Turns the stack: +1 pops without emptying, -1 pushes without filling. */
  rotate(by: number): void {
    const top = (this.top + by) & 7;
    this.i32[STATUS] = (this.i32[STATUS] & ~status.top) | (top << status.topShift);
  }

  push(from: Real): void {
    this.rotate(-1);
    this.store(0, from);
  }

  pop(): void {
    this.setEmpty(0);
    this.rotate(1);
  }

  /** Takes rounding, precision and masks from the control word and forgets the last instruction's exceptions. */
  begin(): void {
    const { math } = this;
    const word = this.i32[CONTROL];
    math.rounding = (word >>> control.roundingShift) & 3;
    math.precision = precisionBits[(word >>> control.precisionShift) & 3];
    math.unmasked = ~word & EXCEPTIONS;
    math.flags = 0;
    math.roundedUp = false;
    this.reported = false;
  }

  /** An operand's register is empty: the result, if anybody lets it be stored, is the indefinite. */
  stackUnderflow(): void {
    this.math.raise(exception.invalid | exception.stackFault);
    this.math.roundedUp = false;
    this.result.setIndefinite();
  }

  /** There is no room to push into. C1 tells this from an underflow. */
  stackOverflow(): void {
    this.math.raise(exception.invalid | exception.stackFault);
    this.math.roundedUp = true;
    this.result.setIndefinite();
  }

  /** True if the exceptions raised so far forbid storing a result; `blockers` are those that do so when unmasked. */
  isBlocked(blockers: number): boolean {
    return (this.math.flags & this.math.unmasked & blockers) !== 0;
  }

  // @journey ground/x87-exceptions
  // The x87 was once a chip of its own, and it still complains by letter.  An exception the program masked gets a
  // polite answer on the spot (a NaN, an infinity, a denormal) and a note in the status word.  One it did not mask
  // is only written down here; the trap comes when the next floating-point instruction finds the note, which may be a
  // thousand instructions later and somebody else's.  That is why the unit remembers where it stood (environment.ts).
  /** Writes the exceptions and C1 into the status word. Answers whether the result may be stored. */
  settle(blockers: number): boolean {
    const { math } = this;
    const blocked = this.isBlocked(blockers);
    let flags = math.flags;
    if (blocked && (flags & math.unmasked & BEFORE_COMPUTING) !== 0) {
      flags &= BEFORE_COMPUTING | exception.stackFault;
      if ((flags & exception.stackFault) === 0) math.roundedUp = false;
    }
    this.reported = (flags & math.unmasked) !== 0;
    const codes = (this.status & ~status.c1) | (math.roundedUp ? status.c1 : 0);
    if (flags === 0) this.i32[STATUS] = codes;
    else this.status = codes | flags;
    return !blocked;
  }
  // @end

  /** Replaces condition codes; `codes` is any of C0 C1 C2 C3. */
  setCodes(which: number, codes: number): void {
    this.i32[STATUS] = (this.i32[STATUS] & ~which) | codes;
  }
}

const units = new WeakMap<State, Unit>();

/** The unit of a board: made on first use, gone with its state. Boards never share scratch. */
export function unitOf(state: State): Unit {
  let unit = units.get(state);
  if (unit === undefined) {
    unit = new Unit(state);
    units.set(state, unit);
  }
  return unit;
}

/** What fninit sets: everything masked and empty, pointers zero. Registers keep their bits. */
export function initialize(unit: Unit): void {
  const { state } = unit;
  unit.control = control.initial;
  unit.status = 0;
  unit.empty = 0xff;
  forgetLastInstruction(state);
}

/** Power-up (SDM 3A 9.1.1): zeros in registers that count as used, nothing masked, 24 bits. Kernels say fninit first. */
export function resetX87(state: State): void {
  const unit = unitOf(state);
  initialize(unit);
  unit.control = control.reset;
  unit.empty = 0;
  state.u8.fill(0, at.fpu, at.fpu + stateLayout.sizeOf.fpu);
  state.u8.fill(0, at.xmm, at.xmm + stateLayout.sizeOf.xmm);
  state.set(at.mxcsr, 0x1f80);
}

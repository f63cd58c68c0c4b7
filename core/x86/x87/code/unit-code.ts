/**
 * The register stack, the status word and memory operands, as code (unit.ts, frame.ts and memory-operands.ts are the
 * same in TypeScript, and the reference).  Code written here does the common case: nothing pending, every register in
 * use that should be, memory that is simply there.  Anything else branches to `unable` before anything has changed, and
 * the service starts over.
 */

import type { Value } from '../../emit/function-builder.ts';
import { wasm } from '../../emit/wasm-opcodes.ts';
import { segmentNumber } from '../../instruction.ts';
import { entryIn } from '../../interpreter/page-code.ts';
import type { Site } from '../../interpreter/written-handlers.ts';
import { segmentAddress, segmentLayout, stateLayout } from '../../state.ts';
import { exception, status } from '../words.ts';
import { SignificandWriter } from './significand-writer.ts';

const at = stateLayout.at;
type StateWord = keyof typeof at;

const SIGNIFICAND = at.fpu;
/** Sign and exponent: sixteen bits as in memory, in a word. */
const HEAD = at.fpu + 8;
const REGISTER_SHIFT = 4;
const REGISTERS_MASK = 7;
const CODE_SELECTOR = segmentAddress(segmentNumber.cs) + segmentLayout.at.selector;
/** CR0.EM and CR0.TS. */
const UNAVAILABLE = (1 << 2) | (1 << 3);
const PAGE_BYTES = 4096;

export class UnitCode extends SignificandWriter {
  readonly site: Site;
  /** The status word and the tags as the instruction found them. */
  readonly status: Value;
  readonly empty: Value;
  /** Physical number of ST(0). */
  readonly top: Value;
  private readonly stateBase: Value;

  constructor(site: Site) {
    super(site.code);
    this.site = site;
    this.stateBase = this.constant(0);
    this.status = this.state('fpuStatus');
    this.empty = this.state('fpuEmpty');
    this.top = this.and(this.shiftRight(this.status, this.constant(status.topShift)), this.constant(REGISTERS_MASK));
  }

  state(name: StateWord): Value {
    return this.code.load(wasm.i32Load, this.stateBase, at[name]);
  }

  setState(name: StateWord, value: Value): void {
    this.code.store(wasm.i32Store, this.stateBase, value, at[name]);
  }

  unableIf(condition: Value): void {
    this.code.if(condition, () => this.code.branch(this.site.unable));
  }

  /** Physical number of ST(i). */
  slot(i: Value): Value {
    return this.and(this.add(this.top, i), this.constant(REGISTERS_MASK));
  }

  isEmpty(slot: Value): Value {
    return this.and(this.shiftRight(this.empty, slot), this.constant(1));
  }

  /** Nonzero if there is no unit to talk to. */
  private unavailable(): Value {
    return this.and(this.state('cr0'), this.constant(UNAVAILABLE));
  }

  /** For instructions that do not wait. */
  requireUnit(): void {
    this.unableIf(this.unavailable());
  }

  /** No exception waits, the registers named are in use, and if one is to be pushed there is room. */
  requireReady(inUse: readonly Value[], room: Value | null = null): void {
    let trouble = this.or(this.unavailable(), this.and(this.status, this.constant(status.summary)));
    for (const slot of inUse) trouble = this.or(trouble, this.isEmpty(slot));
    if (room) trouble = this.or(trouble, this.xor(this.isEmpty(room), this.constant(1)));
    this.unableIf(trouble);
  }

  private registerAddress(slot: Value): Value {
    return this.shiftLeft(slot, this.constant(REGISTER_SHIFT));
  }

  loadSignificand(slot: Value): Value {
    return this.code.load(wasm.i64Load, this.registerAddress(slot), SIGNIFICAND);
  }

  /** Sign and exponent. */
  loadHead(slot: Value): Value {
    return this.code.load(wasm.i32Load, this.registerAddress(slot), HEAD);
  }

  storeSignificand(slot: Value, significand: Value): void {
    this.code.store(wasm.i64Store, this.registerAddress(slot), significand, SIGNIFICAND);
  }

  storeHead(slot: Value, head: Value): void {
    this.code.store(wasm.i32Store, this.registerAddress(slot), head, HEAD);
  }

  /** The status word with C1 as told: 0 or 1. */
  withC1(word: Value, roundedUp: Value | null): Value {
    const without = this.and(word, this.constant(~status.c1));
    if (roundedUp === null) return without;
    return this.or(without, this.shiftLeft(roundedUp, this.constant(Math.log2(status.c1))));
  }

  /** The status word with PE added where `inexact` is 1. Masked, it raises nothing. */
  withPrecision(word: Value, inexact: Value): Value {
    return this.or(word, this.shiftLeft(inexact, this.constant(Math.log2(exception.precision))));
  }

  withTop(word: Value, top: Value): Value {
    const without = this.and(word, this.constant(~status.top));
    return this.or(without, this.shiftLeft(top, this.constant(status.topShift)));
  }

  private bitOf(slot: Value): Value {
    return this.shiftLeft(this.constant(1), slot);
  }

  /** Ends an instruction that pops `count` registers: tags and status word, TOP included. */
  finishPopping(word: Value, count: number): void {
    if (count === 0) {
      this.setState('fpuStatus', word);
      return;
    }
    let empty = this.empty;
    for (let i = 0; i < count; i++) empty = this.or(empty, this.bitOf(this.slot(this.constant(i))));
    this.setState('fpuEmpty', empty);
    this.setState('fpuStatus', this.withTop(word, this.slot(this.constant(count))));
  }

  /** Ends an instruction that wrote the register at `slot`, and pops if asked to. */
  finishCopying(word: Value, slot: Value, pops: boolean): void {
    const used = this.and(this.empty, this.not(this.bitOf(slot)));
    this.setState('fpuEmpty', pops ? this.or(used, this.bitOf(this.top)) : used);
    this.setState('fpuStatus', pops ? this.withTop(word, this.slot(this.constant(1))) : word);
  }

  /** Ends an instruction that pushes: `slot` is where the new ST(0) lies. */
  finishPushing(word: Value, slot: Value): void {
    this.markUsed(slot);
    this.setState('fpuStatus', this.withTop(word, slot));
  }

  markUsed(slot: Value): void {
    this.setState('fpuEmpty', this.and(this.empty, this.not(this.bitOf(slot))));
  }

  markEmpty(slot: Value): void {
    this.setState('fpuEmpty', this.or(this.empty, this.bitOf(slot)));
  }

  /** The instruction's address, for an exception handler (SDM 1 8.1.8). */
  leaveTrace(): void {
    this.setState('fpuInstruction', this.site.eip());
    this.setState('fpuInstructionSelector', this.code.load(wasm.i32Load, this.stateBase, CODE_SELECTOR));
  }

  /** The same with the memory operand's. */
  leaveMemoryTrace(offset: Value): void {
    this.leaveTrace();
    this.setState('fpuOperand', offset);
    const selector = this.code.load(wasm.i32Load, this.site.segment(), segmentLayout.at.selector);
    this.setState('fpuOperandSelector', selector);
  }

  /** Where `size` bytes at a linear address lie in the memory object, by the translation table alone. */
  locate(linear: Value, size: number, write: boolean): Value {
    const entry = entryIn(this.code, this.state(write ? 'writeTable' : 'readTable'), linear);
    const inPage = this.and(linear, this.constant(PAGE_BYTES - 1));
    const crosses = this.below(this.constant(PAGE_BYTES - size), inPage);
    this.unableIf(this.or(this.isZero(entry), crosses));
    return this.add(this.add(linear, entry), this.constant(1));
  }
}

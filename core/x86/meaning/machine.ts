/**
 * What an instruction's meaning is written against: a machine that may be writing an interpreter's handler or a piece of
 * translated code.  A meaning computes with values it cannot look into; it reads before it writes, writes memory before
 * registers, and registers and flags last, so that a fault anywhere leaves everything as it was.
 */

import type { Value } from '../emit/function-builder.ts';

export type { Value } from '../emit/function-builder.ts';

/** A handle on one operand of the instruction. `size` in bytes; what is read from 8 of them, and written to them, is a
 *  wide value. */
export interface Place {
  readonly index: number;
  readonly kind: 'register' | 'memory' | 'immediate' | 'relative' | 'other';
  readonly size: number;
  /** Bytes added to a memory operand's offset (bt with a register bit index). */
  readonly displaced?: Value;
}

export type FlagName = 'carry' | 'parity' | 'adjust' | 'zero' | 'sign' | 'overflow';

/** What to do to the flags; what is not named stays. */
export interface FlagEffect {
  /** Sets ZF, SF and PF from the low `size` bytes. */
  result?: Value;
  /** ZF alone: set if this is zero. */
  zero?: Value;
  sign?: Value;
  parity?: Value;
  /** 0 or 1. */
  carry?: Value;
  /** OF is the sign bit of the low `size` bytes. */
  overflow?: Value;
  /** AF is bit 4. */
  adjust?: Value;
  /** Size of the above, bytes; the instruction's operand size unless said. */
  size?: number;
}

/** Operations on 32-bit values, and on 64-bit ones where a product or quotient needs them. */
export interface Arithmetic {
  constant(value: number): Value;
  add(a: Value, b: Value): Value;
  sub(a: Value, b: Value): Value;
  mul(a: Value, b: Value): Value;
  and(a: Value, b: Value): Value;
  or(a: Value, b: Value): Value;
  xor(a: Value, b: Value): Value;
  not(a: Value): Value;
  /** Shift counts are taken modulo 32 (64 for wide values), as WebAssembly and the processor both do. */
  shiftLeft(a: Value, count: Value): Value;
  shiftRight(a: Value, count: Value): Value;
  shiftRightSigned(a: Value, count: Value): Value;
  rotateLeft(a: Value, count: Value): Value;
  equal(a: Value, b: Value): Value;
  notEqual(a: Value, b: Value): Value;
  isZero(a: Value): Value;
  below(a: Value, b: Value): Value;
  select(condition: Value, then: Value, otherwise: Value): Value;
  trailingZeros(a: Value): Value;
  leadingZeros(a: Value): Value;
  signExtend(a: Value, size: number): Value;
  zeroExtend(a: Value, size: number): Value;
  wide(a: Value): Value;
  wideSigned(a: Value): Value;
  narrow(a: Value): Value;
  wideConstant(value: number): Value;
  wideMul(a: Value, b: Value): Value;
  wideOr(a: Value, b: Value): Value;
  wideShiftLeft(a: Value, count: Value): Value;
  wideShiftRight(a: Value, count: Value): Value;
  wideShiftRightSigned(a: Value, count: Value): Value;
  wideDivide(a: Value, b: Value): Value;
  wideRemainder(a: Value, b: Value): Value;
  wideDivideSigned(a: Value, b: Value): Value;
  wideRemainderSigned(a: Value, b: Value): Value;
  wideAbove(a: Value, b: Value): Value;
  wideEqual(a: Value, b: Value): Value;
}

export interface Machine extends Arithmetic {
  /** Operand size of the instruction, bytes. */
  readonly size: 1 | 2 | 4;
  readonly addressSize: 2 | 4;
  /** Zero-extended. A memory operand that is also written is checked for writing already here. */
  read(place: Place): Value;
  /** Takes the low bytes of `value`. */
  write(place: Place, value: Value): void;
  /** Offset of a memory operand within its segment. */
  offsetOf(place: Place): Value;
  /** The same memory operand, `bytes` further on. */
  displace(place: Place, bytes: Value): Place;
  /** A general register by encoded number, zero-extended from `size` (default: the operand size). */
  register(number: number, size?: number): Value;
  setRegister(number: number, value: Value, size?: number): void;
  /** 0 or 1. */
  flag(name: FlagName): Value;
  setFlags(effect: FlagEffect): void;
  /** DF: 0 or 1. */
  direction(): Value;
  setDirection(down: boolean): void;
  /** 0 or 1: the condition the instruction's low four opcode bits name (SDM 1 appendix B). */
  condition(): Value;
  if(condition: Value, then: () => void, otherwise?: () => void): void;
  /** Ends the instruction with a fault if `condition` is not zero. */
  faultIf(condition: Value, vector: number): void;
  /** Width of the stack pointer: 4, or 2 with a 16-bit stack segment. */
  readonly stackSize: 2 | 4;
  /** Reads through the stack segment. */
  readStackAt(offset: Value, size: number): Value;
  /** Writes below the top of the stack, then moves esp; the fault check comes before anything changes. */
  push(value: Value, size: number): void;
  /** Moves the stack pointer up (respecting a 16-bit stack). */
  dropStack(bytes: Value): void;
  /** Offset of the following instruction. */
  next(): Value;
  /** Goes to next + distance; the last thing a meaning does. */
  jump(target: Place): void;
  jumpIf(condition: Value, target: Place): void;
  /** Goes to an offset in the code segment; the last thing a meaning does. */
  jumpTo(offset: Value): void;
}

export type Meaning = (m: Machine, ...operands: Place[]) => void;

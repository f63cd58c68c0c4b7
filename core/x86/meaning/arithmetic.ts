/**
 * Addition, subtraction and their kin (SDM 2A).  A carry is a sum that came out smaller than it went in; an overflow is
 * a sum whose sign neither operand had.  Values of 8 and 16 bits come zero-extended, so their carry is simply the next bit.
 */

import { compare, flagsOfDifference, flagsOfSum } from './comparison.ts';
import type { Machine, Meaning, Place, Value } from './machine.ts';

const EAX = 0;
const ECX = 1;
const EDX = 2;
const EBX = 3;

const carryOutOf = (m: Machine, sum: Value, a: Value) =>
  m.size === 4 ? m.below(sum, a) : m.and(m.shiftRight(sum, m.constant(8 * m.size)), m.constant(1));

export const add: Meaning = (m, to, from) => {
  const a = m.read(to);
  const b = m.read(from);
  const sum = m.add(a, b);
  m.write(to, sum);
  flagsOfSum(m, a, b, sum, carryOutOf(m, sum, a));
};

/** With a carry in, a 32-bit sum equal to what went in has carried too, if the carry did it. */
export const adc: Meaning = (m, to, from) => {
  const a = m.read(to);
  const b = m.read(from);
  const carryIn = m.flag('carry');
  const partial = m.add(a, b);
  const sum = m.add(partial, carryIn);
  const carry =
    m.size === 4
      ? m.or(m.below(partial, a), m.below(sum, partial))
      : m.and(m.shiftRight(sum, m.constant(8 * m.size)), m.constant(1));
  m.write(to, sum);
  flagsOfSum(m, a, b, sum, carry);
};

export const sub: Meaning = (m, to, from) => {
  const a = m.read(to);
  const b = m.read(from);
  const difference = m.sub(a, b);
  m.write(to, difference);
  flagsOfDifference(m, a, b, difference, m.below(a, b));
};

export const sbb: Meaning = (m, to, from) => {
  const a = m.read(to);
  const b = m.read(from);
  const borrowIn = m.flag('carry');
  const partial = m.sub(a, b);
  const difference = m.sub(partial, borrowIn);
  const masked = m.zeroExtend(partial, m.size);
  m.write(to, difference);
  flagsOfDifference(m, a, b, difference, m.or(m.below(a, b), m.below(masked, borrowIn)));
};

export const cmp: Meaning = (m, left, right) => compare(m, m.read(left), m.read(right));

export const neg: Meaning = (m, to) => {
  const a = m.read(to);
  const zero = m.constant(0);
  const result = m.sub(zero, a);
  m.write(to, result);
  flagsOfDifference(m, zero, a, result, m.notEqual(a, zero));
};

/** INC and DEC leave CF alone. */
function step(m: Machine, to: Place, by: 1 | -1): void {
  const a = m.read(to);
  const result = m.add(a, m.constant(by));
  m.write(to, result);
  const overflow = by === 1 ? m.and(result, m.not(a)) : m.and(a, m.not(result));
  m.setFlags({ result, overflow, adjust: m.xor(a, result) });
}

export const inc: Meaning = (m, to) => step(m, to, 1);
export const dec: Meaning = (m, to) => step(m, to, -1);

/** XADD: the register gets the old value first, so that `xadd r, r` ends with the sum. */
export const xadd: Meaning = (m, to, register) => {
  const a = m.read(to);
  const b = m.read(register);
  const sum = m.add(a, b);
  if (to.kind === 'memory') m.write(to, sum);
  m.write(register, a);
  if (to.kind !== 'memory') m.write(to, sum);
  flagsOfSum(m, a, b, sum, carryOutOf(m, sum, a));
};

/** CMPXCHG writes its destination in any case, as the bus would see it (SDM 2A). */
export const cmpxchg: Meaning = (m, to, from) => {
  const a = m.register(EAX);
  const b = m.read(to);
  const replacement = m.read(from);
  const difference = m.sub(a, b);
  const same = m.equal(a, b);
  m.write(to, m.select(same, replacement, b));
  if (to.kind === 'memory') m.setRegister(EAX, b);
  else m.if(m.isZero(same), () => m.setRegister(EAX, b));
  flagsOfDifference(m, a, b, difference, m.below(a, b));
};

const pairOf = (m: Machine, high: number, low: number) =>
  m.wideOr(m.wideShiftLeft(m.wide(m.register(high, 4)), m.wideConstant(32)), m.wide(m.register(low, 4)));

/** CMPXCHG8B writes its memory whether or not it finds what it sought, and no flag but ZF. What it found is in edx:eax
 *  either way. */
export const cmpxchg8b: Meaning = (m, to) => {
  const found = m.read(to);
  const same = m.wideEqual(found, pairOf(m, EDX, EAX));
  m.write(to, m.select(same, pairOf(m, ECX, EBX), found));
  m.setRegister(EAX, m.narrow(found), 4);
  m.setRegister(EDX, m.narrow(m.wideShiftRight(found, m.wideConstant(32))), 4);
  m.setFlags({ zero: m.xor(same, m.constant(1)), size: 1 });
};

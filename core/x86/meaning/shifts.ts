/**
 * Shifts and rotates (SDM 2B).  The count is taken modulo 32; a count of zero changes no flag.  Where the manual leaves a
 * flag undefined we do what the silicon at hand does: OF as for a shift by one, AF clear.
 */

import type { Machine, Meaning, Place, Value } from './machine.ts';

const FIVE_BITS = 31;

/** The count is known when the table spelled it as an immediate; then a zero is noticed only once, by the engine. */
function countOf(m: Machine, count: Place): Value {
  return m.and(m.read(count), m.constant(FIVE_BITS));
}

const bits = (m: Machine) => m.constant(8 * m.size);

export const shl: Meaning = (m, to, by) => {
  const value = m.read(to);
  const count = countOf(m, by);
  const wide = m.wideShiftLeft(m.wide(value), m.wide(count));
  const result = m.narrow(wide);
  const carry = m.and(m.narrow(m.wideShiftRight(wide, m.wide(bits(m)))), m.constant(1));
  const overflow = m.xor(m.shiftLeft(carry, m.constant(8 * m.size - 1)), result);
  m.write(to, result);
  m.if(count, () => m.setFlags({ result, carry, overflow, adjust: m.constant(0) }));
};

export const shr: Meaning = (m, to, by) => {
  const value = m.read(to);
  const count = countOf(m, by);
  const result = m.shiftRight(value, count);
  const carry = m.and(m.shiftRight(value, m.sub(count, m.constant(1))), m.constant(1));
  m.write(to, result);
  m.if(count, () => m.setFlags({ result, carry, overflow: value, adjust: m.constant(0) }));
};

export const sar: Meaning = (m, to, by) => {
  const value = m.signExtend(m.read(to), m.size);
  const count = countOf(m, by);
  const result = m.shiftRightSigned(value, count);
  const carry = m.and(m.shiftRightSigned(value, m.sub(count, m.constant(1))), m.constant(1));
  m.write(to, result);
  m.if(count, () => m.setFlags({ result, carry, overflow: m.constant(0), adjust: m.constant(0) }));
};

/** `value` repeated to fill 32 bits, so that one 32-bit rotation serves every size. */
function spread(m: Machine, value: Value): Value {
  if (m.size === 4) return value;
  const halves = m.size === 2 ? value : m.or(value, m.shiftLeft(value, m.constant(8)));
  return m.or(halves, m.shiftLeft(halves, m.constant(16)));
}

export const rol: Meaning = (m, to, by) => {
  const value = m.read(to);
  const count = countOf(m, by);
  const result = m.rotateLeft(spread(m, value), count);
  const carry = m.and(result, m.constant(1));
  m.write(to, result);
  m.if(count, () => {
    m.setFlags({ carry, overflow: m.xor(m.shiftLeft(carry, m.constant(8 * m.size - 1)), result) });
  });
};

export const ror: Meaning = (m, to, by) => {
  const value = m.read(to);
  const count = countOf(m, by);
  const result = m.rotateLeft(spread(m, value), m.sub(m.constant(0), count));
  const top = m.constant(8 * m.size - 1);
  const carry = m.and(m.shiftRight(result, top), m.constant(1));
  m.write(to, result);
  m.if(count, () => m.setFlags({ carry, overflow: m.xor(result, m.shiftLeft(result, m.constant(1))) }));
};

/** For RCL and RCR the carry is one more bit of the ring: 9, 17 or 33 of them. `left` is already below that number. */
function rotateThroughCarry(m: Machine, value: Value, left: Value): Value {
  const ring = 8 * m.size + 1;
  const whole = m.wideOr(m.wide(value), m.wideShiftLeft(m.wide(m.flag('carry')), m.wideConstant(8 * m.size)));
  const count = m.wide(left);
  const rest = m.wide(m.sub(m.constant(ring), left));
  return m.wideOr(m.wideShiftLeft(whole, count), m.wideShiftRight(whole, rest));
}

/** A count modulo the ring's size; 32-bit rings need none, for the count is below 32. */
function withinRing(m: Machine, count: Value): Value {
  if (m.size === 4) return count;
  const ring = m.wideConstant(8 * m.size + 1);
  return m.narrow(m.wideRemainder(m.wide(count), ring));
}

function finishRotation(m: Machine, to: Place, turned: Value, count: Value, left: boolean): void {
  const result = m.narrow(turned);
  const carry = m.and(m.narrow(m.wideShiftRight(turned, m.wideConstant(8 * m.size))), m.constant(1));
  const overflow = left
    ? m.xor(m.shiftLeft(carry, m.constant(8 * m.size - 1)), result)
    : m.xor(result, m.shiftLeft(result, m.constant(1)));
  m.write(to, result);
  m.if(count, () => m.setFlags({ carry, overflow }));
}

export const rcl: Meaning = (m, to, by) => {
  const value = m.read(to);
  const count = countOf(m, by);
  finishRotation(m, to, rotateThroughCarry(m, value, withinRing(m, count)), count, true);
};

export const rcr: Meaning = (m, to, by) => {
  const value = m.read(to);
  const count = countOf(m, by);
  const left = m.sub(m.constant(8 * m.size + 1), withinRing(m, count));
  const whole = m.select(count, left, m.constant(0));
  finishRotation(m, to, rotateThroughCarry(m, value, whole), count, false);
};

/** Both operands side by side, shifted as one 64-bit value; 16-bit counts above 16 are undefined and do what falls out. */
export const shld: Meaning = (m, to, from, by) => {
  const value = m.read(to);
  const filler = m.read(from);
  const count = countOf(m, by);
  const width = m.wideConstant(8 * m.size);
  const pair = m.wideOr(m.wideShiftLeft(m.wide(value), width), m.wide(filler));
  const shifted =
    m.size === 4
      ? m.wideShiftRight(m.wideShiftLeft(pair, m.wide(count)), width)
      : m.wideShiftRight(
          m.wideShiftLeft(m.wideOr(m.wideShiftLeft(pair, width), m.wide(filler)), m.wide(count)),
          m.wideConstant(32),
        );
  const result = m.narrow(shifted);
  const carry = m.and(m.shiftRight(value, m.sub(bits(m), count)), m.constant(1));
  m.write(to, m.select(count, result, value));
  m.if(count, () => m.setFlags({ result, carry, overflow: m.xor(result, value), adjust: m.constant(0) }));
};

export const shrd: Meaning = (m, to, from, by) => {
  const value = m.read(to);
  const filler = m.read(from);
  const count = countOf(m, by);
  const width = m.wideConstant(8 * m.size);
  const pair = m.wideOr(m.wideShiftLeft(m.wide(filler), width), m.wide(value));
  const whole = m.size === 4 ? pair : m.wideOr(m.wideShiftLeft(m.wide(value), m.wideConstant(32)), pair);
  const result = m.narrow(m.wideShiftRight(whole, m.wide(count)));
  const carry = m.and(m.narrow(m.wideShiftRight(whole, m.wide(m.sub(count, m.constant(1))))), m.constant(1));
  m.write(to, m.select(count, result, value));
  m.if(count, () => m.setFlags({ result, carry, overflow: m.xor(result, value), adjust: m.constant(0) }));
};

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

/** A count beyond the operand's width shifts the last bit out long before the end: then nothing is left to carry. */
export const shl: Meaning = (m, to, by) => {
  const value = m.read(to);
  const count = countOf(m, by);
  const result = m.shiftLeft(value, count);
  const carry = m.and(m.shiftRight(value, m.sub(bits(m), count)), m.constant(1));
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

interface Turned {
  readonly result: Value;
  /** 0 or 1. */
  readonly carry: Value;
}

/** For RCL and RCR the carry is one more bit of the ring: 9, 17 or 33 of them.  With 32 bits of value, what comes around
 *  is shifted twice, for by 32 no shift goes. */
function turnWide(m: Machine, value: Value, count: Value, left: boolean): Turned {
  const one = m.constant(1);
  const carry = m.flag('carry');
  const back = m.sub(m.constant(32), count);
  const before = m.sub(count, one);
  const result = left
    ? m.or(m.or(m.shiftLeft(value, count), m.shiftLeft(carry, before)), m.shiftRight(m.shiftRight(value, one), back))
    : m.or(m.or(m.shiftRight(value, count), m.shiftLeft(carry, back)), m.shiftLeft(m.shiftLeft(value, one), back));
  const last = m.shiftRight(value, left ? back : before);
  return { result: m.select(count, result, value), carry: m.and(last, one) };
}

/** Of 8 or 16 bits: the whole ring, as often as the count's rest says. */
function turnNarrow(m: Machine, value: Value, count: Value, left: boolean): Turned {
  const ring = 8 * m.size + 1;
  const ringOf = m.wideOr(m.wide(value), m.wideShiftLeft(m.wide(m.flag('carry')), m.wideConstant(8 * m.size)));
  const within = m.wideRemainder(m.wide(count), m.wideConstant(ring));
  const rest = m.wide(m.sub(m.constant(ring), m.narrow(within)));
  const [up, down] = left ? [within, rest] : [rest, within];
  const turned = m.wideOr(m.wideShiftLeft(ringOf, up), m.wideShiftRight(ringOf, down));
  const carry = m.and(m.narrow(m.wideShiftRight(turned, m.wideConstant(8 * m.size))), m.constant(1));
  return { result: m.narrow(turned), carry };
}

const rotateThroughCarry =
  (left: boolean): Meaning =>
  (m, to, by) => {
    const value = m.read(to);
    const count = countOf(m, by);
    const { result, carry } = (m.size === 4 ? turnWide : turnNarrow)(m, value, count, left);
    const overflow = left
      ? m.xor(m.shiftLeft(carry, m.constant(8 * m.size - 1)), result)
      : m.xor(result, m.shiftLeft(result, m.constant(1)));
    m.write(to, result);
    m.if(count, () => m.setFlags({ carry, overflow }));
  };

export const rcl = rotateThroughCarry(true);
export const rcr = rotateThroughCarry(false);

/** Sixteen bits of one and of the other side by side, and the first once more: counts above 16 are undefined and do what
 *  falls out. */
function shiftPairLeft(m: Machine, value: Value, filler: Value, count: Value): Value {
  if (m.size === 4) return m.or(m.shiftLeft(value, count), m.shiftRight(filler, m.sub(bits(m), count)));
  const width = m.wideConstant(8 * m.size);
  const pair = m.wideOr(m.wideShiftLeft(m.wide(value), width), m.wide(filler));
  const whole = m.wideOr(m.wideShiftLeft(pair, width), m.wide(filler));
  return m.narrow(m.wideShiftRight(m.wideShiftLeft(whole, m.wide(count)), m.wideConstant(32)));
}

/** A 16-bit operand, what is shifted into it, and the operand once more. */
function pairAbove(m: Machine, value: Value, filler: Value): Value {
  const pair = m.wideOr(m.wideShiftLeft(m.wide(filler), m.wideConstant(16)), m.wide(value));
  return m.wideOr(m.wideShiftLeft(m.wide(value), m.wideConstant(32)), pair);
}

function finishPair(m: Machine, to: Place, value: Value, shifted: Value, count: Value, lastOut: Value): void {
  const carry = m.and(lastOut, m.constant(1));
  m.write(to, m.select(count, shifted, value));
  const overflow = m.xor(shifted, value);
  m.if(count, () => m.setFlags({ result: shifted, carry, overflow, adjust: m.constant(0) }));
}

export const shld: Meaning = (m, to, from, by) => {
  const value = m.read(to);
  const count = countOf(m, by);
  const shifted = shiftPairLeft(m, value, m.read(from), count);
  finishPair(m, to, value, shifted, count, m.shiftRight(value, m.sub(bits(m), count)));
};

export const shrd: Meaning = (m, to, from, by) => {
  const value = m.read(to);
  const filler = m.read(from);
  const count = countOf(m, by);
  const before = m.sub(count, m.constant(1));
  if (m.size === 4) {
    const shifted = m.or(m.shiftRight(value, count), m.shiftLeft(filler, m.sub(bits(m), count)));
    finishPair(m, to, value, shifted, count, m.shiftRight(value, before));
    return;
  }
  const pair = pairAbove(m, value, filler);
  const lastOut = m.narrow(m.wideShiftRight(pair, m.wide(before)));
  finishPair(m, to, value, m.narrow(m.wideShiftRight(pair, m.wide(count))), count, lastOut);
};

/** Bitwise logic, single bits and the flags themselves (SDM 2A).  Undefined flags are left clear or as they were. */

import type { Machine, Meaning, Place, Value } from './machine.ts';

function flagsOfLogic(m: Machine, result: Value): void {
  const zero = m.constant(0);
  m.setFlags({ result, carry: zero, overflow: zero, adjust: zero });
}

const logic =
  (combine: (m: Machine, a: Value, b: Value) => Value): Meaning =>
  (m, to, from) => {
    const result = combine(m, m.read(to), m.read(from));
    m.write(to, result);
    flagsOfLogic(m, result);
  };

export const and = logic((m, a, b) => m.and(a, b));
export const or = logic((m, a, b) => m.or(a, b));
export const xor = logic((m, a, b) => m.xor(a, b));
export const test: Meaning = (m, left, right) => flagsOfLogic(m, m.and(m.read(left), m.read(right)));
export const not: Meaning = (m, to) => m.write(to, m.not(m.read(to)));

/** With a register bit index, a memory operand is a bit string: the index reaches beyond the operand, signed. */
function bitPlace(m: Machine, to: Place, bit: Place): { place: Place; index: Value } {
  const index = m.read(bit);
  if (to.kind !== 'memory' || bit.kind !== 'register') return { place: to, index };
  const words = m.shiftRightSigned(m.signExtend(index, m.size), m.constant(m.size === 4 ? 5 : 4));
  return { place: m.displace(to, m.mul(words, m.constant(m.size))), index };
}

const bitOperation =
  (change: ((m: Machine, value: Value, bit: Value) => Value) | null): Meaning =>
  (m, to, bit) => {
    const { place, index } = bitPlace(m, to, bit);
    const value = m.read(place);
    const number = m.and(index, m.constant(8 * m.size - 1));
    if (change) m.write(place, change(m, value, m.shiftLeft(m.constant(1), number)));
    m.setFlags({ carry: m.and(m.shiftRight(value, number), m.constant(1)) });
  };

export const bt = bitOperation(null);
export const bts = bitOperation((m, value, bit) => m.or(value, bit));
export const btr = bitOperation((m, value, bit) => m.and(value, m.not(bit)));
export const btc = bitOperation((m, value, bit) => m.xor(value, bit));

/** BSF, BSR: with nothing set ZF says so and the destination stays (as every processor does and one manual admits). */
const bitScan =
  (find: (m: Machine, value: Value) => Value): Meaning =>
  (m, to, from) => {
    const value = m.read(from);
    m.write(to, m.select(value, find(m, value), m.read(to)));
    m.setFlags({ zero: value });
  };

export const bsf = bitScan((m, value) => m.trailingZeros(value));
export const bsr = bitScan((m, value) => m.sub(m.constant(31), m.leadingZeros(value)));

export const clc: Meaning = (m) => m.setFlags({ carry: m.constant(0) });
export const stc: Meaning = (m) => m.setFlags({ carry: m.constant(1) });
export const cmc: Meaning = (m) => m.setFlags({ carry: m.xor(m.flag('carry'), m.constant(1)) });

export const cld: Meaning = (m) => m.setDirection(false);
export const std: Meaning = (m) => m.setDirection(true);

const AH = 4;

/** Bit numbers of the flags in AH (SDM 2A LAHF). */
const inAh = { carry: 0, parity: 2, adjust: 4, zero: 6, sign: 7 } as const;

export const lahf: Meaning = (m) => {
  let byte = m.constant(2);
  for (const name of ['carry', 'parity', 'adjust', 'zero', 'sign'] as const) {
    byte = m.or(byte, m.shiftLeft(m.flag(name), m.constant(inAh[name])));
  }
  m.setRegister(AH, byte, 1);
};

export const sahf: Meaning = (m) => {
  const byte = m.register(AH, 1);
  const bit = (name: keyof typeof inAh) => m.and(m.shiftRight(byte, m.constant(inAh[name])), m.constant(1));
  m.setFlags({
    carry: bit('carry'),
    adjust: byte,
    zero: m.xor(bit('zero'), m.constant(1)),
    sign: byte,
    parity: m.xor(bit('parity'), m.constant(1)),
    size: 1,
  });
};

export const setcc: Meaning = (m, to) => m.write(to, m.condition());
/** CMOV reads its source whatever the condition: a bad address faults even when nothing moves (SDM 2A). */
export const cmovcc: Meaning = (m, to, from) => {
  const value = m.read(from);
  m.write(to, m.select(m.condition(), value, m.read(to)));
};

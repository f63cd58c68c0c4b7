/**
 * Flags as handlers keep them: each in a word of its own, in whatever form it fell out of the computation, and put
 * together only when somebody looks (state.ts).
 */

import { ArithmeticWriter } from '../emit/arithmetic-writer.ts';
import type { FunctionBuilder, Value } from '../emit/function-builder.ts';
import type { FlagEffect, FlagName } from '../meaning/machine.ts';
import type { Control } from './control.ts';

/** Bits for what an instruction does to the flags. */
export const flagBit: Readonly<Record<FlagName, number>> = {
  carry: 1,
  parity: 2,
  adjust: 4,
  zero: 8,
  sign: 16,
  overflow: 32,
};
export const ALL_FLAGS = 63;

/** For a nibble n, bit n says that n has an even number of ones. */
const EVEN_NIBBLES = 0x9669;

/** What a flag is kept in (state.ts). */
export type FlagWords = (name: FlagName) => Value;

/** Two values of `size` bytes, zero-extended, whose difference the flags are of. */
export interface Difference {
  readonly left: Value;
  readonly right: Value;
  readonly size: number;
}

/** 0 or 1, from the word of a flag. */
export function flagOf(m: ArithmeticWriter, name: FlagName, word: Value): Value {
  switch (name) {
    case 'carry':
      return word;
    case 'zero':
      return m.isZero(word);
    case 'sign':
    case 'overflow':
      return m.shiftRight(word, m.constant(31));
    case 'adjust':
      return m.and(m.shiftRight(word, m.constant(4)), m.constant(1));
    case 'parity': {
      const nibble = m.and(m.xor(word, m.shiftRight(word, m.constant(4))), m.constant(15));
      return m.and(m.shiftRight(m.constant(EVEN_NIBBLES), nibble), m.constant(1));
    }
  }
}

/** Zero-extended values compared as signed ones, by their top bits. */
const raised = (m: ArithmeticWriter, value: Value, size: number) => m.shiftLeft(value, m.constant(32 - 8 * size));

/** 0 or 1: one of the four conditions that compare the numbers a difference is of; null if it is another. */
function comparison(m: ArithmeticWriter, even: number, { left, right, size }: Difference): Value | null {
  switch (even) {
    case 2:
      return m.equal(left, right);
    case 3:
      return m.atMost(left, right);
    case 6:
      return m.lessSigned(raised(m, left, size), raised(m, right, size));
    case 7:
      return m.atMostSigned(raised(m, left, size), raised(m, right, size));
    default:
      return null;
  }
}

/** 0 or 1: an encoded condition (SDM 1 appendix B); odd codes are the opposite of the even code before them. */
export function conditionOf(
  m: ArithmeticWriter,
  condition: number,
  words: FlagWords,
  difference: Difference | null = null,
): Value {
  const flag = (name: FlagName) => flagOf(m, name, words(name));
  const lessThan = () => m.lessSigned(m.xor(words('sign'), words('overflow')), m.constant(0));
  const even = condition >>> 1;
  const positive =
    (difference && comparison(m, even, difference)) ??
    [
      () => flag('overflow'),
      () => flag('carry'),
      () => flag('zero'),
      () => m.or(flag('carry'), flag('zero')),
      () => flag('sign'),
      () => flag('parity'),
      lessThan,
      () => m.or(flag('zero'), lessThan()),
    ][even]();
  return condition & 1 ? m.isZero(positive) : positive;
}

const wordOf = {
  carry: 'flagCarry',
  zero: 'flagZero',
  sign: 'flagSign',
  parity: 'flagParity',
  overflow: 'flagOverflow',
  adjust: 'flagAdjust',
} as const satisfies Readonly<Record<FlagName, string>>;

export class FlagsCode extends ArithmeticWriter {
  private readonly control: Control;

  constructor(code: FunctionBuilder, control: Control) {
    super(code);
    this.control = control;
  }

  private readonly words: FlagWords = (name) => this.control.state(wordOf[name]);

  /** 0 or 1. */
  read(name: FlagName): Value {
    return flagOf(this, name, this.words(name));
  }

  write(effect: FlagEffect, operandSize: number): void {
    const { control } = this;
    const size = effect.size ?? operandSize;
    const up = (value: Value) => this.shiftLeft(value, this.constant(32 - 8 * size));
    const zero = effect.zero ?? effect.result;
    const sign = effect.sign ?? effect.result;
    const parity = effect.parity ?? effect.result;
    if (zero) control.setState('flagZero', this.zeroExtend(zero, size));
    if (sign) control.setState('flagSign', up(sign));
    if (parity) control.setState('flagParity', parity);
    if (effect.carry) control.setState('flagCarry', effect.carry);
    if (effect.overflow) control.setState('flagOverflow', up(effect.overflow));
    if (effect.adjust) control.setState('flagAdjust', effect.adjust);
  }

  /** Which flags an effect writes. */
  static written(effect: FlagEffect): number {
    let bits = 0;
    if (effect.zero ?? effect.result) bits |= flagBit.zero;
    if (effect.sign ?? effect.result) bits |= flagBit.sign;
    if (effect.parity ?? effect.result) bits |= flagBit.parity;
    if (effect.carry) bits |= flagBit.carry;
    if (effect.overflow) bits |= flagBit.overflow;
    if (effect.adjust) bits |= flagBit.adjust;
    return bits;
  }

  /** Which flags an encoded condition reads. */
  static conditionReads(condition: number): number {
    const { carry, parity, zero, sign, overflow } = flagBit;
    return [overflow, carry, zero, carry | zero, sign, parity, sign | overflow, zero | sign | overflow][
      condition >>> 1
    ];
  }

  /** 0 or 1. */
  condition(condition: number): Value {
    return conditionOf(this, condition, this.words);
  }
}

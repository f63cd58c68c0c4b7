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

export class FlagsCode extends ArithmeticWriter {
  private readonly control: Control;

  constructor(code: FunctionBuilder, control: Control) {
    super(code);
    this.control = control;
  }

  /** 0 or 1. */
  read(name: FlagName): Value {
    const { control } = this;
    switch (name) {
      case 'carry':
        return control.state('flagCarry');
      case 'zero':
        return this.isZero(control.state('flagZero'));
      case 'sign':
        return this.shiftRight(control.state('flagSign'), this.constant(31));
      case 'overflow':
        return this.shiftRight(control.state('flagOverflow'), this.constant(31));
      case 'adjust':
        return this.and(this.shiftRight(control.state('flagAdjust'), this.constant(4)), this.constant(1));
      case 'parity': {
        const byte = control.state('flagParity');
        const nibble = this.and(this.xor(byte, this.shiftRight(byte, this.constant(4))), this.constant(15));
        return this.and(this.shiftRight(this.constant(EVEN_NIBBLES), nibble), this.constant(1));
      }
    }
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

  /** 0 or 1 (SDM 1 appendix B): odd codes are the opposite of the even code before them. */
  condition(condition: number): Value {
    const { control } = this;
    const lessThan = () =>
      this.shiftRight(this.xor(control.state('flagSign'), control.state('flagOverflow')), this.constant(31));
    const positive = [
      () => this.read('overflow'),
      () => this.read('carry'),
      () => this.read('zero'),
      () => this.or(this.read('carry'), this.read('zero')),
      () => this.read('sign'),
      () => this.read('parity'),
      lessThan,
      () => this.or(this.read('zero'), lessThan()),
    ][condition >>> 1]();
    return condition & 1 ? this.isZero(positive) : positive;
  }
}

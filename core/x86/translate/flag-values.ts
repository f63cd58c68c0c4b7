/**
 * The flags inside a region.  They stay what they were made of until somebody wants them: an instruction that reads one
 * gets it computed there, and whoever leaves the region computes all of them on the way out, where time does not matter.
 * Between blocks nothing is computed either: a local says who made them last (`pending`).
 *
 * In memory each flag is a word of its own (state.ts); a value here has the form that word would have.
 */

import type { Value } from '../emit/function-builder.ts';
import { wasm } from '../emit/wasm-opcodes.ts';
import type { FlagEffect } from '../meaning/machine.ts';
import { type FlagOrigin, originOf } from './flag-routines.ts';
import type { FoldingArithmetic } from './folding-arithmetic.ts';
import { isConstantOf } from './folding-arithmetic.ts';

export const otherFlags = ['zero', 'sign', 'parity', 'overflow', 'adjust'] as const;
export type OtherFlag = (typeof otherFlags)[number];

/** The flags beside carry. A flag that is null has not changed since the state's word was written. */
export interface OtherFlags extends Readonly<Record<OtherFlag, Value | null>> {
  /** Set if they are those of left − right, both of `size` bytes and zero-extended. */
  readonly difference: { readonly left: Value; readonly right: Value; readonly size: number } | null;
  /** Set if they can be made by a call. */
  readonly origin: FlagOrigin | null;
}

/** In the state; or whatever `pending` says; or these. */
export type Others = 'memory' | 'pending' | OtherFlags;

export interface FlagValues {
  /** Null while the state's word is true; or the carry that `pending` says, if it says one. */
  readonly carry: Value | null | 'pending';
  readonly others: Others;
}

/** What a block finds whose predecessors left the flags to `pending`. */
export const flagsPending: FlagValues = { carry: 'pending', others: 'pending' };
export const othersPending: FlagValues = { carry: null, others: 'pending' };

export const flagsInMemory: FlagValues = { carry: null, others: 'memory' };

const untouched: OtherFlags = {
  zero: null,
  sign: null,
  parity: null,
  overflow: null,
  adjust: null,
  difference: null,
  origin: null,
};

/** All five are known. */
export const isComplete = (flags: OtherFlags) => otherFlags.every((name) => flags[name] !== null);

function differenceOf(effect: FlagEffect, size: number): OtherFlags['difference'] {
  const { result, carry } = effect;
  if (result?.opcode !== wasm.i32Sub || carry?.opcode !== wasm.i32LtU) return null;
  const [left, right] = result.inputs;
  return carry.inputs[0] === left && carry.inputs[1] === right ? { left, right, size } : null;
}

/** What the flags are after an instruction's effect on them. */
export function flagsAfter(
  m: FoldingArithmetic,
  before: FlagValues,
  effect: FlagEffect,
  operandSize: number,
): FlagValues {
  const size = effect.size ?? operandSize;
  const up = (value: Value) => m.shiftLeft(value, m.constant(32 - 8 * size));
  const carry = effect.carry ?? before.carry;
  const zero = effect.zero ?? effect.result;
  const sign = effect.sign ?? effect.result;
  const parity = effect.parity ?? effect.result;
  if (!zero && !sign && !parity && !effect.overflow && !effect.adjust) return { ...before, carry };
  if (before.others === 'pending' && !(zero && sign && parity && effect.overflow && effect.adjust)) {
    throw new Error('flags that are made from older ones were not kept');
  }
  const old = typeof before.others === 'string' ? untouched : before.others;
  const others: OtherFlags = {
    zero: zero ? m.zeroExtend(zero, size) : old.zero,
    sign: sign ? up(sign) : old.sign,
    parity: parity ?? old.parity,
    overflow: effect.overflow ? up(effect.overflow) : old.overflow,
    adjust: effect.adjust ?? old.adjust,
    difference: differenceOf(effect, size),
    origin: originOf(m, effect, size),
  };
  return { carry, others };
}

/** What the flags are if `after` came about only under a condition. `word` reads a flag's word as it is before. */
export function flagsIf(
  m: FoldingArithmetic,
  condition: Value,
  after: FlagValues,
  before: FlagValues,
  word: (name: 'carry' | OtherFlag) => Value,
): FlagValues {
  const carry = after.carry === before.carry ? before.carry : chosen(m, condition, after.carry, () => word('carry'));
  if (after.others === before.others || typeof after.others === 'string') return { carry, others: before.others };
  const { others } = after;
  const old = typeof before.others === 'string' ? untouched : before.others;
  const each = (name: OtherFlag) =>
    others[name] === old[name] ? old[name] : chosen(m, condition, others[name], () => word(name));
  const made = {
    zero: each('zero'),
    sign: each('sign'),
    parity: each('parity'),
    overflow: each('overflow'),
    adjust: each('adjust'),
    difference: null,
    origin: null,
  };
  return { carry, others: made };
}

const chosen = <Flag extends Value | null | 'pending'>(
  m: FoldingArithmetic,
  condition: Value,
  then: Flag,
  otherwise: () => Value,
) => (then === null || then === 'pending' ? then : m.select(condition, then, otherwise()));

/** For a nibble n, bit n says that n has an even number of ones. */
const EVEN_NIBBLES = 0x9669;

/** 0 or 1, from the word of a flag other than carry. */
export function bitOf(m: FoldingArithmetic, name: OtherFlag, word: Value): Value {
  switch (name) {
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

/** 0 or 1: one of the eight conditions that the even encoded ones name (SDM 1 appendix B). */
export function evenCondition(
  m: FoldingArithmetic,
  which: number,
  flags: FlagValues,
  word: (name: 'carry' | OtherFlag) => Value,
): Value {
  const difference = typeof flags.others === 'string' ? null : flags.others.difference;
  const zero = () => (difference ? m.equal(difference.left, difference.right) : m.isZero(word('zero')));
  const less = () => {
    if (difference)
      return m.lessSigned(raised(m, difference.left, difference.size), raised(m, difference.right, difference.size));
    const overflow = word('overflow');
    const sign = word('sign');
    return m.lessSigned(isConstantOf(overflow, 0) ? sign : m.xor(sign, overflow), m.constant(0));
  };
  switch (which) {
    case 0:
      return bitOf(m, 'overflow', word('overflow'));
    case 1:
      return word('carry');
    case 2:
      return zero();
    case 3:
      return difference ? m.atMost(difference.left, difference.right) : m.or(word('carry'), zero());
    case 4:
      return m.lessSigned(word('sign'), m.constant(0));
    case 5:
      return bitOf(m, 'parity', word('parity'));
    case 6:
      return less();
    default:
      if (!difference) return m.or(zero(), less());
      return m.atMostSigned(raised(m, difference.left, difference.size), raised(m, difference.right, difference.size));
  }
}

/** Zero-extended values compared as signed ones, by their top bits. */
const raised = (m: FoldingArithmetic, value: Value, size: number) => m.shiftLeft(value, m.constant(32 - 8 * size));

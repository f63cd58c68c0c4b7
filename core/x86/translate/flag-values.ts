/**
 * The flags inside a region.  They stay what they were made of until somebody wants them: an instruction that reads one
 * gets it computed there, and whoever leaves the region computes all of them on the way out, where time does not matter.
 * Between blocks nothing is computed either: a local says who made them last (`pending`).
 *
 * In memory each flag is a word of its own (state.ts); a value here has the form that word would have.
 */

import type { Value } from '../emit/function-builder.ts';
import type { Difference } from '../interpreter/flags-code.ts';
import type { FlagEffect } from '../meaning/machine.ts';
import { type FlagOrigin, originOf } from './flag-routines.ts';
import type { FoldingArithmetic } from './folding-arithmetic.ts';

export const otherFlags = ['zero', 'sign', 'parity', 'overflow', 'adjust'] as const;
export type OtherFlag = (typeof otherFlags)[number];

/** The flags beside carry. A flag that is null has not changed since the state's word was written. */
export interface OtherFlags extends Readonly<Record<OtherFlag, Value | null>> {
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
  origin: null,
};

/** All five are known. */
export const isComplete = (flags: OtherFlags) => otherFlags.every((name) => flags[name] !== null);

/** What the flags are the difference of, the carry too; null if they are something else by now. */
export function differenceIn({ carry, others }: FlagValues): Difference | null {
  const origin = typeof others === 'string' ? null : others.origin;
  return origin !== null && origin.carry === carry ? origin.difference : null;
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

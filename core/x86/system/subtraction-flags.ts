/**
 * Flags of a subtraction, for services that compare (SDM 1 appendix A): kept apart as the state keeps them.
 */

import { words } from '../memory/words.ts';
import type { State } from '../state.ts';

const { FLAG_ADJUST, FLAG_CARRY, FLAG_OVERFLOW, FLAG_PARITY, FLAG_SIGN, FLAG_ZERO } = words;

/** Flags of `left - right`, both unsigned numbers of `size` bytes. */
export function setSubtractionFlags(state: State, left: number, right: number, size: number): void {
  const { i32 } = state;
  const shift = 32 - 8 * size;
  const difference = (left - right) | 0;
  i32[FLAG_ZERO] = difference << shift;
  i32[FLAG_SIGN] = difference << shift;
  i32[FLAG_PARITY] = difference;
  i32[FLAG_CARRY] = left < right ? 1 : 0;
  i32[FLAG_OVERFLOW] = ((left ^ right) & (left ^ difference)) << shift;
  i32[FLAG_ADJUST] = left ^ right ^ difference;
}

/** Sign, zero and parity of a byte. */
export function setByteFlags(state: State, value: number): void {
  const { i32 } = state;
  i32[FLAG_ZERO] = value & 0xff;
  i32[FLAG_SIGN] = value << 24;
  i32[FLAG_PARITY] = value;
}

/**
 * The little world every case lives in: three windows of user memory with holes around them, and the state they start
 * in.  The native oracle maps it as a Linux program, the board builds page tables for it; both read the numbers here.
 * The corpus holds answers to cases that start so: a change in this file makes it worthless.
 *
 *      0x1000_0000  code     1 page, int3 wherever the case puts nothing else
 *      0x2000_0000  data     2 pages, then one that is read-only and zero
 *      0x3000_0000  stack    2 pages
 */

import { random } from '../core/x86/encoding/random.ts';

export const window = {
  code: { at: 0x10000000, bytes: 0x1000 },
  data: { at: 0x20000000, bytes: 0x2000 },
  readOnly: { at: 0x20002000, bytes: 0x1000 },
  stack: { at: 0x30000000, bytes: 0x2000 },
} as const;

/** Where in the code window a case begins. */
export const CODE_OFFSET = 0x100;
export const CODE_START = window.code.at + CODE_OFFSET;
export const INT3 = 0xcc;
export const INITIAL_ESP = window.stack.at + 0x1000;

/** The flat user segments as 32-bit Linux numbers them. */
export const selector = { userCode: 0x23, userData: 0x2b } as const;
export const ldtSelector = (entry: number) => entry * 8 + 7;

/** What goes wrong first when arithmetic is wrong. */
export const edgeValues = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x55555555,
  0xaaaaaaaa,
] as const;

type Dice = ReturnType<typeof random>;

/** A quarter edges, a quarter bytes, the rest anything. */
export function someValue(dice: Dice): number {
  const kind = dice.below(8);
  if (kind < 2) return dice.pick(edgeValues);
  return kind < 4 ? dice.word() & 0xff : dice.word();
}

/** Contents of a window before a case's own patches. */
function background(bytes: number, seed: number): Uint8Array {
  const dice = random(seed);
  const words = Uint32Array.from({ length: bytes / 4 }, () => someValue(dice));
  return new Uint8Array(words.buffer);
}

export const dataBackground = background(window.data.bytes, 1);
export const stackBackground = background(window.stack.bytes, 2);

/** eax ecx edx ebx esp ebp esi edi of a case, where it does not say otherwise. */
export function registersOf(seed: number): number[] {
  const dice = random(seed);
  return Array.from({ length: 8 }, (_, number) => (number === 4 ? INITIAL_ESP : someValue(dice)));
}

/** Arithmetic flags, and sometimes DF; IF is always set in user programs. */
export function eflagsOf(seed: number): number {
  const dice = random(seed ^ 0x5eed);
  return (dice.word() & 0x8d5) | 0x202 | (dice.once(4) ? 0x400 : 0);
}

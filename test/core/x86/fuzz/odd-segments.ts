/** Segments that are not flat: with a base, a limit in the way, the wrong type, sixteen bits, or not there at all. */

import type { Ground } from '../../../../core/agreement/ground.ts';
import { selectors, world, writeDescriptor } from '../small-world.ts';

/** Bits 8–23 of a descriptor's high half, in place; all but the LDT for ring 3. */
const kinds = {
  ldt: { base: 0xc000, limit: 0xff, rights: 0x8200 },
  withBase: { base: world.data, limit: 0xfff, rights: 0x40f200 },
  expandDown: { base: 0, limit: world.data >>> 12, rights: 0xc0f600 },
  readOnly: { base: 0, limit: 0xfffff, rights: 0xc0f000 },
  code16: { base: 0, limit: 0xfffff, rights: 0x80fa00 },
  stack16: { base: world.stack - 0x8000, limit: 0xffff, rights: 0x00f200 },
  absent: { base: 0, limit: 0xfffff, rights: 0xc07200 },
  executeOnly: { base: 0, limit: 0xfffff, rights: 0xc0f800 },
  conforming: { base: 0, limit: 0xfffff, rights: 0xc0fe00 },
  wrapping: { base: 0xfffff000, limit: 0xfffff, rights: 0xc0f200 },
} as const;

const names = Object.keys(kinds) as (keyof typeof kinds)[]; // the table's own

/** By name, without RPL. */
export const oddSelector = Object.fromEntries(names.map((name, index) => [name, selectors.free + index * 8])) as Record<
  keyof typeof kinds,
  number
>; // fromEntries forgets keys

/** What may be loaded into a data segment register, with every likely outcome. */
export const dataSelectors: readonly number[] = [
  0,
  selectors.data0,
  selectors.data3,
  selectors.data3,
  selectors.code3,
  selectors.tss,
  0x7c,
  0xfff8,
  ...['withBase', 'withBase', 'expandDown', 'readOnly', 'absent', 'executeOnly', 'wrapping', 'code16'].map(
    (name) => oddSelector[name as keyof typeof kinds] | 3, // a list of the table's names
  ),
];

export function writeOddDescriptors(board: Ground): void {
  for (const name of names) {
    const { base, limit, rights } = kinds[name];
    writeDescriptor(board, oddSelector[name], base, limit, rights);
  }
}

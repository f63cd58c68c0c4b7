/**
 * fnsave, fxsave and their opposites wherever an area may lie: within a page or across two, crooked, beside code, where
 * alignment is checked, and where half of it is missing.
 */

import { describe, expect, it } from 'vitest';
import { createBoard } from '../../../../core/x86/board.ts';
import { assemble } from '../assemble.ts';
import { buildSmallWorld, enterRing, world } from '../small-world.ts';

const PAGE = 0x1000;
const BUDGET = 1000;
const ALIGNMENT_CHECK = 1 << 18;
const vector = { breakpoint: 3, generalProtection: 13, pageFault: 14, alignmentCheck: 17 } as const;
const REFERENCE = world.data + 0x8000;

const kinds = [
  { save: 'fnsave', restore: 'frstor', bytes: 108 },
  { save: 'fnstenv', restore: 'fldenv', bytes: 28 },
  { save: 'fxsave', restore: 'fxrstor', bytes: 160 },
];

/** Saves and restores there twice, the second time with the page known, and then where nothing is in the way. */
const program = (save: string, restore: string, place: number) => `
  mov ecx, 2
  fninit
  fldpi
  fldz
  fld1
again:
  ${save} [${place}]
  ${restore} [${place}]
  dec ecx
  jnz again
  ${save} [${REFERENCE}]
  int3`;

function run(code: string, ring: 0 | 3, eflags = 0) {
  const board = createBoard({ ramBytes: world.bytes });
  buildSmallWorld(board);
  board.memory.writeBytes(world.code, assemble(code));
  enterRing(board, ring);
  board.registers.eflags = 2 | eflags;
  expect(board.run(BUDGET)).toEqual({ why: 'halted' });
  return { memory: board.memory, vector: board.registers.eip - 1 - world.stubs };
}

describe.each(kinds)('$save and $restore', ({ save, restore, bytes }) => {
  const saved = (place: number, ring: 0 | 3, eflags = 0) => {
    const { memory, vector } = run(program(save, restore, place), ring, eflags);
    const at = (address: number) => [...memory.readBytes(address, bytes)];
    return { vector, there: at(place), reference: at(REFERENCE) };
  };

  it.each([
    ['within a page', world.data + 0x40],
    ['at the end of a page', world.data + PAGE - 512],
    ['across two pages', world.data + PAGE - 16],
    ['beside code', world.code + 0x800],
  ])('%s', (_where, place) => {
    for (const ring of [0, 3] as const) {
      const result = saved(place, ring);
      expect(result.vector).toBe(vector.breakpoint);
      expect(result.there).toEqual(result.reference);
      expect(result.there.some((byte) => byte !== 0)).toBe(true);
    }
  });

  it('refuses to begin what lies half on a missing page', () => {
    const result = saved(world.absent - 16, 0);
    expect(result.vector).toBe(vector.pageFault);
    expect(result.there.slice(0, 16)).toEqual(Array(16).fill(0));
  });

  it('where alignment is checked does what an aligned area may', () => {
    const aligned = saved(world.data + 0x40, 3, ALIGNMENT_CHECK);
    expect(aligned.vector).toBe(vector.breakpoint);
    expect(aligned.there).toEqual(aligned.reference);
  });

  it('does not mind a crooked address, unless it is fxsave or somebody checks', () => {
    for (const by of [1, 2]) {
      const crooked = saved(world.data + 0x40 + by, 3);
      expect(crooked.vector).toBe(save === 'fxsave' ? vector.generalProtection : vector.breakpoint);
      if (save !== 'fxsave') expect(crooked.there).toEqual(crooked.reference);
      const checked = saved(world.data + 0x40 + by, 3, ALIGNMENT_CHECK);
      expect(checked.vector).toBe(save === 'fxsave' ? vector.generalProtection : vector.alignmentCheck);
    }
  });
});

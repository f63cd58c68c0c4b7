/** Addresses with the top bit set are where a signed shift or a signed "or" goes wrong; nothing else is different there. */

import { describe, expect, it } from 'vitest';
import type { SegmentName } from '../../../../core/agreement/ground.ts';
import { testBoard } from '../../../engine.ts';

const BEYOND_2_GIB = 0x8100_0000;
const FLAT_CODE = 0x00cf_9b00;
const FLAT_DATA = 0x00cf_9300;

describe('code above 2 GiB', () => {
  it('may write over itself', () => {
    const board = testBoard({ ramBytes: BEYOND_2_GIB + 0x10_0000 });
    const flat = (name: SegmentName, rights: number) =>
      board.registers.setSegment(name, { selector: 8, base: 0, limit: 0xffff_ffff, rights });
    flat('cs', FLAT_CODE);
    for (const name of ['ss', 'ds', 'es'] as const) flat(name, FLAT_DATA);
    // mov byte [there], 0x47: the inc ebx there becomes inc edi; then hlt.
    const there = BEYOND_2_GIB + 7;
    const address = [0, 8, 16, 24].map((shift) => (there >>> shift) & 0xff);
    board.memory.writeBytes(BEYOND_2_GIB, Uint8Array.from([0xc6, 0x05, ...address, 0x47, 0x43, 0xf4]));
    board.registers.eip = BEYOND_2_GIB;
    expect(board.run(1)).toEqual({ why: 'budget spent' });
    expect(board.memory.read8(there)).toBe(0x47);
    expect(board.run(10)).toEqual({ why: 'halted' });
    expect([board.registers.ebx, board.registers.edi]).toEqual([0, 1]);
    expect(board.instructions).toBe(3);
  });
});

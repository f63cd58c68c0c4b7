import { describe, expect, it } from 'vitest';
import { memoryMap, stateLayout } from '../../../../core/x86/state.ts';
import { type Machine, machine } from './small-machine.ts';

describe('code tables', () => {
  const entryMap = (index: number) => memoryMap.entryMaps + index * memoryMap.entryMapBytes;
  const found = ({ state }: Machine, linear: number) =>
    state.u32[(state.get(stateLayout.at.codeTable) >>> 2) + (linear >>> 12)];

  it('belong to one address space and one mode, and forget with the mapping', () => {
    const board = machine();
    const { memory, registers, processor, enter } = board;
    for (const directory of [2, 3]) memory.write32(directory << 12, (12 << 12) | 7);
    memory.write32(12 << 12, (40 << 12) | 7);
    registers.cr3 = 2 << 12;
    registers.cr0 = 0x80010001;
    expect(processor.access.translateFetch(0x123)).toBe((40 << 12) + 0x123);
    processor.spaces.installCode(0, entryMap(1));
    expect(found(board, 0x123)).toBe(entryMap(1));
    enter(3);
    expect(found(board, 0)).toBe(0);
    enter(0);
    registers.cr3 = 3 << 12;
    expect(found(board, 0)).toBe(0);
    registers.cr3 = 2 << 12;
    expect(found(board, 0)).toBe(entryMap(1));
    memory.write32(12 << 12, (41 << 12) | 7);
    expect(found(board, 0)).toBe(0);
  });

  it('lose every pointer to an entry map, however many there are', () => {
    const board = machine();
    const { processor } = board;
    for (const linear of [0, 0x1000, 0x2000]) processor.spaces.installCode(linear, entryMap(linear === 0 ? 1 : 2));
    processor.spaces.removeCode(entryMap(2));
    expect([0, 0x1000, 0x2000].map((linear) => found(board, linear))).toEqual([entryMap(1), 0, 0]);
    processor.spaces.removeCode(entryMap(1));
    expect(found(board, 0)).toBe(0);
  });
});

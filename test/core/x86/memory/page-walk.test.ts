import { describe, expect, it } from 'vitest';
import { memoryMap, pageFlag } from '../../../../core/x86/state.ts';
import { machine } from './small-machine.ts';

describe('accessed and dirty bits (SDM 3A 4.8)', () => {
  const ACCESSED = 0x20;
  const DIRTY = 0x40;
  function mapped(directoryBits: number, tableBits: number) {
    const board = machine();
    board.memory.write32(2 << 12, (12 << 12) | directoryBits);
    board.memory.write32(12 << 12, (40 << 12) | tableBits);
    board.registers.cr3 = 2 << 12;
    board.registers.cr0 = 0x80010001;
    const bits = () => [2, 12].map((page) => board.memory.read32(page << 12) & (ACCESSED | DIRTY));
    return { ...board, bits };
  }

  it('a read sets accessed in both levels; a later write sets dirty in the last', () => {
    const { processor, bits } = mapped(7, 7);
    processor.access.read(3, 0, 4);
    expect(bits()).toEqual([ACCESSED, ACCESSED]);
    processor.access.write(3, 0, 4, 1);
    expect(bits()).toEqual([ACCESSED, ACCESSED | DIRTY]);
  });

  it('a fault sets none', () => {
    const { processor, bits } = mapped(7, 5);
    expect(processor.access.write(3, 0, 4, 1)).toBe(-1);
    expect(bits()).toEqual([0, 0]);
  });

  it('cleared by software, they are set again', () => {
    const { processor, memory, bits } = mapped(7, 7);
    processor.access.write(3, 0, 4, 1);
    memory.write32(12 << 12, (40 << 12) | 7);
    processor.access.write(3, 0, 4, 2);
    expect(bits()[1]).toBe(ACCESSED | DIRTY);
  });

  it('of a large page both lie in the directory', () => {
    const { processor, registers, memory } = mapped(0x87, 0);
    registers.cr4 = 0x10;
    memory.write32(2 << 12, 0x87);
    processor.access.write(3, 0x28000, 4, 0x1234);
    expect(memory.read32(2 << 12)).toBe(0x87 | ACCESSED | DIRTY);
    expect(memory.read32(0x28000)).toBe(0x1234);
  });

  it('setting them in a page that is also code tells the keeper of code', () => {
    const { processor, state, codeWrites } = mapped(7, 7);
    state.u8[memoryMap.pageFlags + 12] |= pageFlag.code;
    processor.spaces.watchPage(12);
    processor.access.read(3, 0, 4);
    expect(codeWrites).toEqual([12 << 12]);
  });
});

import { describe, expect, it } from 'vitest';
import { LEAVE, NEXT } from '../../../../core/x86/service.ts';
import { immediate, place, register, TestBoard } from './test-board.ts';

describe('ports', () => {
  it('read and write, and a port may stop the board', () => {
    const board = new TestBoard();
    const seen: number[][] = [];
    board.processor.ports = {
      read: (port, size) => port + size,
      write: (port, size, value) => {
        seen.push([port, size, value]);
        return port === 0xf4 ? value : undefined;
      },
    };
    board.registers.edx = 0x12345;
    board.execute('in', [register(0), register(2, 2)]);
    expect(board.registers.eax).toBe(0x2349);
    expect(board.execute('out', [immediate(0x80, 1), register(0, 2)])).toBe(NEXT);
    expect(board.execute('out', [immediate(-12, 1), register(0, 1)])).toBe(LEAVE);
    expect(seen).toEqual([
      [0x80, 2, 0x2349],
      [0xf4, 1, 0x49],
    ]);
    expect([board.processor.stopCode, board.registers.eip]).toEqual([0x49, place.code + 6]);
  });

  it('above IOPL are judged by the bitmap in the TSS', () => {
    const board = new TestBoard();
    board.enter(3);
    board.registers.tr = { ...board.registers.tr, limit: 0x68 + 4 };
    board.memory.write32(place.tss + 0x68, 0xfffeffff);
    const reads = (port: number, size: 1 | 2 | 4) => {
      board.registers.edx = port;
      return board.execute('in', [register(0, size), register(2, 2)]) === NEXT;
    };
    expect([reads(16, 1), reads(15, 1), reads(16, 2), reads(31, 1), reads(40, 1)]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    board.memory.write32(place.tss + 0x68, 0);
    expect([reads(7, 2), reads(30, 4), reads(0x400, 1)]).toEqual([true, true, false]);
  });
});

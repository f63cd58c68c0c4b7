import { describe, expect, it } from 'vitest';
import { LEAVE, TRANSFER } from '../../../../core/x86/service.ts';
import { immediate, place, rights, selector, TestBoard } from './test-board.ts';

const HANDLER = 0x51234;

function boardIn(ring: 0 | 1 | 2 | 3): TestBoard {
  const board = new TestBoard();
  board.enter(ring);
  return board;
}

describe('iret', () => {
  function frame(board: TestBoard, words: number[]): void {
    board.registers.esp = place.stack0 - words.length * 4;
    for (const [index, word] of words.entries()) board.memory.write32(board.registers.esp + index * 4, word);
  }

  it('goes out to ring 3 and takes away data segments that ring could not have loaded', () => {
    const board = boardIn(0);
    const { registers } = board;
    registers.setSegment('es', { selector: selector.data3, base: 0, limit: 0xffffffff, rights: rights.data3 });
    frame(board, [0x1234, selector.code3, 0x3202, 0xb000, selector.data3]);
    expect(board.execute('iret')).toBe(TRANSFER);
    expect([registers.cpl, registers.eip, registers.esp, registers.eflags]).toEqual([3, 0x1234, 0xb000, 0x3202]);
    expect(registers.segment('ds')).toEqual({ selector: 0, base: 0, limit: 0, rights: 0 });
    expect(registers.segment('es').selector).toBe(selector.data3);
    expect(board.processor.access.read(3, 0, 4)).toBe(-1);
    expect(board.ringsLeft.at(-1)).toBe(0);
  });

  it('round trip: int and iret restore everything', () => {
    const board = boardIn(3);
    board.vector(0x80, selector.code0, HANDLER, 0xe, 3);
    board.registers.eflags = 0x2d7;
    board.execute('int', [immediate(0x80, 1)]);
    board.execute('iret');
    const { registers } = board;
    expect([registers.cpl, registers.eip, registers.esp, registers.eflags]).toEqual([
      3,
      place.code + 2,
      place.stack3,
      0x2d7,
    ]);
    expect(registers.segment('ds').selector).toBe(selector.data3);
  });

  it('in ring 3 changes neither IOPL nor IF; in ring 1 with VM in the image, VM is ignored', () => {
    const board = boardIn(1);
    board.registers.esp = place.stack1 - 12;
    for (const [index, word] of [0x77, selector.code1, 0x23202].entries()) {
      board.memory.write32(board.registers.esp + index * 4, word);
    }
    expect(board.execute('iret')).toBe(TRANSFER);
    expect(board.registers.eflags).toBe(2);
    expect([board.registers.eip, board.registers.cpl]).toEqual([0x77, 1]);
  });

  it('in ring 0 with VM in the image is not supported', () => {
    const board = boardIn(0);
    frame(board, [0x77, selector.code0, 0x20002]);
    expect(board.execute('iret')).toBe(LEAVE);
    expect(board.processor.unsupported).toContain('8086');
  });

  it('to a 16-bit stack restores only sp, and the high half leaks', () => {
    const board = boardIn(0);
    board.descriptor(selector.free, 0, 0xffff, 0x00f300);
    frame(board, [0x1234, selector.code3, 2, 0x11112222, selector.free | 3]);
    board.execute('iret');
    expect(board.registers.esp).toBe(((place.stack0 - 20) & 0xffff0000) | 0x2222);
  });

  it('with NT and no task to go back to: #TS', () => {
    const board = boardIn(0);
    board.registers.eflags = 0x4002;
    expect(board.execute('iret')).toBe(-1);
    expect(board.fault).toEqual([10, 0]);
    board.memory.write16(place.tss, selector.tss);
    expect(board.execute('iret')).toBe(-1);
    expect(board.fault).toEqual([10, selector.tss]);
    board.descriptor(selector.tss, place.tss, 0x67, 0x008b00);
    expect(board.execute('iret')).toBe(LEAVE);
    expect(board.processor.unsupported).toContain('hardware task switch');
  });

  const refused: [string, number[], [number, number]][] = [
    ['null cs', [0, 3, 2, 0, 0], [13, 0]],
    ['cs beyond the GDT', [0, 0x1003, 2, 0, 0], [13, 0x1000]],
    ['cs is data', [0, selector.data3, 2, 0, selector.data3], [13, selector.data3 & ~3]],
    ['cs DPL is not its RPL', [0, selector.code0 | 3, 2, 0, selector.data3], [13, selector.code0]],
    ['ss null', [0, selector.code3, 2, 0, 0], [13, 0]],
    ['ss of another ring', [0, selector.code3, 2, 0, selector.data1], [13, selector.data1 & ~3]],
    ['ss is code', [0, selector.code3, 2, 0, selector.code3], [13, selector.code3 & ~3]],
    ['ss not present', [0, selector.code3, 2, 0, selector.free | 3], [12, selector.free]],
    ['eip beyond the limit', [0x1000, (selector.free + 8) | 3, 2, 0, selector.data3], [13, 0]],
  ];
  for (const [name, words, expected] of refused) {
    it(`refuses: ${name}`, () => {
      const board = boardIn(0);
      board.descriptor(selector.free, 0, 0xffffffff, 0xc07300);
      board.descriptor(selector.free + 8, 0, 0xfff, 0x40fb00);
      frame(board, words);
      expect(board.execute('iret')).toBe(-1);
      expect(board.fault).toEqual(expected);
      expect([board.registers.cpl, board.registers.esp]).toEqual([0, place.stack0 - 20]);
    });
  }

  it('asks the run loop to look when an interrupt waits or the trap flag is set', () => {
    const board = boardIn(0);
    board.waiting = true;
    frame(board, [0x77, selector.code0, 0x202]);
    expect(board.execute('iret')).toBe(LEAVE);
    board.waiting = false;
    frame(board, [0x77, selector.code0, 0x102]);
    expect(board.execute('iret')).toBe(LEAVE);
  });
});

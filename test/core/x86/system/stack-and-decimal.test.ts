import { describe, expect, it } from 'vitest';
import { NEXT } from '../../../../core/x86/service.ts';
import { absolute, immediate, place, register, selector, TestBoard } from './test-board.ts';

/** A page of stack with nothing below it. */
function withHole(esp: number): TestBoard {
  const board = new TestBoard();
  board.page(true);
  board.memory.write32(place.table + 0x2ff * 4, 0);
  board.registers.esp = esp;
  return board;
}

describe('pusha, popa and enter, as silicon does them', () => {
  it('pusha into a missing page faults at the first missing push and moves nothing', () => {
    const board = withHole(0x300010);
    expect(board.execute('pusha')).toBe(-1);
    expect(board.fault).toEqual([14, 2]);
    expect([board.faultAddress, board.registers.esp]).toEqual([0x2ffffc, 0x300010]);
  });

  it('pusha stores the old esp and popa skips it', () => {
    const board = new TestBoard();
    const { registers } = board;
    Object.assign(registers, { eax: 1, ecx: 2, edx: 3, ebx: 4, ebp: 6, esi: 7, edi: 8 });
    board.execute('pusha');
    expect(board.stack(8)).toEqual([8, 7, 6, place.stack0, 4, 3, 2, 1]);
    board.memory.write32(registers.esp + 12, 0xdead);
    Object.assign(registers, { eax: 0, edi: 0 });
    board.execute('popa');
    expect([registers.eax, registers.edi, registers.esp]).toEqual([1, 8, place.stack0]);
  });

  it('popa that faults half way changes no register', () => {
    const board = withHole(0x2ffff0);
    board.memory.write32(place.table + 0x2ff * 4, 0x2ff007);
    board.memory.write32(place.table + 0x300 * 4, 0);
    board.registers.edi = 0x1234;
    expect(board.execute('popa')).toBe(-1);
    expect([board.faultAddress, board.registers.edi, board.registers.esp]).toEqual([0x300000, 0x1234, 0x2ffff0]);
  });

  it('enter into a missing page has written ebp, but esp and ebp stay', () => {
    const board = withHole(0x300008);
    board.registers.ebp = 0x1234;
    expect(board.execute('enter', [immediate(16, 2), immediate(0, 1)])).toBe(-1);
    expect(board.fault).toEqual([14, 2]);
    expect(board.faultAddress).toBe(0x2ffff4);
    expect([board.registers.esp, board.registers.ebp, board.memory.read32(0x300004)]).toEqual([
      0x300008, 0x1234, 0x1234,
    ]);
  });

  it('enter with levels copies the display', () => {
    const board = new TestBoard();
    board.registers.ebp = place.data;
    board.memory.write32(place.data - 4, 0xa1);
    board.memory.write32(place.data - 8, 0xa2);
    board.execute('enter', [immediate(8, 2), immediate(3, 1)]);
    const frame = place.stack0 - 4;
    expect(board.registers.ebp).toBe(frame);
    expect(board.registers.esp).toBe(frame - 12 - 8);
    expect([0, -4, -8, -12].map((at) => board.memory.read32(frame + at))).toEqual([place.data, 0xa1, 0xa2, frame]);
  });
});

describe('bound and into', () => {
  it('bound is signed and inclusive', () => {
    const board = new TestBoard();
    board.memory.write32(place.data, 0xfffffffb);
    board.memory.write32(place.data + 4, 6);
    const outcomes = [-6, -5, 6, 7].map((value) => {
      board.registers.ebx = value;
      return board.execute('bound', [register(3), absolute(place.data)]);
    });
    expect(outcomes).toEqual([-1, NEXT, NEXT, -1]);
    expect(board.fault).toEqual([5, -1]);
  });

  it('into does nothing without overflow', () => {
    const board = new TestBoard();
    expect(board.execute('into')).toBe(NEXT);
    board.vector(4, selector.code0, 0x51234);
    board.registers.eflags = 0x802;
    expect(board.execute('into')).not.toBe(NEXT);
    expect([board.registers.eip, board.stack(1)[0]]).toEqual([0x51234, place.code + 4]);
  });
});

describe('decimal adjustments, by the examples of the manual and its arithmetic', () => {
  const board = new TestBoard();

  /** eax after the instruction, and CF and AF. */
  function adjust(mnemonic: string, ax: number, flags = 2, base = 10) {
    board.registers.eax = ax;
    board.registers.eflags = flags;
    board.execute(mnemonic, mnemonic.length === 3 && /aam|aad/.test(mnemonic) ? [immediate(base, 1)] : []);
    return [board.registers.eax, board.registers.eflags & 0x11];
  }

  it('daa turns every sum of two packed numbers into a packed number', () => {
    const pack = (value: number) => ((Math.floor(value / 10) % 10) << 4) | (value % 10);
    const wrong: number[][] = [];
    for (let left = 0; left < 100; left++) {
      for (let right = 0; right < 100; right++) {
        const sum = pack(left) + pack(right);
        const flags = 2 | (sum > 0xff ? 1 : 0) | ((pack(left) & 15) + (pack(right) & 15) > 15 ? 0x10 : 0);
        const [al, carry] = adjust('daa', sum & 0xff, flags);
        if (al !== pack(left + right) || (carry & 1) !== Number(left + right > 99)) wrong.push([left, right, al]);
        const difference = pack(left) - pack(right);
        const borrow = 2 | (difference < 0 ? 1 : 0) | ((pack(left) & 15) < (pack(right) & 15) ? 0x10 : 0);
        const [less, borrowed] = adjust('das', difference & 0xff, borrow);
        const expected = pack((left - right + 100) % 100);
        if (less !== expected || (borrowed & 1) !== Number(left < right)) wrong.push([left, right, less]);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('das borrows even when only the low digit was adjusted', () => {
    expect(adjust('das', 0x03, 0x12)).toEqual([0xfd, 0x11]);
  });

  it('aaa, aas, aam, aad', () => {
    expect(adjust('aaa', 0x000d)).toEqual([0x0103, 0x11]);
    expect(adjust('aaa', 0x00fa)).toEqual([0x0200, 0x11]);
    expect(adjust('aas', 0x02ff)).toEqual([0x0109, 0x11]);
    expect(adjust('aas', 0x0005)).toEqual([0x0005, 0]);
    expect(adjust('aam', 0x1234)[0]).toBe(0x0502);
    expect(adjust('aad', 0x0502)[0]).toBe(0x34);
    expect(adjust('aad', 0x0502, 2, 16)[0]).toBe(0x52);
  });

  it('aam by zero divides by zero', () => {
    const board = new TestBoard();
    expect(board.execute('aam', [immediate(0, 1)])).toBe(-1);
    expect(board.fault).toEqual([0, -1]);
  });

  it('salc spreads the carry', () => {
    const board = new TestBoard();
    board.registers.eflags = 3;
    board.execute('salc');
    expect(board.registers.eax).toBe(0xff);
  });
});

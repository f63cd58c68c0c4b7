import { describe, expect, it } from 'vitest';
import { segmentNumber } from '../../../../core/x86/instruction.ts';
import { LEAVE, NEXT, TRANSFER } from '../../../../core/x86/service.ts';
import { mode, stateLayout } from '../../../../core/x86/state.ts';
import { absolute, place, register, rights, selector, special, TestBoard } from './test-board.ts';

const FREE = selector.free;
const { ds, es, ss, fs, gs, cs } = segmentNumber;

function load(board: TestBoard, number: number, value: number) {
  board.registers.eax = value;
  return board.execute('movseg', [special('segment register', number), register(0)]);
}

describe('loading a data segment', () => {
  const cases: [string, 0 | 1 | 3, number, number | null, [number, number] | null][] = [
    ['null', 3, 3, null, null],
    ['data of the same ring', 3, FREE | 3, rights.data3, null],
    ['data of an outer ring, from ring 0', 0, FREE, rights.data3, null],
    ['data of an inner ring', 3, FREE | 3, rights.data0, [13, FREE]],
    ['rpl weaker than dpl', 0, FREE | 3, rights.data0, [13, FREE]],
    ['readable code', 3, FREE | 3, rights.code3, null],
    ['conforming readable code of ring 0', 3, FREE | 3, 0xc09f00, null],
    ['execute-only code', 3, FREE | 3, 0xc0f900, [13, FREE]],
    ['a system descriptor', 0, FREE, 0x008900, [13, FREE]],
    ['not present', 3, FREE | 3, 0xc07300, [11, FREE]],
    ['not present, in the LDT', 3, 7, 0xc07300, [11, 4]],
  ];
  for (const [name, ring, value, bits, fault] of cases) {
    it(name, () => {
      const board = new TestBoard();
      board.enter(ring);
      if (bits !== null) board.descriptor(value, 0x1000, 0xfffff, bits);
      expect(load(board, es, value)).toBe(fault === null ? TRANSFER : -1);
      if (fault !== null) expect(board.fault).toEqual(fault);
      else expect(board.registers.segment('es').selector).toBe(value);
    });
  }

  it('beyond the table is #GP of the selector; with a null LDT every local selector is', () => {
    const board = new TestBoard();
    expect(load(board, ds, 0x800)).toBe(-1);
    expect(board.fault).toEqual([13, 0x800]);
    expect(load(board, fs, 0x7f8)).toBe(-1);
    expect(board.fault).toEqual([13, 0x7f8]);
    board.registers.ldtr = { selector: 0, base: 0, limit: 0, rights: 0 };
    expect(load(board, gs, 4)).toBe(-1);
    expect(board.fault).toEqual([13, 4]);
  });

  it('sets the accessed bit in memory, once', () => {
    const board = new TestBoard();
    board.descriptor(FREE, 0, 0xffffffff, 0xc09200);
    expect(load(board, fs, FREE)).toBe(NEXT);
    expect(board.memory.read8(place.gdt + FREE + 5)).toBe(0x93);
    expect(board.registers.segment('fs').rights).toBe(0xc09300);
  });

  it('needs no write to a read-only GDT whose accessed bits are set', () => {
    const board = new TestBoard();
    board.memory.write32(place.table + (place.gdt >>> 12) * 4, place.gdt | 5);
    board.page(true);
    expect(load(board, fs, selector.data0)).toBe(NEXT);
    board.memory.write8(place.gdt + selector.data0 + 5, 0x92);
    expect(load(board, fs, selector.data0)).toBe(-1);
    expect(board.fault).toEqual([14, 3]);
    expect(board.faultAddress).toBe(place.gdt + selector.data0 + 5);
  });

  it('mov to cs and to segment 6 are no instructions', () => {
    const board = new TestBoard();
    expect(load(board, cs, selector.code0)).toBe(-1);
    expect(board.fault).toEqual([6, -1]);
    expect(load(board, 6, 0)).toBe(-1);
    expect(board.fault).toEqual([6, -1]);
  });
});

describe('loading ss', () => {
  const cases: [string, 0 | 3, number, number | null, [number, number] | null][] = [
    ['writable data of this ring', 3, FREE | 3, rights.data3, null],
    ['null', 3, 0, null, [13, 0]],
    ['rpl is not cpl', 0, selector.data0 | 3, null, [13, selector.data0]],
    ['dpl is not cpl', 3, FREE | 3, rights.data0, [13, FREE]],
    ['read-only data', 3, FREE | 3, 0xc0f100, [13, FREE]],
    ['code', 3, FREE | 3, rights.code3, [13, FREE]],
    ['not present', 3, FREE | 3, 0xc07300, [12, FREE]],
  ];
  for (const [name, ring, value, bits, fault] of cases) {
    it(name, () => {
      const board = new TestBoard();
      board.enter(ring);
      if (bits !== null) board.descriptor(value, 0, 0xffffffff, bits);
      expect(load(board, ss, value)).toBe(fault === null ? LEAVE : -1);
      if (fault !== null) expect(board.fault).toEqual(fault);
      else expect(board.state.get(stateLayout.at.interruptShadow)).toBe(1);
    });
  }
});

describe('bounds of a loaded segment', () => {
  function segment(base: number, limit: number, bits: number): TestBoard {
    const board = new TestBoard();
    board.enter(3);
    board.descriptor(7, base, limit, bits);
    load(board, ds, 7);
    return board;
  }
  const readable = (board: TestBoard, offset: number, size = 4) => board.processor.access.read(ds, offset, size) >= 0;
  const writable = (board: TestBoard, offset: number) => board.processor.access.write(ds, offset, 4, 0) === 0;

  it('expand-up: up to the limit', () => {
    const board = segment(place.data, 0xfff, 0x40f300);
    expect([0, 0xffc, 0xffd, 0x1000, 0xfffffffe].map((offset) => readable(board, offset))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(board.fault).toEqual([13, 0]);
  });

  it('expand-down: above the limit, up to the top', () => {
    const board = segment(place.data, 0xfff, 0x40f700);
    expect([0xfff, 0x1000, 0x20000, 0xfffffffd].map((offset) => readable(board, offset))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    const narrow = segment(place.data, 0xfff, 0x00f700);
    expect([0xfff, 0x1000, 0xfffc, 0xfffd].map((offset) => readable(narrow, offset))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(readable(segment(0, 0xffffffff, 0xc0f700), 0x1000)).toBe(false);
  });

  it('read-only data and code may not be written; execute-only code not even read', () => {
    for (const bits of [0x40f100, 0x40fb00]) {
      const board = segment(place.data, 0xfff, bits);
      expect([readable(board, 0), writable(board, 0)]).toEqual([true, false]);
      expect(board.fault).toEqual([13, 0]);
    }
    const board = new TestBoard();
    board.registers.setSegment('ds', { selector: FREE, base: 0, limit: 0xffffffff, rights: 0xc0f900 });
    expect(readable(board, 0)).toBe(false);
  });

  it('null: nothing', () => {
    const board = new TestBoard();
    load(board, ds, 0);
    expect([readable(board, 0), readable(board, 1, 1), writable(board, 0)]).toEqual([false, false, false]);
  });

  it('outside them the stack segment faults with #SS', () => {
    const board = new TestBoard();
    board.registers.setSegment('ss', { selector: FREE, base: 0, limit: 0xfff, rights: 0x409300 });
    expect(board.processor.access.read(ss, 0x1000, 4)).toBe(-1);
    expect(board.fault).toEqual([12, 0]);
  });
});

describe('the mode', () => {
  const modeOf = (board: TestBoard) => board.state.get(stateLayout.at.mode);
  const ALL = mode.code32 | mode.stack32 | mode.flatCode | mode.flatData | mode.flatExtra | mode.flatStack;

  it('follows every load', () => {
    const board = new TestBoard();
    expect(modeOf(board)).toBe(ALL);
    expect(load(board, ds, 0)).toBe(TRANSFER);
    expect(modeOf(board)).toBe(ALL & ~mode.flatData);
    board.enter(3);
    expect(modeOf(board)).toBe(ALL | mode.user);
    board.registers.setSegment('cs', { selector: FREE | 3, base: 0, limit: 0xffffffff, rights: 0xc0f900 });
    expect(modeOf(board) & mode.flatCode).toBe(0);
    board.registers.setSegment('ss', { selector: FREE | 3, base: 0, limit: 0xffff, rights: 0x00f300 });
    expect(modeOf(board) & (mode.stack32 | mode.flatStack)).toBe(0);
  });

  it('unchanged, lets the engine go on', () => {
    expect(load(new TestBoard(), ds, selector.data0)).toBe(NEXT);
  });
});

describe('push, pop and Lxx', () => {
  it('push zero-extends, pop takes the low word', () => {
    const board = new TestBoard();
    board.execute('pushseg', [special('segment register', ds)]);
    expect(board.stack(1)).toEqual([selector.data0]);
    board.memory.write32(board.registers.esp, 0x12340000 | selector.data3);
    expect(board.execute('popseg', [special('segment register', es)])).toBe(NEXT);
    expect([board.registers.segment('es').selector, board.registers.esp]).toEqual([selector.data3, place.stack0]);
    expect(board.execute('popseg', [special('segment register', ss)])).toBe(-1);
    expect(board.registers.esp).toBe(place.stack0);
  });

  it('lss with a bad selector leaves both halves alone', () => {
    const board = new TestBoard();
    board.memory.write32(place.data, 0x1234);
    board.memory.write16(place.data + 4, 0x10 | 3);
    expect(board.execute('lss', [register(4), absolute(place.data)])).toBe(-1);
    expect(board.fault).toEqual([13, 0x10]);
    expect(board.registers.esp).toBe(place.stack0);
  });

  it('lds with null is fine', () => {
    const board = new TestBoard();
    board.memory.write32(place.data, 0x1234);
    board.execute('lds', [register(3), absolute(place.data)]);
    expect([board.registers.ebx, board.registers.segment('ds').selector]).toEqual([0x1234, 0]);
  });
});

describe('arpl, lar, lsl, verr, verw', () => {
  const zero = (board: TestBoard) => (board.registers.eflags & 0x40) !== 0;
  function ask(mnemonic: string, value: number, ring: 0 | 3 = 3, prepare = (_: TestBoard) => {}) {
    const board = new TestBoard();
    board.enter(ring);
    prepare(board);
    board.registers.eax = 1;
    board.registers.ecx = value;
    const operands = mnemonic.startsWith('ver') ? [register(1, 2)] : [register(0), register(1)];
    expect(board.execute(mnemonic, operands)).toBe(NEXT);
    return [zero(board), board.registers.eax];
  }

  it('answer as silicon does', () => {
    expect(ask('lar', selector.data3)).toEqual([true, 0xcff300]);
    expect(ask('lar', selector.data0)).toEqual([false, 1]);
    expect(ask('lar', 0xfff3)).toEqual([false, 1]);
    expect(ask('lar', 0)).toEqual([false, 1]);
    expect(ask('lsl', selector.code3)).toEqual([true, 0xffffffff]);
    expect(ask('verw', selector.code3)[0]).toBe(false);
    expect(ask('verr', selector.code3)[0]).toBe(true);
    expect(ask('verw', selector.data3)[0]).toBe(true);
  });

  it('know which system descriptors have rights and limits', () => {
    const gate = (board: TestBoard) => board.gate(place.gdt + FREE, selector.code0, 0x50000, 0xc, 3);
    expect(ask('lar', FREE, 0, gate)[0]).toBe(true);
    expect(ask('lsl', FREE, 0, gate)[0]).toBe(false);
    expect(ask('lsl', selector.tss, 0)).toEqual([true, 0x67]);
    const interrupt = (board: TestBoard) => board.gate(place.gdt + FREE, selector.code0, 0x50000, 0xe, 3);
    expect(ask('lar', FREE, 0, interrupt)[0]).toBe(false);
  });

  it('arpl raises an RPL, and writes nothing if it need not', () => {
    const board = new TestBoard();
    board.registers.eax = 0x12340010;
    board.registers.ecx = 3;
    board.execute('arpl', [register(0, 2), register(1, 2)]);
    expect([board.registers.eax, zero(board)]).toEqual([0x12340013, true]);
    board.registers.setSegment('ds', { selector: FREE, base: 0, limit: 0xffffffff, rights: 0xc09100 });
    expect(board.execute('arpl', [absolute(place.data + 0x100), register(2, 2)])).toBe(NEXT);
    expect(zero(board)).toBe(false);
  });
});

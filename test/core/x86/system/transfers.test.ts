import { describe, expect, it } from 'vitest';
import { LEAVE, TRANSFER } from '../../../../core/x86/service.ts';
import { absolute, farPointer, immediate, place, rights, selector, TestBoard } from './test-board.ts';

const GATE = selector.free;
const TARGET = 0x51234;

function boardIn(ring: 0 | 1 | 2 | 3): TestBoard {
  const board = new TestBoard();
  board.enter(ring);
  return board;
}

const gateAt = (board: TestBoard, code: number, type: number, dpl: number, count = 0) =>
  board.gate(place.gdt + GATE, code, TARGET, type, dpl, count);

describe('far jumps and calls to code', () => {
  it('in the same ring; rpl is replaced by cpl', () => {
    const board = boardIn(3);
    expect(board.execute('jmpf', [farPointer(selector.code3 & ~3, TARGET)])).toBe(TRANSFER);
    expect([board.registers.eip, board.registers.segment('cs').selector]).toEqual([TARGET, selector.code3]);
  });

  it('through memory, 16:32 and 16:16', () => {
    const board = boardIn(0);
    board.memory.write32(place.data, 0x12345678);
    board.memory.write16(place.data + 4, selector.code0);
    board.execute('jmpf', [absolute(place.data)]);
    expect(board.registers.eip).toBe(0x12345678);
    board.memory.write16(place.data + 2, selector.code0);
    board.execute('jmpf', [absolute(place.data)], { operandSize: 2 });
    expect(board.registers.eip).toBe(0x5678);
  });

  it('a call pushes cs and the next eip, by operand size', () => {
    const board = boardIn(0);
    board.execute('callf', [farPointer(selector.code0, TARGET)], { length: 7 });
    expect(board.stack(2)).toEqual([place.code + 7, selector.code0]);
    board.enter(0);
    board.execute('callf', [farPointer(selector.code0, TARGET)], { operandSize: 2 });
    expect(board.stack(2, 2)).toEqual([(place.code + 2) & 0xffff, selector.code0]);
    expect(board.registers.eip).toBe(TARGET & 0xffff);
  });

  it('a conforming segment of ring 0 is entered in the caller’s ring', () => {
    const board = boardIn(3);
    board.descriptor(GATE, 0, 0xffffffff, 0xc09f00);
    board.execute('jmpf', [farPointer(GATE, TARGET)]);
    expect([board.registers.cpl, board.registers.segment('cs').selector]).toEqual([3, GATE | 3]);
  });

  const refused: [string, number, (board: TestBoard) => void, [number, number]][] = [
    ['null', 2, () => {}, [13, 0]],
    ['beyond the GDT', 0x2008, () => {}, [13, 0x2008]],
    ['beyond the LDT', 0x1007, () => {}, [13, 0x1004]],
    ['an inner ring', selector.code0, () => {}, [13, selector.code0]],
    ['data', selector.data3, () => {}, [13, selector.data3 & ~3]],
    ['not present', GATE, (b) => b.descriptor(GATE, 0, 0xffffffff, 0xc07b00), [11, GATE]],
    ['beyond the limit', GATE, (b) => b.descriptor(GATE, 0, 0xffff, 0x40fb00), [13, 0]],
    ['an interrupt gate', GATE, (b) => gateAt(b, selector.code3, 0xe, 3), [13, GATE]],
    ['a call gate of DPL 0', GATE, (b) => gateAt(b, selector.code3, 0xc, 0), [13, GATE]],
    ['a jump inward through a gate', GATE, (b) => gateAt(b, selector.code0, 0xc, 3), [13, selector.code0]],
  ];
  for (const [name, target, prepare, expected] of refused) {
    it(`refuses a jump: ${name}`, () => {
      const board = boardIn(3);
      prepare(board);
      expect(board.execute('jmpf', [farPointer(target, TARGET)])).toBe(-1);
      expect(board.fault).toEqual(expected);
    });
  }

  it('a TSS is checked, then named as what we do not do', () => {
    const board = boardIn(3);
    expect(board.execute('jmpf', [farPointer(selector.tss, 0)])).toBe(-1);
    board.enter(0);
    expect(board.execute('jmpf', [farPointer(selector.tss, 0)])).toBe(LEAVE);
    expect(board.processor.unsupported).toContain('hardware task switch');
    expect(board.registers.eip).toBe(place.code);
  });
});

describe('call gates', () => {
  it('inward: new stack, parameters copied in order, ring changed', () => {
    const board = boardIn(3);
    gateAt(board, selector.code0, 0xc, 3, 2);
    board.registers.esp = place.stack3 - 8;
    board.memory.write32(place.stack3 - 8, 0x11);
    board.memory.write32(place.stack3 - 4, 0x22);
    expect(board.execute('callf', [farPointer(GATE | 3, 0)])).toBe(TRANSFER);
    expect([board.registers.cpl, board.registers.eip]).toEqual([0, TARGET]);
    expect(board.stack(6)).toEqual([place.code + 2, selector.code3, 0x11, 0x22, place.stack3 - 8, selector.data3]);
    board.execute('retf', [immediate(8, 2)]);
    expect([board.registers.cpl, board.registers.eip, board.registers.esp]).toEqual([3, place.code + 2, place.stack3]);
  });

  it('a 16-bit gate moves words', () => {
    const board = boardIn(3);
    gateAt(board, selector.code0, 0x4, 3, 1);
    board.registers.esp = place.stack3 - 2;
    board.memory.write16(place.stack3 - 2, 0xbeef);
    board.execute('callf', [farPointer(GATE | 3, 0)]);
    expect(board.registers.eip).toBe(TARGET & 0xffff);
    expect(board.stack(5, 2)).toEqual([
      (place.code + 2) & 0xffff,
      selector.code3,
      0xbeef,
      (place.stack3 - 2) & 0xffff,
      selector.data3,
    ]);
  });

  it('in the same ring: an ordinary far call', () => {
    const board = boardIn(0);
    gateAt(board, selector.code0, 0xc, 0);
    board.execute('callf', [farPointer(GATE, 0)]);
    expect(board.stack(2)).toEqual([place.code + 2, selector.code0]);
    expect(board.registers.esp).toBe(place.stack0 - 8);
  });

  it('a new stack that is missing is #SS of its selector, one of the wrong kind #TS', () => {
    const board = boardIn(3);
    gateAt(board, selector.code1, 0xc, 3);
    board.descriptor(selector.data1, 0, 0xffffffff, 0xc03300);
    expect(board.execute('callf', [farPointer(GATE | 3, 0)])).toBe(-1);
    expect(board.fault).toEqual([12, selector.data1 & ~3]);
    board.descriptor(selector.data1, 0, 0xffffffff, rights.code1);
    expect(board.execute('callf', [farPointer(GATE | 3, 0)])).toBe(-1);
    expect(board.fault).toEqual([10, selector.data1 & ~3]);
    expect(board.registers.cpl).toBe(3);
  });
});

describe('retf', () => {
  it('releases parameters on both stacks when it goes out', () => {
    const board = boardIn(0);
    board.registers.esp = place.stack0 - 24;
    for (const [index, word] of [0x999, selector.code3, 1, 2, 0xb000, selector.data3].entries()) {
      board.memory.write32(place.stack0 - 24 + index * 4, word);
    }
    board.execute('retf', [immediate(8, 2)]);
    expect([board.registers.cpl, board.registers.eip, board.registers.esp]).toEqual([3, 0x999, 0xb008]);
    expect(board.registers.segment('ds').selector).toBe(0);
  });

  it('may not go inward', () => {
    const board = boardIn(3);
    board.registers.esp = place.stack3 - 8;
    board.memory.write32(place.stack3 - 8, 0);
    board.memory.write32(place.stack3 - 4, selector.code0);
    expect(board.execute('retf')).toBe(-1);
    expect(board.fault).toEqual([13, selector.code0]);
  });

  it('a stack too short is #SS(0)', () => {
    const board = boardIn(0);
    board.descriptor(GATE, place.data, 0xfff, 0x409300);
    board.registers.setSegment('ss', { selector: GATE, base: place.data, limit: 0xfff, rights: 0x409300 });
    board.registers.esp = 0xffc;
    expect(board.execute('retf')).toBe(-1);
    expect(board.fault).toEqual([12, 0]);
  });
});

describe('sysenter and sysexit', () => {
  it('make flat segments of both rings', () => {
    const board = boardIn(3);
    const { registers } = board;
    registers.writeMsr(0x174, selector.code0);
    registers.writeMsr(0x175, 0x7000);
    registers.writeMsr(0x176, TARGET);
    registers.eflags = 0x202;
    expect(board.execute('sysenter')).toBe(TRANSFER);
    expect([registers.cpl, registers.eip, registers.esp, registers.eflags]).toEqual([0, TARGET, 0x7000, 2]);
    registers.edx = 0x123;
    registers.ecx = 0x456;
    expect(board.execute('sysexit')).toBe(TRANSFER);
    expect([registers.cpl, registers.eip, registers.esp]).toEqual([3, 0x123, 0x456]);
    expect([registers.segment('cs').selector, registers.segment('ss').selector]).toEqual([0x1b, 0x23]);
  });

  it('without a code segment are refused', () => {
    const board = boardIn(3);
    expect(board.execute('sysenter')).toBe(-1);
    expect(board.fault).toEqual([13, 0]);
    expect(board.execute('sysexit')).toBe(-1);
  });
});

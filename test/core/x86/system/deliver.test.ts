import { describe, expect, it } from 'vitest';
import { LEAVE, TRANSFER } from '../../../../core/x86/service.ts';
import { deliver } from '../../../../core/x86/system/deliver.ts';
import { immediate, place, selector, TestBoard } from './test-board.ts';

const HANDLER = 0x51234;
const fault = (vector: number, error: number | null) => ({ kind: 'fault', vector, error }) as const;
const external = (vector: number) => ({ kind: 'external', vector, error: null }) as const;

function boardIn(ring: 0 | 1 | 2 | 3): TestBoard {
  const board = new TestBoard();
  board.enter(ring);
  return board;
}

describe('through a gate (SDM 3A 6.12)', () => {
  it('from ring 3 to ring 0: stack from the TSS, five words, flags cleared', () => {
    const board = boardIn(3);
    const { registers, processor } = board;
    board.vector(0x80, selector.code0, HANDLER, 0xe, 3);
    registers.eflags = 0x4702;
    registers.eip = 0x1000;
    expect(board.execute('int', [immediate(0x80, 1)])).toBe(TRANSFER);
    expect([registers.cpl, registers.eip, registers.esp]).toEqual([0, HANDLER, place.stack0 - 20]);
    expect(board.stack(5)).toEqual([0x1002, selector.code3, 0x4702, place.stack3, selector.data3]);
    expect(registers.eflags).toBe(0x0002 | 0x0400);
    expect([registers.segment('cs').selector, registers.segment('ss').selector]).toEqual([
      selector.code0,
      selector.data0,
    ]);
    expect(board.ringsLeft.at(-1)).toBe(3);
    expect(processor.events.deliveries).toBe(1);
  });

  it('to ring 1 takes that ring’s stack; a trap gate leaves IF', () => {
    const board = boardIn(3);
    board.vector(0x80, selector.code1, HANDLER, 0xf, 3);
    board.registers.eflags = 0x202;
    expect(board.execute('int', [immediate(0x80, 1)])).toBe(TRANSFER);
    expect([board.registers.cpl, board.registers.esp]).toEqual([1, place.stack1 - 20]);
    expect(board.registers.eflags).toBe(0x202);
  });

  it('in the same ring: three words on the same stack', () => {
    const board = boardIn(0);
    board.vector(3, selector.code0, HANDLER);
    board.registers.eip = 0x1000;
    expect(board.execute('int3', [], { length: 1 })).toBe(TRANSFER);
    expect(board.stack(3)).toEqual([0x1001, selector.code0, 2]);
    expect(board.registers.esp).toBe(place.stack0 - 12);
  });

  it('a 16-bit gate pushes words and jumps to a word', () => {
    const board = boardIn(3);
    board.vector(0x80, selector.code0, 0xabcd1234, 0x6, 3);
    board.registers.eip = 0x11000;
    board.execute('int', [immediate(0x80, 1)]);
    expect(board.stack(5, 2)).toEqual([0x1002, selector.code3, 2, place.stack3 & 0xffff, selector.data3]);
    expect(board.registers.eip).toBe(0x1234);
  });

  it('a conforming handler runs in the caller’s ring', () => {
    const board = boardIn(3);
    board.descriptor(selector.free, 0, 0xffffffff, 0xc09f00);
    board.vector(0x80, selector.free, HANDLER, 0xe, 3);
    board.execute('int', [immediate(0x80, 1)]);
    expect(board.registers.cpl).toBe(3);
    expect(board.registers.segment('cs').selector).toBe(selector.free | 3);
    expect(board.registers.esp).toBe(place.stack3 - 12);
  });

  it('a fault pushes its error code and RF; a trap does not set RF', () => {
    const board = boardIn(3);
    board.vector(13, selector.code0, HANDLER);
    board.vector(1, selector.code0, HANDLER);
    board.registers.eip = 0x1000;
    expect(deliver(board.processor, fault(13, 0x58))).toBeNull();
    expect(board.stack(6)).toEqual([0x58, 0x1000, selector.code3, 0x10002, place.stack3, selector.data3]);
    board.enter(3);
    expect(deliver(board.processor, { kind: 'trap', vector: 1, error: null })).toBeNull();
    expect(board.stack(3)[2]).toBe(2);
  });

  it('a page fault sets cr2 when it is delivered', () => {
    const board = boardIn(0);
    board.vector(14, selector.code0, HANDLER);
    board.page(true);
    board.memory.write32(place.table + 0x300 * 4, 0);
    expect(board.processor.access.read(3, 0x300123, 4)).toBe(-1);
    expect(board.registers.cr2).toBe(0);
    deliver(board.processor, fault(14, 0));
    expect(board.registers.cr2).toBe(0x300123);
  });

  it('an NMI blocks NMIs until iret', () => {
    const board = boardIn(0);
    board.vector(2, selector.code0, HANDLER);
    deliver(board.processor, { kind: 'nmi', vector: 2, error: null });
    expect(board.processor.nmiBlocked).toBe(true);
    expect(board.processor.events.nmis).toBe(1);
    board.execute('iret');
    expect(board.processor.nmiBlocked).toBe(false);
  });
});

describe('the way refused to int n, with the error code of each reason', () => {
  const cases: [string, (board: TestBoard) => void, [number, number]][] = [
    [
      'vector beyond the IDT',
      (b) => {
        b.registers.idtr = { base: place.idt, limit: 0x3ff };
      },
      [13, 0x402],
    ],
    ['gate of DPL 0', (b) => b.vector(0x80, selector.code0, HANDLER, 0xe, 0), [13, 0x402]],
    ['not a gate', (b) => b.vector(0x80, selector.code0, HANDLER, 0x2, 3), [13, 0x402]],
    ['a call gate', (b) => b.vector(0x80, selector.code0, HANDLER, 0xc, 3), [13, 0x402]],
    [
      'gate not present',
      (b) => {
        b.vector(0x80, selector.code0, HANDLER, 0xe, 3);
        b.memory.write8(place.idt + 0x405, 0x6e);
      },
      [11, 0x402],
    ],
    ['null code selector', (b) => b.vector(0x80, 3, HANDLER, 0xe, 3), [13, 0]],
    ['code selector beyond the GDT', (b) => b.vector(0x80, 0x1008, HANDLER, 0xe, 3), [13, 0x1008]],
    ['handler is data', (b) => b.vector(0x80, selector.data0, HANDLER, 0xe, 3), [13, selector.data0]],
    [
      'handler not present',
      (b) => {
        b.descriptor(selector.code0, 0, 0xffffffff, 0xc01b00);
        b.vector(0x80, selector.code0, HANDLER, 0xe, 3);
      },
      [11, selector.code0],
    ],
    [
      'handler beyond its limit',
      (b) => {
        b.descriptor(selector.free, 0, 0xfff, 0x409b00);
        b.vector(0x80, selector.free, HANDLER, 0xe, 3);
      },
      [13, 0],
    ],
    [
      'TSS too short',
      (b) => {
        b.vector(0x80, selector.code0, HANDLER, 0xe, 3);
        b.registers.tr = { ...b.registers.tr, limit: 8 };
      },
      [10, selector.tss],
    ],
    [
      'stack selector null',
      (b) => {
        b.vector(0x80, selector.code0, HANDLER, 0xe, 3);
        b.memory.write32(place.tss + 8, 0);
      },
      [10, 0],
    ],
    [
      'stack beyond the GDT',
      (b) => {
        b.vector(0x80, selector.code0, HANDLER, 0xe, 3);
        b.memory.write32(place.tss + 8, 0x1010);
      },
      [10, 0x1010],
    ],
    [
      'stack RPL wrong',
      (b) => {
        b.vector(0x80, selector.code0, HANDLER, 0xe, 3);
        b.memory.write32(place.tss + 8, selector.data0 | 1);
      },
      [10, selector.data0],
    ],
    [
      'stack DPL wrong',
      (b) => {
        b.vector(0x80, selector.code0, HANDLER, 0xe, 3);
        b.memory.write32(place.tss + 8, selector.data1 & ~3);
      },
      [10, selector.data1 & ~3],
    ],
    [
      'stack is code',
      (b) => {
        b.vector(0x80, selector.code0, HANDLER, 0xe, 3);
        b.memory.write32(place.tss + 8, selector.code0);
      },
      [10, selector.code0],
    ],
    [
      'stack not present',
      (b) => {
        b.vector(0x80, selector.code0, HANDLER, 0xe, 3);
        b.descriptor(selector.data0, 0, 0xffffffff, 0xc01300);
      },
      [12, selector.data0],
    ],
    [
      'stack too small',
      (b) => {
        b.vector(0x80, selector.code0, HANDLER, 0xe, 3);
        b.descriptor(selector.data0, 0, place.stack0 - 17, 0x409300);
      },
      [12, selector.data0],
    ],
  ];
  for (const [name, prepare, expected] of cases) {
    it(name, () => {
      const board = boardIn(3);
      prepare(board);
      expect(board.execute('int', [immediate(0x80, 1)])).toBe(-1);
      expect(board.fault).toEqual(expected);
      expect([board.registers.cpl, board.registers.eip, board.registers.esp]).toEqual([3, place.code, place.stack3]);
    });
  }

  it('a task gate is named as what we do not do', () => {
    const board = boardIn(3);
    board.vector(0x80, selector.tss, 0, 5, 3);
    expect(board.execute('int', [immediate(0x80, 1)])).toBe(LEAVE);
    expect(board.processor.unsupported).toContain('task');
    expect(board.registers.eip).toBe(place.code);
  });
});

describe('faults on the way (SDM 3A table 6-5)', () => {
  it('of an external interrupt carry EXT', () => {
    const board = boardIn(3);
    board.vector(13, selector.code0, HANDLER);
    expect(deliver(board.processor, external(0x30))).toBeNull();
    expect(board.stack(2)).toEqual([0x30 * 8 + 3, place.code]);
    expect(board.registers.eip).toBe(HANDLER);
  });

  it('contributory after contributory is a double fault with error code 0', () => {
    const board = boardIn(3);
    board.vector(8, selector.code0, HANDLER);
    expect(deliver(board.processor, fault(13, 0))).toBeNull();
    expect(board.stack(2)).toEqual([0, place.code]);
  });

  it('contributory after a page fault is a double fault; a page fault after a contributory one is just that', () => {
    const board = boardIn(3);
    board.vector(8, selector.code0, 0x8888);
    expect(deliver(board.processor, fault(14, 4))).toBeNull();
    expect(board.registers.eip).toBe(0x8888);

    const other = boardIn(3);
    other.page(true);
    other.vector(8, selector.code0, 0x8888);
    other.vector(14, selector.code0, 0xeeee);
    other.vector(13, selector.code1, 0xdddd);
    other.memory.write32(place.table + (place.stack1 / 4096 - 1) * 4, 0);
    expect(deliver(other.processor, fault(13, 0))).toBeNull();
    expect(other.registers.eip).toBe(0xeeee);
    expect(other.stack(1)).toEqual([2]);
    expect(other.registers.cr2).toBe(place.stack1 - 4);
  });

  it('a benign first fault is simply replaced', () => {
    const board = boardIn(3);
    board.vector(13, selector.code0, HANDLER);
    board.vector(8, selector.code0, 0x8888);
    expect(deliver(board.processor, fault(6, null))).toBeNull();
    expect(board.registers.eip).toBe(HANDLER);
    expect(board.stack(1)).toEqual([6 * 8 + 3]);
  });

  it('on the way to the double fault handler: shut down, with a reason', () => {
    const board = boardIn(3);
    const reason = deliver(board.processor, fault(13, 0));
    expect(reason).toMatch(/triple fault at 0x2b:0x40000: .*exception 13, error 0x43/);
  });

  it('a bad ring-1 stack ends in the ring-0 double fault handler, not in a triple fault', () => {
    const board = boardIn(3);
    for (const vector of [10, 11, 12, 13, 14]) board.vector(vector, selector.code1, HANDLER, 0xf);
    board.vector(8, selector.code0, 0x8888);
    board.memory.write32(place.tss + 16, 0x1ff9);
    expect(deliver(board.processor, fault(13, 0))).toBeNull();
    expect([board.registers.cpl, board.registers.eip]).toEqual([0, 0x8888]);
  });
});

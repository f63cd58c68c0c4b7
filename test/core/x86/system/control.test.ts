import { describe, expect, it } from 'vitest';
import { LEAVE, NEXT, TRANSFER } from '../../../../core/x86/service.ts';
import { stateLayout } from '../../../../core/x86/state.ts';
import { absolute, immediate, place, register, selector, special, TestBoard } from './test-board.ts';

const PRIVILEGED: [string, Parameters<TestBoard['execute']>[1]][] = [
  ['lgdt', [absolute(place.data)]],
  ['lidt', [absolute(place.data)]],
  ['lldt', [register(0, 2)]],
  ['ltr', [register(0, 2)]],
  ['lmsw', [register(0, 2)]],
  ['clts', []],
  ['invlpg', [absolute(place.data)]],
  ['invd', []],
  ['wbinvd', []],
  ['hlt', []],
  ['rdmsr', []],
  ['wrmsr', []],
  ['movcr', [special('control register', 0), register(0)]],
  ['movcr', [register(0), special('control register', 3)]],
  ['movdr', [special('debug register', 7), register(0)]],
  ['rdpmc', []],
  ['cli', []],
  ['sti', []],
  ['in', [register(0, 1), immediate(0x60, 1)]],
  ['out', [immediate(0x60, 1), register(0, 1)]],
  ['ins', []],
  ['outs', []],
  ['sysexit', []],
];

describe('privileged instructions', () => {
  for (const ring of [1, 3] as const) {
    for (const [mnemonic, operands] of PRIVILEGED) {
      it(`${mnemonic} in ring ${ring} is #GP(0) and does nothing`, () => {
        const board = new TestBoard();
        board.enter(ring);
        const before = [...board.state.u32.subarray(0, stateLayout.at.faultVector >>> 2)];
        const seen: unknown[] = [];
        board.processor.ports = { read: () => seen.push('read'), write: () => void seen.push('write') };
        expect(board.execute(mnemonic, operands)).toBe(-1);
        expect(board.fault).toEqual([13, 0]);
        before[stateLayout.at.nextEip >>> 2] = board.state.get(stateLayout.at.nextEip);
        expect([...board.state.u32.subarray(0, stateLayout.at.faultVector >>> 2)]).toEqual(before);
        expect(seen).toEqual([]);
      });
    }
  }
});

describe('control registers', () => {
  function write(board: TestBoard, number: number, value: number) {
    board.registers.eax = value;
    return board.execute('movcr', [special('control register', number), register(0)]);
  }

  it('cr3 is a transfer and counts', () => {
    const board = new TestBoard();
    board.page(true);
    const loads = board.processor.events.cr3Loads;
    expect(write(board, 3, place.directory | 0x18)).toBe(TRANSFER);
    expect([board.registers.cr3, board.registers.eip]).toEqual([place.directory | 0x18, place.code + 2]);
    expect(board.processor.events.cr3Loads).toBe(loads + 1);
  });

  it('turning paging on and WP off takes effect at once', () => {
    const board = new TestBoard();
    board.memory.write32(place.table + (place.data >>> 12) * 4, place.data | 5);
    board.registers.cr3 = place.directory;
    expect(write(board, 0, 0x80010011)).toBe(TRANSFER);
    expect(board.processor.access.write(3, place.data, 4, 1)).toBe(-1);
    expect(board.fault).toEqual([14, 3]);
    write(board, 0, 0x80000011);
    expect(board.processor.access.write(3, place.data, 4, 1)).toBe(0);
    write(board, 0, 0x80010011);
    expect(board.processor.access.write(3, place.data, 4, 1)).toBe(-1);
  });

  it('refuse what the manual refuses', () => {
    const board = new TestBoard();
    expect(write(board, 0, 0x80000000)).toBe(-1);
    expect(write(board, 0, 0x20000001)).toBe(-1);
    expect(write(board, 4, 0x20)).toBe(-1);
    expect(board.fault).toEqual([13, 0]);
    expect(write(board, 1, 0)).toBe(-1);
    expect(board.fault).toEqual([6, -1]);
    expect(write(board, 0, 0x10)).toBe(LEAVE);
    expect(board.processor.unsupported).toBe('real mode');
  });

  it('lmsw sets but never clears PE; smsw and clts', () => {
    const board = new TestBoard();
    board.registers.eax = 0xe;
    board.execute('lmsw', [register(0, 2)]);
    expect(board.registers.cr0).toBe(0x1f);
    board.execute('clts');
    board.execute('smsw', [register(1)]);
    expect(board.registers.ecx).toBe(0x17);
  });

  it('debug registers keep their fixed bits; general detect faults', () => {
    const board = new TestBoard();
    board.registers.eax = 0x12345678;
    board.execute('movdr', [special('debug register', 0), register(0)]);
    board.execute('movdr', [register(1), special('debug register', 0)]);
    board.execute('movdr', [register(2), special('debug register', 6)]);
    board.execute('movdr', [register(3), special('debug register', 5)]);
    expect([board.registers.ecx, board.registers.edx, board.registers.ebx]).toEqual([0x12345678, 0xffff0ff0, 0x400]);
    board.registers.eax = 0x2000;
    board.execute('movdr', [special('debug register', 7), register(0)]);
    expect(board.execute('movdr', [register(1), special('debug register', 7)])).toBe(-1);
    expect(board.fault).toEqual([1, -1]);
  });
});

describe('descriptor tables and tasks', () => {
  it('lgdt and sgdt, with 24 bits of base for 16-bit code', () => {
    const board = new TestBoard();
    board.memory.write16(place.data, 0x1234);
    board.memory.write32(place.data + 2, 0xaabbccdd);
    board.execute('lidt', [absolute(place.data)]);
    expect(board.registers.idtr).toEqual({ base: 0xaabbccdd, limit: 0x1234 });
    board.execute('lgdt', [absolute(place.data)], { operandSize: 2 });
    expect(board.registers.gdtr).toEqual({ base: 0xbbccdd, limit: 0x1234 });
    board.enter(3);
    board.execute('sidt', [absolute(place.data + 16)]);
    expect(board.memory.readBytes(place.data + 16, 6)).toEqual(board.memory.readBytes(place.data, 6));
    expect(board.processor.events.tableLoads).toBe(2);
  });

  it('ltr marks the task busy and refuses a busy one', () => {
    const board = new TestBoard();
    board.registers.eax = selector.tss;
    expect(board.execute('ltr', [register(0, 2)])).toBe(NEXT);
    expect(board.memory.read8(place.gdt + selector.tss + 5)).toBe(0x8b);
    expect(board.execute('ltr', [register(0, 2)])).toBe(-1);
    expect(board.fault).toEqual([13, selector.tss]);
    for (const [bad, fault] of [
      [0, [13, 0]],
      [4, [13, 4]],
      [selector.data0, [13, selector.data0]],
      [0x2000, [13, 0x2000]],
    ] as const) {
      board.registers.eax = bad;
      expect(board.execute('ltr', [register(0, 2)])).toBe(-1);
      expect(board.fault).toEqual(fault);
    }
    board.execute('str', [register(1)]);
    expect(board.registers.ecx).toBe(selector.tss);
  });

  it('lldt takes an LDT or null, and local selectors follow', () => {
    const board = new TestBoard();
    board.registers.eax = 0;
    expect(board.execute('lldt', [register(0, 2)])).toBe(NEXT);
    board.execute('sldt', [register(1)]);
    expect(board.registers.ecx).toBe(0);
    board.registers.eax = selector.ldt;
    expect(board.execute('lldt', [register(0, 2)])).toBe(NEXT);
    board.descriptor(4, 0, 0xffffffff, 0xc09300);
    board.registers.eax = 4;
    expect(board.execute('movseg', [special('segment register', 3), register(0)])).toBe(NEXT);
    board.registers.eax = selector.tss;
    expect(board.execute('lldt', [register(0, 2)])).toBe(-1);
    expect(board.fault).toEqual([13, selector.tss]);
  });
});

describe('flags', () => {
  function popf(board: TestBoard, image: number, size: 2 | 4 = 4) {
    board.registers.esp -= size;
    board.memory.write32(board.registers.esp, image);
    return board.execute('popf', [], { operandSize: size });
  }
  const IMAGE = 0x003f7fd7;

  it('popf by ring: IOPL in ring 0 only, IF where IOPL allows', () => {
    const results = ([0, 1, 3] as const).map((ring) => {
      const board = new TestBoard();
      board.enter(ring);
      board.registers.eflags = ring === 1 ? 0x1002 : 2;
      popf(board, IMAGE);
      return board.registers.eflags;
    });
    expect(results).toEqual([0x247fd7, 0x245fd7, 0x244dd7 | 0x100]);
  });

  it('a 16-bit popf leaves the high half', () => {
    const board = new TestBoard();
    board.registers.eflags = 0x200002;
    popf(board, 0x00d5, 2);
    expect(board.registers.eflags).toBe(0x2000d7);
  });

  it('pushf shows neither VM nor RF', () => {
    const board = new TestBoard();
    board.registers.eflags = 0x10293;
    board.execute('pushf');
    expect(board.stack(1)).toEqual([0x293]);
  });

  it('sti shadows the next instruction only if it opened the window', () => {
    const board = new TestBoard();
    expect(board.execute('sti')).toBe(LEAVE);
    expect(board.state.get(stateLayout.at.interruptShadow)).toBe(1);
    expect(board.execute('sti')).toBe(NEXT);
    board.execute('cli');
    expect(board.registers.eflags).toBe(2);
  });

  it('hlt stops behind itself', () => {
    const board = new TestBoard();
    expect(board.execute('hlt', [], { length: 1 })).toBe(LEAVE);
    expect([board.processor.halted, board.registers.eip]).toEqual([true, place.code + 1]);
  });
});

import { describe, expect, it } from 'vitest';
import { segmentNumber } from '../../../../core/x86/instruction.ts';
import { memoryMap, pageFlag, stateLayout } from '../../../../core/x86/state.ts';
import { place, TestBoard } from '../system/test-board.ts';

const { ds, ss } = segmentNumber;
const PAGE = 0x300;
const AT = PAGE << 12;

function paged(): TestBoard {
  const board = new TestBoard();
  board.page(true);
  return board;
}

const mapPage = (board: TestBoard, page: number, entry: number) => board.memory.write32(place.table + page * 4, entry);

describe('accesses across two pages', () => {
  it('read and write both, in the right order of bytes', () => {
    const board = paged();
    mapPage(board, PAGE, 0x500007);
    mapPage(board, PAGE + 1, 0x400007);
    expect(board.processor.access.write(ds, AT + 0xffd, 4, 0x44332211)).toBe(0);
    expect([board.memory.read8(0x500ffd), board.memory.read16(0x500ffe), board.memory.read8(0x400000)]).toEqual([
      0x11, 0x3322, 0x44,
    ]);
    expect(board.processor.access.read(ds, AT + 0xffd, 4)).toBe(0x44332211);
  });

  for (const [missing, address] of [
    [PAGE, AT + 0xffe],
    [PAGE + 1, AT + 0x1000],
  ]) {
    it(`write nothing when page 0x${missing.toString(16)} is missing, and name the byte in cr2`, () => {
      const board = paged();
      mapPage(board, missing, 0);
      expect(board.processor.access.write(ds, AT + 0xffe, 4, 0x12345678)).toBe(-1);
      expect(board.fault).toEqual([14, 2]);
      expect(board.faultAddress).toBe(address);
      expect([board.memory.read16(AT + 0xffe), board.memory.read16(AT + 0x1000)]).toEqual([0, 0]);
    });
  }

  it('wrap from the last byte of the address space to the first, unless a limit stands there', () => {
    const board = new TestBoard();
    board.memory.write16(0, 0xbeef);
    expect(board.processor.access.readLinear(0xfffffffe, 4, true)).toBe(0xbeefffff);
    expect(board.processor.access.read(ss, 0xfffffffe, 4)).toBe(-1);
    expect(board.fault).toEqual([12, 0]);
  });
});

describe('windows for generated code', () => {
  it('are the place itself where nothing is unusual', () => {
    const board = paged();
    expect(board.processor.access.slowRead(AT + 4, 4)).toBe(memoryMap.ram + AT + 4);
    expect(board.processor.access.slowWrite(AT | 0, 4)).toBe(memoryMap.ram + AT);
  });

  it('are the scratch page across pages, and finishWrite puts the bytes in place', () => {
    const board = paged();
    board.memory.write32(AT + 0xffc, 0x04030201);
    board.memory.write32(AT + 0x1000, 0x08070605);
    expect(board.processor.access.slowWrite(AT + 0xffe, 8)).toBe(memoryMap.scratch);
    expect([...board.state.u8.subarray(memoryMap.scratch, memoryMap.scratch + 6)]).toEqual([3, 4, 5, 6, 7, 8]);
    board.state.u8.fill(0xaa, memoryMap.scratch, memoryMap.scratch + 8);
    expect(board.processor.access.finishWrite()).toBe(0);
    expect([board.memory.read32(AT + 0xffc), board.memory.read32(AT + 0x1000)]).toEqual([0xaaaa0201, 0xaaaaaaaa]);
  });

  it('on a watched page, finishWrite tells whether code was dropped', () => {
    const board = paged();
    board.processor.access.write(ds, AT, 4, 0);
    board.state.u8[memoryMap.pageFlags + PAGE] |= pageFlag.code;
    board.state.u8.fill(0xff, memoryMap.decodedChunks + 8 * PAGE, memoryMap.decodedChunks + 8 * PAGE + 8);
    board.processor.spaces.watchPage(PAGE);
    expect(board.processor.access.slowWrite(AT + 8, 4)).toBe(memoryMap.scratch);
    board.state.u32[memoryMap.scratch >>> 2] = 0x1234;
    expect(board.processor.access.finishWrite()).toBe(1);
    expect(board.codeWrites).toEqual([[AT + 8, 4]]);
    expect(board.memory.read32(AT + 8)).toBe(0x1234);
  });
});

describe('physical memory that is not there', () => {
  it('reads as ones and swallows writes, also across its edge', () => {
    const board = paged();
    mapPage(board, PAGE, 0x10000007);
    mapPage(board, PAGE + 1, 0x400007);
    const { access } = board.processor;
    expect(access.write(ds, AT, 4, 0x12345678)).toBe(0);
    expect(access.read(ds, AT, 4)).toBe(0xffffffff);
    expect(access.write(ds, AT + 0xffe, 4, 0x12345678)).toBe(0);
    expect(access.read(ds, AT + 0xffe, 4)).toBe(0x1234ffff);
    const window = access.slowWrite(AT + 16, 4);
    expect(board.state.u32[window >>> 2]).toBe(0xffffffff);
    expect(access.translateFetch(AT)).toBeGreaterThanOrEqual(board.state.ramBytes);
  });

  it('seen from outside is the same', () => {
    const { memory } = new TestBoard();
    memory.write32(memory.size - 2, 0x11223344);
    expect(memory.read16(memory.size - 2)).toBe(0x3344);
    expect(memory.read32(memory.size - 2)).toBe(0xffff3344);
    expect([memory.read8(memory.size), memory.read16(memory.size), memory.read32(0xfffffffc)]).toEqual([
      255, 65535, 0xffffffff,
    ]);
    memory.writeBytes(memory.size - 1, Uint8Array.of(7, 8, 9));
    expect(memory.readBytes(memory.size - 1, 3)).toEqual(Uint8Array.of(7, 255, 255));
    memory.fill(memory.size - 1, 100, 5);
    expect(memory.read8(memory.size - 1)).toBe(5);
  });
});

describe('rings and pages', () => {
  it('error codes name the access', () => {
    const board = paged();
    const { access } = board.processor;
    mapPage(board, PAGE, 0);
    mapPage(board, PAGE + 1, 0x400003);
    mapPage(board, PAGE + 2, 0x401005);
    const fault = (outcome: number) => (outcome < 0 ? board.fault[1] : 'none');
    const codes = (offset: number) => [
      fault(access.read(ds, AT + offset, 4)),
      fault(access.write(ds, AT + offset, 4, 0)),
    ];
    expect([codes(0), codes(0x1000), codes(0x2000)]).toEqual([
      [0, 2],
      ['none', 'none'],
      ['none', 3],
    ]);
    board.enter(3);
    expect([codes(0), codes(0x1000), codes(0x2000)]).toEqual([
      [4, 6],
      [5, 7],
      ['none', 7],
    ]);
    expect(access.translateFetch(AT + 0x1000)).toBe(-1);
    expect(board.fault).toEqual([14, 5]);
    expect(access.readLinear(AT + 0x1000, 4, true)).toBe(0);
  });

  it('with WP off the supervisor may write what ring 3 may not, and ring 3 gains nothing by it', () => {
    const board = new TestBoard();
    board.page(true, false);
    mapPage(board, PAGE, AT | 5);
    expect(board.processor.access.write(ds, AT, 4, 1)).toBe(0);
    board.enter(3);
    expect(board.processor.access.write(ds, AT, 4, 2)).toBe(-1);
    expect(board.fault).toEqual([14, 7]);
  });

  it('a reserved bit in a large page is its own kind of fault', () => {
    const board = paged();
    board.registers.cr4 = 0x10;
    board.memory.write32(place.directory + 4, 0x00402087);
    expect(board.processor.access.read(ds, 0x400000, 4)).toBe(-1);
    expect(board.fault).toEqual([14, 9]);
  });
});

describe('alignment checking (SDM 3A 6.15)', () => {
  function checked(): TestBoard {
    const board = new TestBoard();
    board.page(true);
    board.registers.cr0 |= 1 << 18;
    board.enter(3);
    board.processor.access.write(ds, AT, 4, 0);
    board.registers.eflags = 0x40002;
    return board;
  }

  it('faults on misaligned data of ring 3, after it had been allowed', () => {
    const board = checked();
    const { access } = board.processor;
    expect(access.read(ds, AT + 1, 4)).toBe(-1);
    expect(board.fault).toEqual([17, 0]);
    expect([access.read(ds, AT + 2, 4), access.read(ds, AT + 1, 2), access.write(ds, AT + 3, 2, 0)]).toEqual([
      -1, -1, -1,
    ]);
    expect([access.read(ds, AT, 4), access.read(ds, AT + 2, 2), access.read(ds, AT + 3, 1)]).toEqual([0, 0, 0]);
    expect(access.slowRead(AT + 4, 8)).toBe(-1);
    expect(access.slowRead(AT + 8, 8)).toBeGreaterThan(0);
    expect(board.state.i32[(board.state.get(stateLayout.at.readTable) >>> 2) + PAGE]).toBe(0);
  });

  it('ends with the flag, and outside ring 3', () => {
    const board = checked();
    board.registers.eflags = 2;
    expect(board.processor.access.read(ds, AT + 1, 4)).toBe(0);
    board.registers.eflags = 0x40002;
    board.enter(0);
    expect(board.processor.access.read(ds, AT + 1, 4)).toBe(0);
  });

  it('is switched by popf, at once', () => {
    const board = checked();
    board.registers.eflags = 2;
    board.registers.esp -= 4;
    board.memory.write32(board.registers.esp, 0x40002);
    expect(board.execute('popf')).toBe(1);
    expect(board.processor.access.read(ds, AT + 1, 4)).toBe(-1);
  });
});

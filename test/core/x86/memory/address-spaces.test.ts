import { describe, expect, it } from 'vitest';
import { memoryMap, pageFlag, stateLayout } from '../../../../core/x86/state.ts';
import { random } from '../system/test-board.ts';
import { type Machine, machine, RAM_PAGES, read } from './small-machine.ts';

const DIRECTORIES = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const TABLES = [12, 13, 14, 15, 16, 17];
/** Linear pages the random maps use: two regions, so that a directory entry moves many translations at once. */
const REGIONS = [0, 1, 767];

/** The architecture's walk, written the long way: what every cached translation must agree with. */
function walk({ memory, registers }: Machine, linear: number, write: boolean) {
  const user = registers.cpl === 3;
  let error = (write ? 2 : 0) | (user ? 4 : 0);
  const directoryEntry = memory.read32(((registers.cr3 & ~0xfff) >>> 0) + (linear >>> 22) * 4);
  if (!(directoryEntry & 1)) return { error };
  let entry = directoryEntry;
  let physical = 0;
  if (directoryEntry & 0x80 && registers.cr4 & 0x10) {
    if (directoryEntry & 0x3ff000) return { error: error | 9 };
    physical = (directoryEntry & 0xffc00000) + (linear & 0x3fffff);
  } else {
    entry = memory.read32(((directoryEntry & ~0xfff) >>> 0) + ((linear >>> 12) & 1023) * 4);
    if (!(entry & 1)) return { error };
    physical = (entry & ~0xfff) + (linear & 0xfff);
  }
  const both = entry & directoryEntry;
  error |= 1;
  if (user && !(both & 4)) return { error };
  if (write && !(both & 2) && (user || registers.cr0 & 0x10000)) return { error };
  return { physical: physical >>> 0 };
}

/** Reads (and sometimes writes) at random places and compares with the walk. */
function compare(board: Machine, pick: (below: number) => number): void {
  const { state, memory, processor } = board;
  const linear = ((REGIONS[pick(3)] << 22) | (pick(4) << 12) | pick(4096)) >>> 0;
  const write = pick(3) === 0;
  const expected = walk(board, linear, write);
  const value = write ? pick(256) : 0;
  const answer = write ? processor.access.write(3, linear, 1, value) : read(board, linear);
  if (expected.physical === undefined) {
    expect(answer).toBe(-1);
    expect(state.get(stateLayout.at.faultVector)).toBe(14);
    expect(state.get(stateLayout.at.faultError)).toBe(expected.error);
    expect(state.get(stateLayout.at.faultAddress)).toBe(linear);
  } else if (write) {
    expect(answer).toBe(0);
    if (expected.physical < RAM_PAGES * 4096) expect(memory.read8(expected.physical)).toBe(value);
  } else {
    expect(answer).toBe(memory.read8(expected.physical));
  }
}

/** No entry of any write table leads to a page that is watched. */
function checkWriteTables({ state }: Machine): void {
  for (let set = 0; set < memoryMap.tlbSets; set++) {
    for (const table of [2, 3]) {
      const first = (memoryMap.tlb + (set * 4 + table) * memoryMap.tlbTableBytes) >>> 2;
      for (const region of REGIONS) {
        for (let page = region << 10; page < (region << 10) + 8; page++) {
          const entry = state.i32[first + page];
          if (entry === 0) continue;
          const host = (page * 4096 + entry + 1) >>> 0;
          expect(state.u8[memoryMap.pageFlags + ((host - memoryMap.ram) >>> 12)]).toBe(0);
        }
      }
    }
  }
}

const anyPage = Array.from({ length: RAM_PAGES }, (_, page) => page);

/** Random page table entries: mostly small tables, sometimes a directory as its own table, a large page, absent memory. */
function randomEntry(pick: (below: number) => number, frames: number[]): number {
  const frame = pick(12) === 0 ? 0xfff00 + pick(8) : frames[pick(frames.length)];
  const bits =
    (pick(6) === 0 ? 0 : 1) | (pick(3) === 0 ? 0 : 2) | (pick(3) === 0 ? 0 : 4) | (pick(2) << 5) | (pick(2) << 6);
  return ((frame << 12) | bits) >>> 0;
}

function randomAct(board: Machine, pick: (below: number) => number): void {
  const { memory, registers, processor, state } = board;
  const regionEntry = REGIONS[pick(3)] * 4;
  switch (pick(9)) {
    case 0:
      registers.cr3 = DIRECTORIES[pick(DIRECTORIES.length)] << 12;
      break;
    case 1:
      memory.write32(
        (DIRECTORIES[pick(DIRECTORIES.length)] << 12) + regionEntry,
        randomEntry(pick, [...TABLES, ...DIRECTORIES]),
      );
      break;
    case 2:
    case 3:
      memory.write32((TABLES[pick(TABLES.length)] << 12) + pick(4) * 4, randomEntry(pick, anyPage));
      break;
    case 4:
      board.enter(pick(2) === 0 ? 0 : 3);
      break;
    case 5:
      if (pick(4) === 0) registers.cr0 = 0x80000001 | (pick(2) << 16);
      if (pick(4) === 0) registers.cr4 = pick(2) << 4;
      break;
    case 6:
      processor.spaces.invalidatePage((REGIONS[pick(3)] << 22) | (pick(4) << 12));
      break;
    case 7: {
      const page = pick(RAM_PAGES);
      state.u8[memoryMap.pageFlags + page] ^= pageFlag.code;
      processor.spaces.watchPage(page);
      break;
    }
    default:
      memory.writeBytes(
        (TABLES[pick(TABLES.length)] << 12) + pick(3) * 4,
        Uint8Array.from({ length: 6 }, () => pick(256)),
      );
  }
}

describe('translations kept across everything that may change them', () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`agree with a fresh walk, whatever is written where (seed ${seed})`, () => {
      const board = machine();
      const pick = random(seed * 7919);
      const { memory, registers } = board;
      for (const directory of DIRECTORIES) {
        for (const region of REGIONS) memory.write32((directory << 12) + region * 4, randomEntry(pick, TABLES));
      }
      for (const table of TABLES) {
        for (let entry = 0; entry < 4; entry++)
          memory.write32((table << 12) + entry * 4, randomEntry(pick, [...TABLES, 40, 41, 42, 43]));
      }
      registers.cr3 = 2 << 12;
      registers.cr0 = 0x80010001;
      for (let act = 0; act < 3000; act++) {
        if (pick(3) === 0) randomAct(board, pick);
        else compare(board, pick);
        if (act % 50 === 0) checkWriteTables(board);
      }
      checkWriteTables(board);
    });
  }

  it('survive cr3 loads: a second visit walks nothing', () => {
    const board = machine();
    const { memory, registers, processor } = board;
    for (const directory of [2, 3]) {
      memory.write32(directory << 12, (12 << 12) | 7);
      memory.write32(12 << 12, (40 << 12) | 7);
    }
    registers.cr3 = 2 << 12;
    registers.cr0 = 0x80010001;
    read(board, 0);
    registers.cr3 = 3 << 12;
    read(board, 0);
    const walks = processor.events.pageWalks;
    for (let visit = 0; visit < 10; visit++) {
      registers.cr3 = (2 + (visit & 1)) << 12;
      read(board, 0);
    }
    expect(processor.events.pageWalks).toBe(walks);
    expect(processor.events.cr3Loads).toBe(12);
  });

  it('are there while alignment is checked, though every access is looked at: none counts twice', () => {
    const board = machine();
    const { memory, registers, processor, enter } = board;
    memory.write32(2 << 12, (12 << 12) | 7);
    memory.write32(12 << 12, (40 << 12) | 7);
    registers.cr3 = 2 << 12;
    registers.cr0 = 0x80050001;
    enter(3);
    registers.eflags = 0x40002;
    const count = (access: () => void) => {
      const before = processor.events.tlbFills;
      access();
      return processor.events.tlbFills - before;
    };
    expect(count(() => read(board, 0))).toBe(1);
    expect(count(() => read(board, 8))).toBe(0);
    const write = () => processor.access.write(3, 0, 4, 1);
    expect(count(write)).toBe(1); // the entry becomes dirty
    expect(count(write)).toBe(0);
    registers.eflags = 2;
    expect(count(() => read(board, 0))).toBe(0);
  });
});

describe('watched pages', () => {
  it('tell of writes through any mapping, and of nothing else', () => {
    const board = machine();
    const { state, memory, registers, processor, codeWrites } = board;
    memory.write32(2 << 12, (12 << 12) | 7);
    for (const [entry, frame] of [40, 40, 41].entries()) memory.write32((12 << 12) + entry * 4, (frame << 12) | 7);
    registers.cr3 = 2 << 12;
    registers.cr0 = 0x80010001;
    for (const page of [0, 1, 2]) processor.access.write(3, page << 12, 4, 1);
    expect(codeWrites).toEqual([]);
    state.u8[memoryMap.pageFlags + 40] |= pageFlag.code;
    state.u8.fill(0xff, memoryMap.decodedChunks + 8 * 40, memoryMap.decodedChunks + 8 * 40 + 8);
    processor.spaces.watchPage(40);
    processor.access.write(3, 0x0010, 4, 0x11);
    processor.access.write(3, 0x1020, 2, 0x22);
    processor.access.write(3, 0x2030, 4, 0x33);
    processor.access.write(3, 0x1ffe, 4, 0xaabbccdd);
    memory.write8((40 << 12) + 5, 9);
    expect(codeWrites.map((at) => at - (40 << 12))).toEqual([0x10, 0x20, 0xffe, 5]);
    expect(memory.read32((40 << 12) + 0x10)).toBe(0x11);
    expect(memory.read16((40 << 12) + 0xffe)).toBe(0xccdd);
    expect(memory.read16(41 << 12)).toBe(0xaabb);
  });

  it('are let go when no address space reads tables from them any more', () => {
    const { state, memory, registers, processor } = machine();
    memory.write32(2 << 12, (12 << 12) | 7);
    memory.write32((12 << 12) + 4, (40 << 12) | 7);
    registers.cr3 = 2 << 12;
    registers.cr0 = 0x80010001;
    processor.access.read(3, 0x1000, 4);
    const flags = (page: number) => state.u8[memoryMap.pageFlags + page];
    expect([flags(2), flags(12), flags(40)]).toEqual([pageFlag.table, pageFlag.table, 0]);
    memory.write32(2 << 12, (13 << 12) | 7);
    expect([flags(2), flags(12)]).toEqual([pageFlag.table, 0]);
    registers.cr0 = 1;
    expect(flags(2)).toBe(0);
  });
});

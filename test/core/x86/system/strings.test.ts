import { describe, expect, it } from 'vitest';
import { segmentNumber } from '../../../../core/x86/instruction.ts';
import { NEXT, type Outcome, TRANSFER } from '../../../../core/x86/service.ts';
import { memoryMap, pageFlag } from '../../../../core/x86/state.ts';
import { place, random, selector, TestBoard } from './test-board.ts';

const SOURCE = 0x100000;
const TARGET = 0x200000;
type Repeat = 'none' | 'repe' | 'repne';

/** Runs to the end, chunk by chunk, as an engine would; answers the last outcome and the number of calls. */
function runAll(
  board: TestBoard,
  mnemonic: string,
  size: 1 | 2 | 4,
  repeat: Repeat,
  addressSize: 2 | 4 = 4,
): [Outcome, number] {
  for (let calls = 1; ; calls++) {
    const outcome = board.execute(mnemonic, [], { operandSize: size, repeat, addressSize });
    if (outcome !== TRANSFER) return [outcome, calls];
    expect(board.registers.eip).toBe(place.code);
  }
}

function set(board: TestBoard, ecx: number, esi: number, edi: number): void {
  Object.assign(board.registers, { ecx, esi, edi });
}

const where = ({ registers }: TestBoard) => [registers.ecx, registers.esi, registers.edi];

describe('rep movs and rep stos against one element at a time', () => {
  const model = (bytes: Uint8Array, size: number, count: number, from: number, to: number, step: number) => {
    for (let element = 0; element < count; element++) {
      const item = bytes.slice(from + element * step, from + element * step + size);
      bytes.set(item, to + element * step);
    }
  };
  for (let seed = 1; seed <= 60; seed++) {
    it(`random places, sizes, overlaps and directions (${seed})`, () => {
      const pick = random(seed * 104729);
      const board = new TestBoard();
      if (pick(2) === 0) board.page(true);
      const window = 0x8000;
      board.memory.writeBytes(
        SOURCE,
        Uint8Array.from({ length: window }, () => pick(256)),
      );
      const bytes = board.memory.readBytes(SOURCE, window);
      if (pick(3) === 0) {
        board.state.u8[memoryMap.pageFlags + (SOURCE >>> 12) + 4] |= pageFlag.code;
        board.processor.spaces.watchPage((SOURCE >>> 12) + 4);
      }
      const size = ([1, 2, 4] as const)[pick(3)];
      const backward = pick(3) === 0;
      const count = pick(0x900);
      const first = 0x4000 + pick(64);
      const near = pick(2) === 0 ? pick(17) - 8 : pick(0x1000) - 0x800;
      const step = backward ? -size : size;
      board.registers.eflags = backward ? 0x402 : 2;
      const stores = pick(3) === 0;
      board.registers.eax = 0x12345678;
      set(board, count, SOURCE + first, SOURCE + first + near);
      const [outcome] = runAll(board, stores ? 'stos' : 'movs', size, 'repe');
      if (stores) {
        for (let element = 0; element < count; element++) {
          for (let byte = 0; byte < size; byte++)
            bytes[first + near + element * step + byte] = 0x12345678 >>> (8 * byte);
        }
      } else model(bytes, size, count, first, first + near, step);
      expect(outcome).toBe(NEXT);
      expect(where(board)).toEqual([
        0,
        SOURCE + first + (stores ? 0 : count * step),
        SOURCE + first + near + count * step,
      ]);
      expect(Buffer.compare(board.memory.readBytes(SOURCE, window), bytes)).toBe(0);
    });
  }
});

describe('a rep in the middle', () => {
  it('stops at the faulting element with its registers, and goes on from there', () => {
    const board = new TestBoard();
    board.page(true);
    const missing = place.table + ((TARGET + 0x1000) >>> 12) * 4;
    board.memory.write32(missing, 0);
    board.memory.fill(SOURCE, 0x2000, 0x5a);
    set(board, 0x10, SOURCE, TARGET + 0xff0);
    expect(runAll(board, 'movs', 4, 'repe')[0]).toBe(-1);
    expect(board.fault).toEqual([14, 2]);
    expect(board.faultAddress).toBe(TARGET + 0x1000);
    expect(where(board)).toEqual([0xc, SOURCE + 0x10, TARGET + 0x1000]);
    board.memory.write32(missing, (TARGET + 0x1000) | 7);
    expect(runAll(board, 'movs', 4, 'repe')[0]).toBe(NEXT);
    expect(board.memory.read32(TARGET + 0x102c)).toBe(0x5a5a5a5a);
  });

  it('an element across two pages faults before it changes anything', () => {
    const board = new TestBoard();
    board.page(true);
    board.memory.write32(place.table + ((TARGET + 0x1000) >>> 12) * 4, (TARGET + 0x1000) | 5);
    set(board, 3, SOURCE, TARGET + 0xffa);
    board.memory.fill(SOURCE, 16, 0x11);
    expect(runAll(board, 'movs', 4, 'repe')[0]).toBe(-1);
    expect(board.fault).toEqual([14, 3]);
    expect(where(board)).toEqual([2, SOURCE + 4, TARGET + 0xffe]);
    expect(board.memory.read16(TARGET + 0xffe)).toBe(0);
  });

  it('meets the segment limit element by element', () => {
    const board = new TestBoard();
    board.registers.setSegment('es', { selector: selector.free, base: TARGET, limit: 0x1f, rights: 0x409300 });
    set(board, 100, SOURCE, 0);
    expect(runAll(board, 'stos', 4, 'repe')[0]).toBe(-1);
    expect(board.fault).toEqual([13, 0]);
    expect(where(board)).toEqual([92, SOURCE, 0x20]);
  });

  it('does a page per call, and one element per call under single step', () => {
    const board = new TestBoard();
    set(board, 0x1000, SOURCE, TARGET);
    expect(runAll(board, 'movs', 4, 'repe')).toEqual([NEXT, 4]);
    board.registers.eflags = 0x102;
    set(board, 3, SOURCE, TARGET);
    board.registers.eip = place.code;
    board.execute('movs', [], { repeat: 'repe' });
    expect(board.registers.ecx).toBe(2);
  });

  it('tells the keeper of code about every byte it changes', () => {
    const board = new TestBoard();
    board.state.u8[memoryMap.pageFlags + (TARGET >>> 12)] |= pageFlag.code;
    board.state.u8.fill(
      0xff,
      memoryMap.decodedChunks + 8 * (TARGET >>> 12),
      memoryMap.decodedChunks + 8 * (TARGET >>> 12) + 8,
    );
    board.processor.spaces.watchPage(TARGET >>> 12);
    set(board, 8, SOURCE, TARGET);
    runAll(board, 'stos', 4, 'repe');
    const told = board.codeWrites.flatMap(([at, length]) => Array.from({ length }, (_, byte) => at + byte));
    expect(told).toEqual(Array.from({ length: 32 }, (_, byte) => TARGET + byte));
  });
});

describe('a rep where no memory is', () => {
  it('writes nothing that could be read', () => {
    const board = new TestBoard();
    const beyond = board.state.ramBytes;
    board.registers.eax = 0;
    set(board, 0x400, 0, beyond);
    expect(runAll(board, 'stos', 4, 'repe')[0]).toBe(NEXT);
    set(board, 0x400, beyond, TARGET);
    expect(runAll(board, 'movs', 4, 'repe')[0]).toBe(NEXT);
    expect(board.memory.read32(TARGET + 0x800)).toBe(0xffffffff);
  });
});

describe('16-bit addressing', () => {
  it('wraps at 64 KiB and counts in cx', () => {
    const board = new TestBoard();
    board.registers.setSegment('es', { selector: selector.free, base: TARGET, limit: 0xffffffff, rights: 0xc09300 });
    board.registers.eax = 0x77;
    set(board, 0xabcd0006, 0, 0x1234fffd);
    expect(runAll(board, 'stos', 1, 'repe', 2)[0]).toBe(NEXT);
    expect(where(board)).toEqual([0xabcd0000, 0, 0x12340003]);
    expect([0xfffd, 0xfffe, 0xffff, 0, 1, 2, 3].map((at) => board.memory.read8(TARGET + at))).toEqual([
      0x77, 0x77, 0x77, 0x77, 0x77, 0x77, 0,
    ]);
    expect(board.memory.read8(TARGET + 0x10000)).toBe(0);
  });
});

describe('comparing strings', () => {
  it('repe cmpsb stops behind the first difference', () => {
    const board = new TestBoard();
    board.memory.writeBytes(SOURCE, new TextEncoder().encode('astride'));
    board.memory.writeBytes(TARGET, new TextEncoder().encode('astrode'));
    set(board, 7, SOURCE, TARGET);
    expect(runAll(board, 'cmps', 1, 'repe')[0]).toBe(NEXT);
    expect(where(board)).toEqual([2, SOURCE + 5, TARGET + 5]);
    expect(board.registers.eflags & 0x8d5).toBe(0x95 & (0x80 | 0x10 | 0x1 | 0x4));
  });

  it('repne scasb finds a byte across pages; a count of zero changes no flag', () => {
    const board = new TestBoard();
    board.memory.write8(TARGET + 0x1234, 0x42);
    board.registers.eax = 0x42;
    set(board, 0xffffffff, 0, TARGET);
    runAll(board, 'scas', 1, 'repne');
    expect(board.registers.edi).toBe(TARGET + 0x1235);
    board.registers.eflags = 2;
    set(board, 0, 0, TARGET);
    runAll(board, 'scas', 1, 'repne');
    expect(board.registers.eflags).toBe(2);
  });

  it('scas sets the flags of a subtraction', () => {
    const board = new TestBoard();
    board.registers.eax = 0x80;
    board.memory.write8(TARGET, 1);
    set(board, 1, 0, TARGET);
    runAll(board, 'scas', 1, 'none');
    expect(board.registers.eflags).toBe(0x812);
    expect(board.registers.ecx).toBe(1);
  });
});

describe('lods, ins and outs', () => {
  it('lods takes a segment override', () => {
    const board = new TestBoard();
    board.registers.setSegment('fs', { selector: selector.free, base: SOURCE, limit: 0xffff, rights: 0x409300 });
    board.memory.write16(SOURCE + 4, 0xbeef);
    set(board, 0, 4, 0);
    board.registers.eax = 0x11110000;
    board.execute('lods', [], { operandSize: 2, segment: segmentNumber.fs });
    expect([board.registers.eax, board.registers.esi]).toEqual([0x1111beef, 6]);
  });

  it('rep outs writes each element; rep ins does not read a port it cannot store from', () => {
    const board = new TestBoard();
    const written: number[] = [];
    let reads = 0;
    board.processor.ports = { read: () => ++reads, write: (_port, _size, value) => void written.push(value) };
    board.memory.writeBytes(SOURCE, Uint8Array.of(1, 2, 3));
    set(board, 3, SOURCE, TARGET);
    expect(runAll(board, 'outs', 1, 'repe')).toEqual([NEXT, 3]);
    expect(written).toEqual([1, 2, 3]);
    board.page(true);
    board.memory.write32(place.table + ((TARGET + 0x1000) >>> 12) * 4, 0);
    set(board, 4, SOURCE, TARGET + 0xffe);
    board.registers.eip = place.code;
    expect(runAll(board, 'ins', 1, 'repe')[0]).toBe(-1);
    expect([reads, ...where(board)]).toEqual([2, 2, SOURCE, TARGET + 0x1000]);
  });
});

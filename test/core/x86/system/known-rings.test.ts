/**
 * Two boards take the same random walk between rings while gates, descriptors, stacks and pages change under them.  One
 * repeats in generated code what passed every check before, the other has services only; nothing else may tell them
 * apart.
 */

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { GroundExit } from '../../../../core/agreement/ground.ts';
import { type Board, createBoard } from '../../../../core/x86/board.ts';
import { systemServices } from '../../../../core/x86/system/services.ts';
import { sameMemory, sameProcessors } from '../../../../main/lockstep/compare-boards.ts';
import { place, Rings, random, selector } from './test-board.ts';

const STEPS = 800;
/** A walk makes boards anew whenever one has shut down; no test judges speed. */
const TIMEOUT_MS = 120_000;
const RAM_BYTES = 1 << 20;
const VECTORS = [3, 13, 14, 0x80];
const STACKS = [selector.data0, selector.data1, selector.data2];
const CODES = [selector.code0, selector.code1, selector.code2, selector.data0, selector.code3, 0];
const SELECTORS = [...CODES, ...STACKS, selector.data3, selector.tss, 3];
/** Where single instructions lie, 16 bytes each; gates lead elsewhere on the same page. */
const SINGLES = place.code + 0x800;
const OTHER_DIRECTORY = place.directory + 0x2000;
const SECOND_GDT = place.gdt + 0x800;

/** Each finds its operands in eax, a selector or an address, and in ecx. */
const singles = {
  int3: [0xcd, 3],
  int13: [0xcd, 13],
  int14: [0xcd, 14],
  call: [0xcd, 0x80],
  iret: [0xcf],
  read: [0x8b, 0x18],
  write: [0x89, 0x08],
  writeByte: [0x88, 0x08],
  loadEs: [0x8e, 0xc0],
  loadDs: [0x8e, 0xd8],
  loadFs: [0x8e, 0xe0],
  loadGs: [0x8e, 0xe8],
  loadFromMemory: [0x8e, 0x18],
  pushEs: [0x06],
  popDs: [0x1f],
  popGs: [0x0f, 0xa9],
  ltr: [0x0f, 0x00, 0xd8],
  lgdt: [0x0f, 0x01, 0x10],
  loadSpace: [0x0f, 0x22, 0xd8],
  readCr2: [0x0f, 0x20, 0xd2],
  invlpg: [0x0f, 0x01, 0x38],
  breakpoint: [0xcc],
  clearTaskSwitched: [0x0f, 0x06],
  writeCr0: [0x0f, 0x22, 0xc0],
  loadSs: [0x8e, 0xd0, 0x90],
} as const;
type Single = keyof typeof singles;
const names = Object.keys(singles) as Single[]; // its own keys
const addressOf = (name: Single) => SINGLES + 16 * names.indexOf(name);

class Walker extends Rings {
  readonly board: Board;
  readonly memory: Board['memory'];
  readonly registers: Board['registers'];

  constructor(shortcuts: boolean) {
    super();
    this.board = createBoard({ ramBytes: RAM_BYTES, engine: 'interpreter', shortcuts });
    this.memory = this.board.memory;
    this.registers = this.board.registers;
    this.repair();
    this.page(true);
  }

  /** Sets everything right again, so that a walk does not end in a corner. */
  repair(): void {
    const { memory } = this;
    this.fillTables();
    memory.writeBytes(OTHER_DIRECTORY, memory.readBytes(place.directory, 4096));
    memory.writeBytes(SECOND_GDT, memory.readBytes(place.gdt, 0x100));
    for (const vector of VECTORS) this.vector(vector, selector.code1, place.code, 0xf, 3);
    for (const name of names) memory.writeBytes(addressOf(name), Uint8Array.from(singles[name]));
    this.registers.cr3 = place.directory;
    this.enter(3);
  }

  single(name: Single): GroundExit {
    this.registers.eip = addressOf(name);
    // Where the budget ends, what is behind a load of ss has its shield kept for it, which is the service's business.
    return this.board.run(name === 'loadSs' ? 2 : 1);
  }
}

type Dice = ReturnType<typeof random>;

/** Changes to what a ring change depends on; each mostly small, so that many steps find everything as it was. */
const disturbances: ((walker: Walker, dice: Dice) => void)[] = [
  (walker, dice) => {
    const target = CODES[dice(CODES.length)];
    walker.vector(VECTORS[dice(VECTORS.length)], target, place.code + dice(64), 0xe + dice(2), dice(4));
  },
  ({ memory }, dice) => {
    const gate = place.idt + VECTORS[dice(VECTORS.length)] * 8;
    memory.write32(gate + 4, memory.read32(gate + 4) ^ (1 << (8 + dice(8))));
  },
  ({ memory }, dice) => {
    const at = place.gdt + (8 << dice(4)) + 4;
    memory.write32(at, memory.read32(at) ^ (1 << (8 + dice(16))));
  },
  ({ memory }, dice) => memory.write32(place.tss + 4 + 8 * dice(3), place.stack0 + 4 * dice(64) + (dice(8) ? 0 : 2)),
  ({ memory }, dice) => memory.write32(place.tss + 8 + 8 * dice(3), STACKS[dice(STACKS.length)]),
  ({ memory }, dice) => {
    const at = place.table + (place.stack0 >>> 12) * 4 + 4 * dice(32);
    memory.write32(at, memory.read32(at) ^ (1 << dice(2)));
  },
  ({ registers }, dice) => {
    registers.gdtr = { base: dice(4) ? place.gdt : SECOND_GDT, limit: dice(4) ? 0x7ff : 0x1f };
  },
  // The frame will land on the GDT itself.
  ({ memory }, dice) => memory.write32(place.tss + 4 + 8 * dice(2), place.gdt + 4 * dice(16)),
  ({ memory, registers }, dice) => memory.write32(registers.esp & 0x3ffffc, dice(2) ? 0x2000_0000 : place.code),
  ({ registers }, dice) => {
    const name = (['ds', 'es', 'fs', 'gs'] as const)[dice(4)];
    const inner = registers.cpl === 0 ? 0 : 1;
    const rights = inner === 0 ? 0xc09300 : 0xc0b300;
    registers.setSegment(name, { selector: STACKS[inner], base: 0, limit: 0xffffffff, rights });
  },
  (walker, dice) => walker.enter(([0, 1, 3, 3] as const)[dice(4)]),
  ({ board }, dice) => (dice(3) ? board.raiseInterrupt(0x80) : board.raiseNmi()),
  ({ registers }, dice) => {
    registers.eflags = [2, 0x202, 0x3202, 0x102, 0x4002, 0x40202][dice(6)];
  },
];

function operandsFor(walker: Walker, name: Single, dice: Dice): void {
  const { registers, memory } = walker;
  const anywhere = [place.data, place.table + 4 * dice(1024), place.gdt + 8 * dice(12), 0x700000, place.data + 0xfff];
  registers.ecx = memory.read32(registers.eax & 0x3ffffc);
  if (name === 'writeCr0') registers.eax = (registers.cr0 ^ [0, 8, 8, 0x10000, 0x40000][dice(5)]) >>> 0;
  else if (name === 'loadSpace') registers.eax = dice(2) ? place.directory : OTHER_DIRECTORY;
  else if (name === 'lgdt') {
    memory.writeBytes(place.data, Uint8Array.from([0xff, 7, 0, dice(2) ? 0x10 : 0x18, 0, 0]));
    registers.eax = place.data;
  } else if (name.startsWith('load') || name === 'ltr') registers.eax = SELECTORS[dice(SELECTORS.length)];
  else registers.eax = anywhere[dice(anywhere.length)];
  if (name === 'loadFromMemory') {
    memory.write32(place.data, registers.eax);
    registers.eax = place.data;
  }
  // Entries that read back as they were, so that pages come and go but do not wander.
  if (name === 'write') registers.ecx = memory.read32(registers.eax & 0x3ffffc) ^ (dice(4) ? 0 : 1 << dice(7));
  if (dice(24) === 0) registers.esp += 2;
}

function step(walker: Walker, dice: Dice): GroundExit {
  const name = dice(3) ? names[dice(5)] : names[dice(names.length)];
  operandsFor(walker, name, dice);
  return walker.single(name);
}

describe('what was done before', () => {
  it.each([1, 2, 3])(
    'is done the same in generated code (walk %i)',
    (seed) => {
      const dice = random(seed * 7919);
      const newPair = () => [new Walker(true), new Walker(false)];
      let walkers = newPair();
      const both = <Result>(what: (walker: Walker, dice: Dice) => Result) => {
        const roll = dice(0x7fffffff);
        return walkers.map((walker) => what(walker, random(roll)));
      };
      let [deliveries, returns] = [0, 0];
      for (let number = 0; number < STEPS; number++) {
        if (dice(30) === 0) both((walker) => walker.repair());
        if (dice(5) === 0) both((walker, chance) => disturbances[chance(disturbances.length)](walker, chance));
        const [exit, otherExit] = both(step);
        const [one, other] = walkers.map(({ board }) => board);
        expect(exit, `step ${number}`).toEqual(otherExit);
        expect(sameProcessors(one, other), `step ${number}`).toBe(true);
        const down = exit.why === 'shut down';
        if (down || number % 50 === 0) expect(sameMemory(one, other), `memory at step ${number}`).toBe(true);
        if (!down && number < STEPS - 1) continue;
        deliveries += one.events.deliveries;
        returns += one.events.iretInstructions;
        walkers = newPair();
      }
      expect(deliveries).toBeGreaterThan(STEPS / 10);
      expect(returns).toBeGreaterThan(STEPS / 50);
    },
    TIMEOUT_MS,
  );
});

describe('a service', () => {
  afterEach(() => vi.restoreAllMocks());

  /** How often services ran while `what` was done a hundred times. */
  function callsOf(mnemonics: readonly string[], prepare: (walker: Walker) => void, ...what: Single[]): number[] {
    const spies = mnemonics.map((mnemonic) => vi.spyOn(systemServices, mnemonic));
    const walker = new Walker(true);
    prepare(walker);
    for (let round = 0; round < 100; round++) for (const name of what) walker.single(name);
    return spies.map((spy) => spy.mock.calls.length);
  }

  it('is asked about a ring change once', () => {
    const calls = callsOf(
      ['int', 'iret'],
      (walker) => walker.vector(0x80, selector.code0, place.code, 0xe, 3),
      'call',
      'iret',
    );
    expect(calls).toEqual([1, 1]);
  });

  it('is asked about a ring change from ring 1 once', () => {
    const prepare = (walker: Walker) => {
      walker.vector(0x80, selector.code0, place.code, 0xe, 3);
      walker.enter(1);
    };
    expect(callsOf(['int', 'iret'], prepare, 'call', 'iret')).toEqual([1, 1]);
  });

  it.each([0, 1, 3] as const)('is asked about an interrupt within ring %i once', (ring) => {
    const prepare = (walker: Walker) => {
      walker.vector(0x80, [selector.code0, selector.code1, 0, selector.code3][ring], place.code, 0xe, 3);
      walker.enter(ring);
    };
    expect(callsOf(['int', 'iret'], prepare, 'call', 'iret')).toEqual([1, 1]);
  });

  it('is asked once, however often the stack pointer in the TSS changes', () => {
    const int = vi.spyOn(systemServices, 'int');
    const walker = new Walker(true);
    walker.vector(0x80, selector.code0, place.code, 0xe, 3);
    for (let round = 1; round <= 100; round++) {
      walker.memory.write32(place.tss + 4, place.stack0 + 32 * round);
      walker.enter(3);
      walker.single('call');
      expect(walker.registers.esp).toBe(place.stack0 + 32 * round - 20);
    }
    expect(int.mock.calls.length).toBe(1);
  });

  it('is asked about a stack that is not flat whenever its pointer changes', () => {
    const walker = new Walker(true);
    walker.vector(0x80, selector.code0, place.code, 0xe, 3);
    walker.vector(12, selector.code0, place.code + 1, 0xe, 3);
    walker.descriptor(selector.data0, 0, 0xfffff, 0x409300);
    const top = (pointer: number) => {
      walker.memory.write32(place.tss + 4, pointer);
      walker.enter(3);
      return walker.single('call');
    };
    top(place.stack0);
    expect(top(place.stack0).why).toBe('budget spent');
    expect(top(0x200000).why).toBe('shut down');
  });

  it('is asked about a segment, a task register and a space once', () => {
    const prepare = (walker: Walker) => {
      walker.enter(0);
      walker.registers.eax = selector.data0;
    };
    expect(callsOf(['movseg'], prepare, 'loadEs')).toEqual([1]);
    const inSpace = (walker: Walker) => {
      walker.enter(0);
      walker.registers.eax = place.directory;
    };
    expect(callsOf(['movcr'], inSpace, 'loadSpace', 'readCr2')).toEqual([0]);
  });

  it('is asked about a stack of 16 bits, which wraps', () => {
    const walker = new Walker(true);
    const { registers } = walker;
    walker.vector(0x80, selector.code0, place.code, 0xe, 3);
    const below = (rights: number) => {
      walker.enter(0);
      registers.setSegment('ss', { selector: selector.data0, base: 0, limit: 0xffffffff, rights });
      registers.esp = place.stack0 + 0x40;
      walker.single('call');
      return registers.esp;
    };
    expect([below(0xc09300), below(0xc09300)]).toEqual([place.stack0 + 0x34, place.stack0 + 0x34]);
    walker.memory.write32(0x34, 0);
    expect(below(0x809300)).toBe(place.stack0 + 0x34);
    expect(walker.memory.read32(0x34)).not.toBe(0);
  });

  it('is not asked about a breakpoint that is known, nor about TS', () => {
    const prepare = (walker: Walker) => walker.vector(3, selector.code0, place.code, 0xe, 3);
    expect(callsOf(['int3', 'iret'], prepare, 'breakpoint', 'iret')).toEqual([1, 1]);
    const inRing0 = (walker: Walker) => {
      walker.enter(0);
      walker.registers.eax = walker.registers.cr0 | 8;
    };
    expect(callsOf(['movcr', 'clts'], inRing0, 'writeCr0', 'clearTaskSwitched')).toEqual([0, 0]);
  });

  it('is asked about ss once', () => {
    const prepare = (walker: Walker) => {
      walker.enter(0);
      walker.registers.eax = selector.data0;
    };
    expect(callsOf(['movseg'], prepare, 'loadSs', 'loadDs')).toEqual([2]);
  });

  it('opens no gate to software because an interrupt came through', () => {
    const walker = new Walker(true);
    walker.vector(0x80, selector.code0, place.code, 0xe, 0);
    for (let round = 0; round < 2; round++) {
      walker.enter(3);
      walker.registers.eflags = 0x202;
      walker.board.raiseInterrupt(0x80);
      walker.board.run(0);
      expect(walker.registers.cpl).toBe(0);
    }
    walker.enter(3);
    walker.vector(13, selector.code1, place.code, 0xe, 0);
    walker.single('call');
    expect(walker.registers.cpl).toBe(1);
    expect(walker.memory.read32(walker.registers.esp)).toBe(0x80 * 8 + 2);
  });

  it('still ends a return at the limit of the code segment', () => {
    const walker = new Walker(true);
    walker.vector(0x80, selector.code0, place.code, 0xe, 3);
    walker.descriptor(selector.code3, 0, 0xfffff, 0x40fb00);
    const there = (eip: number) => {
      walker.enter(3);
      walker.single('call');
      walker.memory.write32(walker.registers.esp, eip);
      walker.single('iret');
      return walker.registers.eip;
    };
    expect([there(0xfffff), there(0xfffff)]).toEqual([0xfffff, 0xfffff]);
    walker.vector(13, selector.code0, place.code + 1, 0xe, 0);
    expect(there(0x100000)).toBe(place.code + 1);
  });
});

/**
 * Two boards take the same random walk between rings while gates, descriptors, stacks and pages change under them.  One
 * repeats in generated code what passed every check before, the other has services only; nothing else may tell them
 * apart.
 */

import { describe, expect, it } from 'vitest';
import type { GroundExit } from '../../../../core/agreement/ground.ts';
import { sameMemory, sameProcessors } from '../../../../main/lockstep/compare-boards.ts';
import { place, random, selector } from './test-board.ts';
import { names, OTHER_DIRECTORY, SECOND_GDT, type Single, VECTORS, Walker } from './walker.ts';

const STEPS = 800;
/** A walk makes boards anew whenever one has shut down; no test judges speed. */
const TIMEOUT_MS = 120_000;
const STACKS = [selector.data0, selector.data1, selector.data2];
const CODES = [selector.code0, selector.code1, selector.code2, selector.data0, selector.code3, 0];
const SELECTORS = [...CODES, ...STACKS, selector.data3, selector.tss, 3];

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

/**
 * Two boards take the same random walk between rings while gates, descriptors, stacks and pages change under them.  One
 * may remember ring changes, the other is made to forget before every step; nothing else may tell them apart.
 */

import { describe, expect, it } from 'vitest';
import { FAULT, TRANSFER } from '../../../../core/x86/service.ts';
import { memoryMap, stateLayout } from '../../../../core/x86/state.ts';
import { deliver } from '../../../../core/x86/system/deliver.ts';
import { immediate, place, random, selector, TestBoard } from './test-board.ts';

const STEPS = 1500;
const VECTORS = [3, 13, 14, 0x80];
const PAGE_FAULT = 14;
const STACKS = [selector.data0, selector.data1, selector.data2];
const SELECTORS = [selector.code0, selector.code1, selector.code2, selector.data0, selector.code3, 0];

function forget(board: TestBoard): void {
  board.state.u8.fill(0, memoryMap.knownEntries, memoryMap.knownReturns + memoryMap.knownReturnCount * 256);
}

type Dice = ReturnType<typeof random>;

/** Changes to what a ring change depends on; each mostly small, so that many steps find everything as it was. */
const disturbances: ((board: TestBoard, dice: Dice) => void)[] = [
  (board, dice) => {
    const target = SELECTORS[dice(SELECTORS.length)];
    board.vector(VECTORS[dice(VECTORS.length)], target, place.code + dice(64), 0xe + dice(2), dice(4));
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
    registers.gdtr = { base: place.gdt, limit: dice(4) ? 0x7ff : 0x1f };
  },
  // The frame will land on the GDT itself.
  ({ memory }, dice) => memory.write32(place.tss + 4 + 8 * dice(2), place.gdt + 4 * dice(16)),
  // A code segment of 1 MiB, and a return far beyond it.
  ({ memory, registers }, dice) => memory.write32(registers.esp & ~3, dice(2) ? 0x2000_0000 : place.code),
  ({ registers }, dice) => {
    const name = (['ds', 'es', 'fs', 'gs'] as const)[dice(4)];
    const inner = registers.cpl === 0 ? 0 : 1;
    const rights = inner === 0 ? 0xc09300 : 0xc0b300;
    registers.setSegment(name, { selector: STACKS[inner], base: 0, limit: 0xffffffff, rights });
  },
  (board, dice) => board.enter(([0, 1, 3, 3] as const)[dice(4)]),
];

function disturb(board: TestBoard, dice: Dice): void {
  disturbances[dice(disturbances.length)](board, dice);
}

/** What a test sets right again, so that the walk does not end in a corner. */
function repair(board: TestBoard): void {
  const fresh = new TestBoard();
  for (const at of [place.gdt, place.tss]) board.memory.writeBytes(at, fresh.memory.readBytes(at, 0x60));
  board.registers.gdtr = fresh.registers.gdtr;
  for (const vector of VECTORS) board.vector(vector, selector.code1, place.code, 0xf, 3);
  for (let page = 0; page < 1024; page++) board.memory.write32(place.table + page * 4, (page << 12) | 7);
  board.enter(3);
}

function act(board: TestBoard, dice: Dice): unknown {
  const kind = dice(6);
  const vector = VECTORS[dice(VECTORS.length)];
  const odd = dice(16) === 0;
  if (kind === 0) return deliver(board.processor, { kind: 'fault', vector: PAGE_FAULT, error: 4 });
  if (kind === 1) return deliver(board.processor, { kind: 'external', vector, error: null });
  if (kind < 4) return board.execute('int', [immediate(vector, 1)]);
  if (odd) board.registers.esp += 2;
  return board.execute('iret', [], { length: 1 });
}

/** Everything a guest could see. The scratch page and the memories themselves are nobody's. */
const visible = (board: TestBoard) => [
  board.state.u32.slice(0, stateLayout.at.spare >>> 2).join(),
  board.registers.eflags,
  board.processor.events.deliveries,
  board.processor.events.iretInstructions,
  board.ringsLeft.length,
];
const ram = (board: TestBoard) => Buffer.from(board.memory.readBytes(0, place.data));

describe('a ring change that was made before', () => {
  it.each([1, 2, 3, 4])('is the same as one with every check (walk %i)', (seed) => {
    const dice = random(seed * 7919);
    const knowing = new TestBoard();
    const forgetful = new TestBoard();
    const both = (what: (board: TestBoard, dice: Dice) => unknown) => {
      const roll = dice(0x7fffffff);
      return [knowing, forgetful].map((board) => what(board, random(roll)));
    };
    both((board) => board.page(true));
    both(repair);
    let remembered = 0;
    for (let step = 0; step < STEPS; step++) {
      if (dice(60) === 0) both(repair);
      if (dice(4) === 0) both(disturb);
      forget(forgetful);
      const walks = [knowing, forgetful].map((board) => board.processor.events.deliveries);
      const [one, other] = both(act);
      expect(one, `step ${step}`).toEqual(other);
      expect(visible(knowing), `step ${step}`).toEqual(visible(forgetful));
      if (knowing.processor.events.deliveries > walks[0]) remembered++;
      if (step % 50 === 0) expect(ram(knowing).equals(ram(forgetful)), `memory at step ${step}`).toBe(true);
    }
    expect(remembered).toBeGreaterThan(STEPS / 20);
  });

  it('by an interrupt opens no gate to software', () => {
    const board = new TestBoard();
    board.vector(0x80, selector.code0, place.code, 0xe, 0);
    for (let round = 0; round < 2; round++) {
      board.enter(3);
      expect(deliver(board.processor, { kind: 'external', vector: 0x80, error: null })).toBeNull();
      expect(board.registers.cpl).toBe(0);
    }
    board.enter(3);
    expect(board.execute('int', [immediate(0x80, 1)])).toBe(FAULT);
    expect(board.fault).toEqual([13, 0x80 * 8 + 2]);
  });

  it('outward still ends at the limit of the code segment', () => {
    const board = new TestBoard();
    board.vector(0x80, selector.code0, place.code, 0xe, 3);
    board.descriptor(selector.code3, 0, 0xfffff, 0x40fb00);
    const there = (eip: number) => {
      board.enter(3);
      board.execute('int', [immediate(0x80, 1)]);
      board.memory.write32(board.registers.esp, eip);
      return board.execute('iret', [], { length: 1 });
    };
    expect([there(0xfffff), there(0xfffff)]).toEqual([TRANSFER, TRANSFER]);
    expect(there(0x100000)).toBe(FAULT);
    expect(board.fault).toEqual([13, 0]);
  });
});

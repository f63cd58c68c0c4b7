import { describe, expect, test } from 'vitest';
import { memoryMap } from '../../../../core/x86/state.ts';
import { compileMisses } from '../../../../core/x86/system-code/memory-misses.ts';
import { buildSide } from '../interpreter/engine-pair.ts';
import { page, pageEntry, world } from '../small-world.ts';

const PAGE = 0x1000;
const DWORD = 4;
const FAULT = -1;

/** The generated functions, the tables they need known already, and how often they asked TypeScript. */
function buildMisses() {
  const side = buildSide({});
  const asked = { times: 0 };
  const count = () => {
    asked.times++;
    return FAULT;
  };
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 1 });
  const services = { slowRead: count, slowWrite: count, finishWrite: count, service: count };
  const misses = compileMisses({ m: { memory: side.state.memory, table, ...services } });
  expect(side.processor.access.slowRead(world.data, DWORD)).toBe(memoryMap.ram + world.data);
  return { side, misses, asked };
}

test('pages under known tables are found without asking TypeScript', () => {
  const { side, misses, asked } = buildMisses();
  const { events } = side.processor;
  const walks = events.pageWalks;
  expect(misses.slowRead(world.data + PAGE, DWORD)).toBe(memoryMap.ram + world.data + PAGE);
  expect(misses.slowWrite(world.data + 2 * PAGE, DWORD)).toBe(memoryMap.ram + world.data + 2 * PAGE);
  expect(misses.slowRead(world.absent, DWORD)).toBe(FAULT);
  expect([asked.times, events.pageWalks - walks]).toEqual([0, 3]);
  misses.slowRead(world.data + PAGE - 1, DWORD);
  expect(asked.times).toBe(1);
});

describe('a write that only a watch holds up', () => {
  const heldAt = ({ state }: ReturnType<typeof buildSide>) => state.i32[memoryMap.heldWrite >>> 2];

  test('is remembered while other pages are filled in', () => {
    const { side, misses } = buildMisses();
    expect(misses.slowWrite(world.pageTable, DWORD)).toBe(memoryMap.scratch);
    const held = heldAt(side);
    expect(held).not.toBe(0);
    misses.slowRead(world.data + PAGE, DWORD);
    expect(heldAt(side)).toBe(held);
    expect(misses.slowWrite(world.pageTable, DWORD)).toBe(memoryMap.scratch);
  });

  test('walks again when its own page was, which may have become read-only', () => {
    const { side, misses, asked } = buildMisses();
    expect(misses.slowWrite(world.pageTable, DWORD)).toBe(memoryMap.scratch);
    side.memory.write32(pageEntry(world.pageTable), world.pageTable | page.present | page.accessed | page.dirty);
    expect(misses.slowRead(world.pageTable, DWORD)).toBe(memoryMap.ram + world.pageTable);
    expect(misses.slowWrite(world.pageTable, DWORD)).toBe(FAULT);
    expect(asked.times).toBe(0);
  });
});

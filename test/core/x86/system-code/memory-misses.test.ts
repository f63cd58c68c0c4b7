import { expect, test } from 'vitest';
import { memoryMap } from '../../../../core/x86/state.ts';
import { compileMisses } from '../../../../core/x86/system-code/memory-misses.ts';
import { buildSide } from '../interpreter/engine-pair.ts';
import { world } from '../small-world.ts';

const PAGE = 0x1000;
const DWORD = 4;

test('pages under known tables are found without asking TypeScript', () => {
  const side = buildSide({});
  const { access, events } = side.processor;
  let asked = 0;
  const count = () => {
    asked++;
    return -1;
  };
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 1 });
  const services = { slowRead: count, slowWrite: count, finishWrite: count, service: count };
  const misses = compileMisses({ m: { memory: side.state.memory, table, ...services } });

  expect(access.slowRead(world.data, DWORD)).toBe(memoryMap.ram + world.data);
  const walks = events.pageWalks;
  expect(misses.slowRead(world.data + PAGE, DWORD)).toBe(memoryMap.ram + world.data + PAGE);
  expect(misses.slowWrite(world.data + 2 * PAGE, DWORD)).toBe(memoryMap.ram + world.data + 2 * PAGE);
  expect(misses.slowRead(world.absent, DWORD)).toBe(-1);
  expect([asked, events.pageWalks - walks]).toEqual([0, 3]);
  misses.slowRead(world.data + PAGE - 1, DWORD);
  expect(asked).toBe(1);
});

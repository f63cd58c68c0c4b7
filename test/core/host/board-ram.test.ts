import { expect, test } from 'vitest';
import { PAGE_BYTES } from '../../../core/agreement/addresses.ts';
import { BoardFull, BoardRam } from '../../../core/host/board-ram.ts';
import { FakeMemory } from './fake-memory.ts';

const PAGES = 16;
const board = () => {
  const memory = new FakeMemory(PAGES * PAGE_BYTES);
  return { memory, ram: new BoardRam(memory) };
};

test('blocks do not overlap, and page 0 is nobody’s', () => {
  const { ram } = board();
  expect([ram.allocate(2), ram.allocate(1), ram.allocate(3)]).toEqual([PAGE_BYTES, 3 * PAGE_BYTES, 4 * PAGE_BYTES]);
});

test('what comes back is found again, in one piece with its neighbours, and clean', () => {
  const { memory, ram } = board();
  const [first, second, third] = [ram.allocate(5), ram.allocate(5), ram.allocate(5)];
  memory.fill(PAGE_BYTES, 15 * PAGE_BYTES, 0xaa);
  ram.release(first, 5);
  ram.release(third, 5);
  expect(() => ram.allocate(6)).toThrow(BoardFull);
  ram.release(second, 5);
  const whole = ram.allocate(15);
  expect(whole).toBe(PAGE_BYTES);
  expect(memory.readBytes(whole, 15 * PAGE_BYTES).every((byte) => byte === 0)).toBe(true);
});

test('a board that is full says so and loses nothing', () => {
  const { ram } = board();
  expect(() => ram.allocate(PAGES)).toThrow('the board has no 16 free pages in a row');
  expect(ram.allocate(PAGES - 1)).toBe(PAGE_BYTES);
});

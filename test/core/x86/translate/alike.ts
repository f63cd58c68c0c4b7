import { expect } from 'vitest';
import { createBoard, type EngineName } from '../../../../core/x86/board.ts';
import { assemble } from '../assemble.ts';
import { buildSmallWorld, enterRing, world } from '../small-world.ts';

const HLT = 0xf4;

/** What a program leaves in the general registers, flags and count, on an engine that translates soon. */
export function run(engine: EngineName, text: string) {
  const board = createBoard({ ramBytes: world.bytes, engine, hotAfter: 3 });
  buildSmallWorld(board);
  const code = assemble(text);
  board.memory.writeBytes(world.code, code);
  board.memory.write8(world.code + code.length, HLT);
  enterRing(board, 0);
  const exits: string[] = [];
  for (let slice = 0; slice < 400; slice++) {
    const exit = board.run(1009);
    exits.push(exit.why);
    if (exit.why !== 'budget spent') break;
  }
  const { eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags } = board.registers;
  const { tlbFills, pageWalks, deliveries, segmentLoads } = board.events;
  const events = { tlbFills, pageWalks, deliveries, segmentLoads };
  const registers = [eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags];
  return { registers, instructions: board.instructions, exits, events };
}

/** Both engines, in everything but time. */
export function expectAlike(text: string): void {
  const believed = run('interpreter', text);
  expect(believed.exits.at(-1)).toBe('halted');
  expect(run('translator', text)).toEqual(believed);
}

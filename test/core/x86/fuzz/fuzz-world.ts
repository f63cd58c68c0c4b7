/**
 * Where a random program lives: the small world, with handlers that resume, more kinds of segments, a second address
 * space, and a window of aliases where the same pages show under other addresses and other rights.
 *
 *      0x0000_7000  alias table of the first address space     0x0000_b000  … of the second, whose directory is 0x0000_a000
 *      0x0000_c000  LDT         0x0000_d000  the handlers' notes         0x0001_0000  four pages of code
 *      0x0040_0000  64 aliases, by chance; 0x0042_0000 on, the code pages once more
 *      0x0080_0000  all of it once more, as one page of 4 MiB, where the program has those
 */

import type { Ground } from '../../../../core/agreement/ground.ts';
import type { Random } from '../encoding/random.ts';
import { buildSmallWorld, page, pageEntry, selectors, world } from '../small-world.ts';
import { handlerPage, notes, STACK_TOP, stubOf } from './handlers.ts';
import { writeOddDescriptors } from './odd-segments.ts';

export const fuzz = {
  directories: [world.directory, 0xa000],
  aliasTables: [0x7000, 0xb000],
  ldt: 0xc000,
  aliases: 0x400000,
  aliasCount: 64,
  codeAliases: 0x420000,
  codePages: 4,
  largePage: 0x800000,
  dataPages: 16,
} as const;

const PAGE = 0x1000;
const LARGE = 0x80;
const PAGE_SIZE_EXTENSION = 0x10;
/** Physical memory that is not there. */
const BEYOND_RAM = 0x3000000;
const INTERRUPT_GATE = 0xee00;
const TRAP_GATE = 0xef00;
const sysenter = { cs: 0x174, esp: 0x175, eip: 0x176 } as const;

/** Physical pages worth meeting under a second name. */
function aliasTarget(dice: Random): number {
  switch (dice.below(12)) {
    case 0:
      return world.code + dice.below(fuzz.codePages) * PAGE;
    case 1:
      return world.stack - PAGE * (1 + dice.below(2));
    case 2:
      return world.readOnly;
    case 3:
      return BEYOND_RAM;
    case 4:
      return dice.once(3) ? fuzz.aliasTables[dice.below(2)] : world.data;
    default:
      return world.data + dice.below(fuzz.dataPages) * PAGE;
  }
}

/** Mostly present, writable and for everyone. */
export function randomRights(dice: Random): number {
  const { present, writable, user } = page;
  return (dice.once(8) ? 0 : present) | (dice.once(4) ? 0 : writable) | (dice.once(6) ? 0 : user);
}

export function randomAliasEntry(dice: Random): number {
  return aliasTarget(dice) | randomRights(dice);
}

function buildAliases({ memory }: Ground, dice: Random): void {
  const all = page.present | page.writable | page.user;
  const [first, second] = fuzz.directories;
  memory.writeBytes(second, memory.readBytes(first, PAGE));
  fuzz.directories.forEach((directory, index) => {
    const table = fuzz.aliasTables[index];
    memory.write32(directory + (fuzz.aliases >>> 22) * 4, table | all);
    memory.write32(directory + (fuzz.largePage >>> 22) * 4, all | LARGE);
    for (let slot = 0; slot < fuzz.aliasCount; slot++) {
      const code = slot * PAGE + fuzz.aliases - fuzz.codeAliases;
      const isCode = code >= 0 && code < fuzz.codePages * PAGE;
      memory.write32(table + slot * 4, isCode ? (world.code + code) | all : randomAliasEntry(dice));
    }
  });
}

/** Handlers cannot be written by anyone; tables, notes and the trap stack only by ring 0. */
function protectKernel({ memory }: Ground): void {
  const { present, writable, user } = page;
  for (let at = 0; at < world.code; at += PAGE) memory.write32(pageEntry(at), at | present | writable);
  memory.write32(pageEntry(world.stubs), world.stubs | present);
  memory.write32(pageEntry(notes.count), notes.count | present | writable | user);
}

function buildHandlers({ memory, registers }: Ground, dice: Random, landing: number): void {
  memory.writeBytes(world.stubs, handlerPage());
  for (let vector = 0; vector < 256; vector++) {
    const stub = stubOf(vector);
    memory.write32(world.idt + vector * 8, (selectors.code0 << 16) | (stub & 0xffff));
    memory.write32(world.idt + vector * 8 + 4, dice.once(4) ? TRAP_GATE : INTERRUPT_GATE);
  }
  registers.writeMsr(sysenter.cs, selectors.code0);
  registers.writeMsr(sysenter.esp, STACK_TOP - PAGE);
  registers.writeMsr(sysenter.eip, landing);
}

/** Puts a board into the program's world, whatever it held before, but for the program itself. */
export function buildFuzzWorld(board: Ground, dice: Random, landing: number): void {
  const { memory, registers } = board;
  registers.cr0 = 0;
  registers.cr4 = 0;
  memory.writeBytes(0, new Uint8Array(world.bytes));
  buildSmallWorld(board);
  writeOddDescriptors(board);
  buildHandlers(board, dice, landing);
  protectKernel(board);
  buildAliases(board, dice);
  registers.cr4 = dice.once(3) ? 0 : PAGE_SIZE_EXTENSION;
  registers.cr3 = world.directory;
}

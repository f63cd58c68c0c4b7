/** A board among rings, gates and stacks, and single instructions that go from one to the other. */

import type { GroundExit } from '../../../../core/agreement/ground.ts';
import { type Board, createBoard } from '../../../../core/x86/board.ts';
import { place, Rings, selector } from './test-board.ts';

const RAM_BYTES = 1 << 20;
export const VECTORS = [3, 13, 14, 0x80];
/** Where single instructions lie, 16 bytes each; gates lead elsewhere on the same page. */
const SINGLES = place.code + 0x800;
export const OTHER_DIRECTORY = place.directory + 0x2000;
export const SECOND_GDT = place.gdt + 0x800;

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
export type Single = keyof typeof singles;
export const names = Object.keys(singles) as Single[]; // its own keys
const addressOf = (name: Single) => SINGLES + 16 * names.indexOf(name);

export class Walker extends Rings {
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

/**
 * The x87 registers belong to whichever guest is on.  The Switcher leaves them alone, so when another guest's turn
 * comes the host saves one set and loads the other, with the instructions any kernel has for that.  A guest that never
 * shares its board never pays for it.
 */

import type { HostPhysical } from '../agreement/addresses.ts';
import type { PhysicalMemory } from '../agreement/ground.ts';
import { layout, u8, u16, u32 } from '../agreement/layout.ts';
import { type HostWorld, vectorServed } from '../switcher/host-world.ts';
import type { Board } from './board.ts';
import type { GuestCpu } from './guest-cpu.ts';

/** The start of the 512 bytes that FXSAVE writes (SDM 1 10.5.1); the registers follow. */
const fxsaveImage = layout('FXSAVE', {
  control: u16,
  status: u16,
  tags: u8,
  reserved: u8,
  opcode: u16,
  instruction: u32,
  instructionSelector: u32,
  operand: u32,
  operandSelector: u32,
  mxcsr: u32,
});

/** As FNINIT and reset leave them: all exceptions masked, full precision, every register empty. */
const freshControl = 0x037f;
const freshMxcsr = 0x1f80;

/** Fills a zeroed page with the registers of a guest that has computed nothing yet. */
export function freshFloatingPoint(memory: PhysicalMemory, page: HostPhysical): void {
  memory.write16(page + fxsaveImage.at.control, freshControl);
  memory.write32(page + fxsaveImage.at.mxcsr, freshMxcsr);
}

/** fxsave [address], fxrstor [address], hlt: the addresses are filled in for each swap. */
const FXSAVE = [0x0f, 0xae, 0x05];
const FXRSTOR = [0x0f, 0xae, 0x0d];
const HLT = 0xf4;
const MOST_INSTRUCTIONS = 1000;

/** Makes the x87 registers `cpu`'s, saving those of whoever ran last. */
export function swapFloatingPoint(board: Board, cpu: GuestCpu): void {
  const { registers } = board.ground;
  // Both instructions would fault while TS is set.
  registers.cr0 = (registers.cr0 & ~TASK_SWITCHED) >>> 0;
  const save = board.lastGuest === null ? [] : [...FXSAVE, ...addressBytes(board.lastGuest.floatingPointPage)];
  const load = [...FXRSTOR, ...addressBytes(cpu.floatingPointPage)];
  const code = Uint8Array.of(...save, ...load, HLT);
  board.ground.memory.writeBytes(board.codePage, code);
  runHostCode(board.world, board.codePage, board.codePage + code.length);
}

/** CR0.TS (SDM 3A 2.5). */
export const TASK_SWITCHED = 1 << 3;

const addressBytes = (at: number): number[] => [at & 0xff, (at >>> 8) & 0xff, (at >>> 16) & 0xff, at >>> 24];

/** Runs a few instructions of the host's own up to their `hlt`; handlers that stop on the way go on. */
function runHostCode(world: HostWorld, start: number, end: number): void {
  const { ground } = world;
  ground.registers.eip = start;
  ground.registers.esp = world.stackTop;
  const give = ground.instructions + MOST_INSTRUCTIONS;
  while (ground.instructions < give) {
    const exit = ground.run(give - ground.instructions);
    if (exit.why !== 'halted') break;
    if (ground.registers.eip === end) return;
    const served = vectorServed(world, ground.registers.eip);
    if (served === null) break;
    world.served[served]++;
  }
  throw new Error(`the host could not swap x87 registers: it stopped at 0x${ground.registers.eip.toString(16)}`);
}

/** The general registers of a guest at rest, by the numbers instructions give them (SDM 2A table 2-2) and in their parts. */

import type { RegisterName } from '../switcher/lguest-pages.ts';
import type { AccessBytes } from './guest-events.ts';
import type { GuestRegisters } from './guest-registers.ts';

const names: readonly RegisterName[] = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
/** As byte registers, the second four are ah, ch, dh and bh. */
const FIRST_HIGH_BYTE = 4;

/** All ones in so many bytes. */
export const onesOf = (bytes: AccessBytes): number => 2 ** (8 * bytes) - 1;

/** Where a part of a register lies: which register, and how far up. */
function partOf(number: number, bytes: AccessBytes): { name: RegisterName; shift: number } {
  const high = bytes === 1 && number >= FIRST_HIGH_BYTE;
  return high ? { name: names[number - FIRST_HIGH_BYTE], shift: 8 } : { name: names[number], shift: 0 };
}

export function readPart(registers: GuestRegisters, number: number, bytes: AccessBytes): number {
  const { name, shift } = partOf(number, bytes);
  return ((registers.read(name) >>> shift) & onesOf(bytes)) >>> 0;
}

/** Bytes of the register beyond the part stay as they were. */
export function writePart(registers: GuestRegisters, number: number, bytes: AccessBytes, value: number): void {
  const { name, shift } = partOf(number, bytes);
  const mask = onesOf(bytes) << shift;
  registers.write(name, (registers.read(name) & ~mask) | ((value << shift) & mask));
}

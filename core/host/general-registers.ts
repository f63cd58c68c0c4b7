/** The general registers of a guest at rest, by the numbers instructions give them (SDM 2A table 2-2) and in their parts. */

import { lguestRegs, type RegisterName } from '../switcher/lguest-pages.ts';
import type { AccessBytes } from './guest-events.ts';
import type { GuestRegisters } from './guest-registers.ts';

const names: readonly RegisterName[] = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
const places: readonly number[] = names.map((name) => lguestRegs.at[name]);
/** As byte registers, the second four are ah, ch, dh and bh. */
const FIRST_HIGH_BYTE = 4;
const HIGH_BYTE_SHIFT = 8;

/** All ones in so many bytes. A driver that waits for a port asks for them a hundred thousand times. */
export const onesOf = (bytes: AccessBytes): number => 0xffff_ffff >>> (32 - 8 * bytes);

const isHighByte = (number: number, bytes: AccessBytes): boolean => bytes === 1 && number >= FIRST_HIGH_BYTE;
/** Which register a part lies in, by its offset in the saved registers, and how far up in it. */
const placeOf = (number: number, bytes: AccessBytes): number =>
  places[isHighByte(number, bytes) ? number - FIRST_HIGH_BYTE : number];
const shiftOf = (number: number, bytes: AccessBytes): number => (isHighByte(number, bytes) ? HIGH_BYTE_SHIFT : 0);

export function readPart(registers: GuestRegisters, number: number, bytes: AccessBytes): number {
  return ((registers.at(placeOf(number, bytes)) >>> shiftOf(number, bytes)) & onesOf(bytes)) >>> 0;
}

/** Bytes of the register beyond the part stay as they were. */
export function writePart(registers: GuestRegisters, number: number, bytes: AccessBytes, value: number): void {
  const place = placeOf(number, bytes);
  const shift = shiftOf(number, bytes);
  const mask = onesOf(bytes) << shift;
  registers.put(place, (registers.at(place) & ~mask) | ((value << shift) & mask));
}

/** The guest's saved registers, by name, in the page they are saved in. Values are unsigned; nothing is checked. */

import type { HostPhysical } from '../agreement/addresses.ts';
import type { PhysicalMemory } from '../agreement/ground.ts';
import { lguestRegs, type RegisterName, registersPage } from './lguest-pages.ts';

/** Board address of one saved register. */
export const registerAddress = (page: HostPhysical, name: RegisterName): number =>
  page + registersPage.at.registers + lguestRegs.at[name];

export function readGuestRegister(memory: PhysicalMemory, page: HostPhysical, name: RegisterName): number {
  return memory.read32(registerAddress(page, name));
}

export function writeGuestRegister(
  memory: PhysicalMemory,
  page: HostPhysical,
  name: RegisterName,
  value: number,
): void {
  memory.write32(registerAddress(page, name), value);
}

/**
 * The registers of a guest that is not running, as properties.  They were pushed by the processor and the Switcher
 * when the guest was left, so they can be believed until it is entered again.
 */

import type { HostPhysical } from '../agreement/addresses.ts';
import type { PhysicalMemory } from '../agreement/ground.ts';
import { readGuestRegister, writeGuestRegister } from '../switcher/guest-registers.ts';
import type { RegisterName } from '../switcher/lguest-pages.ts';

export class GuestRegisters {
  readonly #memory: PhysicalMemory;
  readonly #page: HostPhysical;

  constructor(memory: PhysicalMemory, page: HostPhysical) {
    this.#memory = memory;
    this.#page = page;
  }

  read(name: RegisterName): number {
    return readGuestRegister(this.#memory, this.#page, name);
  }

  write(name: RegisterName, value: number): void {
    writeGuestRegister(this.#memory, this.#page, name, value >>> 0);
  }

  get eip(): number {
    return this.read('eip');
  }
  set eip(value: number) {
    this.write('eip', value);
  }
  get esp(): number {
    return this.read('esp');
  }
  set esp(value: number) {
    this.write('esp', value);
  }
  get eflags(): number {
    return this.read('eflags');
  }
  set eflags(value: number) {
    this.write('eflags', value);
  }
  get cs(): number {
    return this.read('cs');
  }
  set cs(value: number) {
    this.write('cs', value);
  }
  get ss(): number {
    return this.read('ss');
  }
  set ss(value: number) {
    this.write('ss', value);
  }
  get eax(): number {
    return this.read('eax');
  }
  set eax(value: number) {
    this.write('eax', value);
  }
}

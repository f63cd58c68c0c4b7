/**
 * The registers of a guest that is not running, as properties.  They were pushed by the processor and the Switcher
 * when the guest was left, so they can be believed until it is entered again.  Reading them is a load each; writing goes
 * the way of every write to the board's RAM.
 */

import type { HostPhysical } from '../agreement/addresses.ts';
import type { PhysicalMemory } from '../agreement/ground.ts';
import { lguestRegs, type RegisterName, registersPage } from '../switcher/lguest-pages.ts';

const REGISTERS = registersPage.at.registers;
const place = (name: RegisterName): number => REGISTERS + lguestRegs.at[name];

const EIP = place('eip');
const ESP = place('esp');
const EFLAGS = place('eflags');
const CS = place('cs');
const SS = place('ss');
const EAX = place('eax');

export class GuestRegisters {
  readonly #memory: PhysicalMemory;
  readonly #page: HostPhysical;
  readonly #words: Uint32Array;

  /** The page holds the record as `registersPage` draws it. */
  constructor(memory: PhysicalMemory, page: HostPhysical) {
    this.#memory = memory;
    this.#page = page;
    this.#words = memory.words;
  }

  read(name: RegisterName): number {
    return this.#read(place(name));
  }

  write(name: RegisterName, value: number): void {
    this.#write(place(name), value);
  }

  /** The register at an offset of `lguestRegs`; `put` writes it. */
  at(offset: number): number {
    return this.#read(REGISTERS + offset);
  }

  put(offset: number, value: number): void {
    this.#write(REGISTERS + offset, value);
  }

  get eip(): number {
    return this.#read(EIP);
  }
  set eip(value: number) {
    this.#write(EIP, value);
  }
  get esp(): number {
    return this.#read(ESP);
  }
  set esp(value: number) {
    this.#write(ESP, value);
  }
  get eflags(): number {
    return this.#read(EFLAGS);
  }
  set eflags(value: number) {
    this.#write(EFLAGS, value);
  }
  get cs(): number {
    return this.#read(CS);
  }
  set cs(value: number) {
    this.#write(CS, value);
  }
  get ss(): number {
    return this.#read(SS);
  }
  set ss(value: number) {
    this.#write(SS, value);
  }
  get eax(): number {
    return this.#read(EAX);
  }
  set eax(value: number) {
    this.#write(EAX, value);
  }

  #read(offset: number): number {
    return this.#words[(this.#page + offset) >>> 2];
  }

  #write(offset: number, value: number): void {
    this.#memory.write32(this.#page + offset, value >>> 0);
  }
}

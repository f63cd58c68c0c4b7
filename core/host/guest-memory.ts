/**
 * A guest's memory as host and launcher see it: offsets from 0 into one block of the board's RAM.  The host asks
 * `holds` before it believes an address the guest gave; the launcher is expected to know what it does, so for it a
 * wrong address is a mistake of ours and throws.
 */

import type { GuestPhysical, HostPhysical } from '../agreement/addresses.ts';
import type { PhysicalMemory } from '../agreement/ground.ts';
import type { GuestMemory } from './guest-events.ts';

export class GuestBlock implements GuestMemory {
  readonly base: HostPhysical;
  readonly size: number;
  readonly #memory: PhysicalMemory;

  constructor(memory: PhysicalMemory, base: HostPhysical, size: number) {
    this.#memory = memory;
    this.base = base;
    this.size = size;
  }

  /** True if `length` bytes from `at` lie in the guest's memory. `at` may be any number a guest thought up. */
  holds(at: number, length: number): boolean {
    return at >= 0 && length >= 0 && at + length <= this.size;
  }

  /** Where a guest-physical address lies on the board. */
  onBoard(at: GuestPhysical, length = 1): HostPhysical {
    if (!this.holds(at, length)) {
      throw new RangeError(`guest memory has ${this.size} bytes, not ${length} at 0x${at.toString(16)}`);
    }
    return (this.base + at) as HostPhysical; // the block is contiguous
  }

  read8(at: GuestPhysical): number {
    return this.#memory.read8(this.onBoard(at, 1));
  }

  read16(at: GuestPhysical): number {
    return this.#memory.read16(this.onBoard(at, 2));
  }

  read32(at: GuestPhysical): number {
    return this.#memory.read32(this.onBoard(at, 4));
  }

  write8(at: GuestPhysical, value: number): void {
    this.#memory.write8(this.onBoard(at, 1), value);
  }

  write16(at: GuestPhysical, value: number): void {
    this.#memory.write16(this.onBoard(at, 2), value);
  }

  write32(at: GuestPhysical, value: number): void {
    this.#memory.write32(this.onBoard(at, 4), value);
  }

  readBytes(at: GuestPhysical, length: number): Uint8Array {
    return this.#memory.readBytes(this.onBoard(at, length), length);
  }

  writeBytes(at: GuestPhysical, bytes: Uint8Array): void {
    this.#memory.writeBytes(this.onBoard(at, bytes.length), bytes);
  }

  fill(at: GuestPhysical, length: number, value: number): void {
    this.#memory.fill(this.onBoard(at, length), length, value);
  }
}

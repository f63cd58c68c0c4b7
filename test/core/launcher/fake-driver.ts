/** The guest's end of a virtqueue, well behaved or not: writes descriptors and rings where the bus said they lie. */

import { descriptorFlag, descriptorLayout, legacyRing, ringHead } from '../../../core/launcher/ring-layout.ts';
import { type FakeMemory, physical } from './fake-guest.ts';

export interface Link {
  readonly at: number;
  readonly length: number;
  readonly flags?: number;
  readonly next?: number;
  readonly addressHigh?: number;
}

export class FakeDriver {
  readonly place: ReturnType<typeof legacyRing>;
  private readonly memory: FakeMemory;
  private available = 0;

  constructor(memory: FakeMemory, base: number, size: number) {
    this.memory = memory;
    this.place = legacyRing(physical(base), size);
  }

  /** Writes one descriptor, of the ring or of a table elsewhere. */
  describe(index: number, link: Link, table: number = this.place.descriptors): void {
    const at = table + index * descriptorLayout.bytes;
    this.memory.write32(at + descriptorLayout.at.addressLow, link.at);
    this.memory.write32(at + descriptorLayout.at.addressHigh, link.addressHigh ?? 0);
    this.memory.write32(at + descriptorLayout.at.length, link.length);
    this.memory.write16(at + descriptorLayout.at.flags, link.flags ?? 0);
    this.memory.write16(at + descriptorLayout.at.next, link.next ?? 0);
  }

  /** A chain of links in the ring's own table, from `first` on. */
  chain(first: number, links: readonly Link[]): void {
    links.forEach((link, index) => {
      const more = index < links.length - 1;
      const flags = (link.flags ?? 0) | (more ? descriptorFlag.next : 0);
      this.describe(first + index, { ...link, flags, next: first + index + 1 });
    });
  }

  /** Makes the chain at `head` available. */
  offer(head: number): void {
    const slot = this.place.available + ringHead.bytes + (this.available % this.place.size) * 2;
    this.memory.write16(slot, head);
    this.setAvailableIndex(this.available + 1);
  }

  setAvailableIndex(index: number): void {
    this.available = index & 0xffff;
    this.memory.write16(this.place.available + ringHead.at.index, this.available);
  }

  setAvailableFlags(flags: number): void {
    this.memory.write16(this.place.available + ringHead.at.flags, flags);
  }

  get usedIndex(): number {
    return this.memory.read16(this.place.used + ringHead.at.index);
  }

  used(index: number): { id: number; length: number } {
    const at = this.place.used + ringHead.bytes + (index % this.place.size) * 8;
    return { id: this.memory.read32(at), length: this.memory.read32(at + 4) };
  }
}

/**
 * The launcher's end of a virtqueue.  The rings lie in memory the guest writes at will, so nothing read from them is
 * believed: each descriptor is copied once and checked, each chain is bounded by the ring's size, and a ring that makes
 * no sense is marked broken and left alone until the guest resets the device.  The guest hurts only itself.
 */

import type { GuestPhysical } from '../agreement/addresses.ts';
import type { GuestMemory } from '../host/guest-events.ts';
import { hex } from './image-error.ts';
import {
  AVAILABLE_ENTRY_BYTES,
  AVAILABLE_NO_INTERRUPT,
  descriptorFlag,
  descriptorLayout,
  INDEX_MASK,
  type RingPlace,
  ringHead,
  usedElement,
} from './ring-layout.ts';

/** A stretch of guest memory that was checked to lie within it. */
export interface Span {
  readonly at: GuestPhysical;
  readonly length: number;
}

/** One request: what the device may read, then what it may write. */
export interface Chain {
  readonly head: number;
  readonly readable: readonly Span[];
  readonly writable: readonly Span[];
}

/** How many bytes these stretches hold together. */
export const bytesIn = (spans: readonly Span[]): number => spans.reduce((sum, span) => sum + span.length, 0);

export interface VirtqueueOptions {
  readonly memory: GuestMemory;
  readonly place: RingPlace;
  /** Bytes one chain may name, so that a single kick cannot ask for gigabytes. */
  readonly largestChain: number;
  /** Raises the queue's interrupt. */
  readonly interrupt: () => void;
  /** Told once, with a sentence, when the ring breaks. */
  readonly onBroken: (reason: string) => void;
}

interface Descriptor {
  readonly address: number;
  readonly length: number;
  readonly flags: number;
  readonly next: number;
}

interface Growing {
  readonly head: number;
  readonly readable: Span[];
  readonly writable: Span[];
  bytes: number;
  links: number;
}

/** A reason not to believe a ring, carried by value. */
type Doubt = string;

export class Virtqueue {
  readonly size: number;
  /** True once the driver has agreed to use indirect descriptors (feature 28). */
  indirect = false;
  private readonly options: VirtqueueOptions;
  private lastAvailable = 0;
  private usedIndex = 0;
  private brokenBy: Doubt | null = null;

  constructor(options: VirtqueueOptions) {
    this.options = options;
    this.size = options.place.size;
  }

  /** Why the ring is not served any more, or null. */
  get broken(): string | null {
    return this.brokenBy;
  }

  // @journey launcher/ring
  // A ring is two people passing notes through a drawer.  The guest writes which descriptors are ready and counts up; we
  // follow, do what they ask, write which are done and count up in turn.  The drawer is the guest's, so a note may be
  // nonsense, may change while we read it, and may lead in circles: we copy it once, and walk no further than the ring
  // is long.
  /** The next request, or null if there is none (or the ring is broken). Each one taken is owed a `finish`. */
  take(): Chain | null {
    if (this.brokenBy !== null) return null;
    const { memory, place } = this.options;
    const waiting = (memory.read16(part(place.available, ringHead.at.index)) - this.lastAvailable) & INDEX_MASK;
    if (waiting === 0) return null;
    if (waiting > this.size) return this.breaks(`its index jumped ${waiting} entries ahead in a ring of ${this.size}`);
    const slot = ringHead.bytes + (this.lastAvailable % this.size) * AVAILABLE_ENTRY_BYTES;
    const head = memory.read16(part(place.available, slot));
    const chain = this.follow(head);
    if (typeof chain === 'string') return this.breaks(chain);
    this.lastAvailable = (this.lastAvailable + 1) & INDEX_MASK;
    return chain;
  }

  // @end

  /** Gives a chain back with the number of bytes written into it. Call `interrupt` after a batch. */
  finish(chain: Chain, writtenBytes: number): void {
    const { memory, place } = this.options;
    const slot = ringHead.bytes + (this.usedIndex % this.size) * usedElement.bytes;
    memory.write32(part(place.used, slot + usedElement.at.id), chain.head);
    memory.write32(part(place.used, slot + usedElement.at.length), writtenBytes);
    this.usedIndex = (this.usedIndex + 1) & INDEX_MASK;
    memory.write16(part(place.used, ringHead.at.index), this.usedIndex);
  }

  /**
   * Serves what waits while `goesOn`, at most one ring's worth, and interrupts once for all of it. `answer` returns how
   * many bytes it wrote into the chain.
   */
  serve(answer: (chain: Chain) => number, goesOn = () => true): void {
    let served = 0;
    for (; served < this.size && goesOn(); served++) {
      const chain = this.take();
      if (chain === null) break;
      this.finish(chain, answer(chain));
    }
    if (served > 0) this.interrupt();
  }

  /** Interrupts the guest, unless it asked not to be. */
  interrupt(): void {
    const flags = this.options.memory.read16(part(this.options.place.available, ringHead.at.flags));
    if ((flags & AVAILABLE_NO_INTERRUPT) === 0) this.options.interrupt();
  }

  /** All bytes a chain lets the device read, in order. */
  read(chain: Chain): Uint8Array {
    const bytes = new Uint8Array(bytesIn(chain.readable));
    let filled = 0;
    for (const span of chain.readable) {
      bytes.set(this.options.memory.readBytes(span.at, span.length), filled);
      filled += span.length;
    }
    return bytes;
  }

  /** Fills a chain's writable part from the start; returns how many bytes found room. */
  write(chain: Chain, bytes: Uint8Array): number {
    let written = 0;
    for (const span of chain.writable) {
      if (written === bytes.length) break;
      const length = Math.min(span.length, bytes.length - written);
      this.options.memory.writeBytes(span.at, bytes.subarray(written, written + length));
      written += length;
    }
    return written;
  }

  private breaks(reason: Doubt): null {
    this.brokenBy = reason;
    this.options.onBroken(reason);
    return null;
  }

  private follow(head: number): Chain | Doubt {
    const chain: Growing = { head, readable: [], writable: [], bytes: 0, links: 0 };
    const table = { at: this.options.place.descriptors, entries: this.size };
    return this.walk(chain, table, head, false) ?? chain;
  }

  /** Follows links within one table. A doubt, or null when the chain came to its end. */
  private walk(
    chain: Growing,
    table: { at: GuestPhysical; entries: number },
    first: number,
    nested: boolean,
  ): Doubt | null {
    for (let index = first; ; ) {
      if (index >= table.entries) return `descriptor ${index} lies outside of a table of ${table.entries}`;
      if (++chain.links > this.size) return `a chain has more than ${this.size} links`;
      const descriptor = this.copyDescriptor(part(table.at, index * descriptorLayout.bytes));
      const doubt =
        descriptor.flags & descriptorFlag.indirect
          ? this.walkIndirect(chain, descriptor, nested)
          : this.append(chain, descriptor);
      if (doubt !== null) return doubt;
      if ((descriptor.flags & descriptorFlag.next) === 0) return null;
      index = descriptor.next;
    }
  }

  /** Read once, judged and used from the copy: what the guest writes a moment later no longer matters. */
  private copyDescriptor(at: GuestPhysical): Descriptor {
    const { memory } = this.options;
    const field = descriptorLayout.at;
    const high = memory.read32(part(at, field.addressHigh));
    return {
      address: memory.read32(part(at, field.addressLow)) + high * 2 ** 32,
      length: memory.read32(part(at, field.length)),
      flags: memory.read16(part(at, field.flags)),
      next: memory.read16(part(at, field.next)),
    };
  }

  private walkIndirect(chain: Growing, descriptor: Descriptor, nested: boolean): Doubt | null {
    const { address, length, flags } = descriptor;
    if (!this.indirect) return 'it uses an indirect descriptor without having agreed to';
    if (nested) return 'an indirect table names another';
    if (flags & descriptorFlag.next) return 'an indirect descriptor has a successor';
    const entries = length / descriptorLayout.bytes;
    if (!Number.isInteger(entries) || entries === 0) return `an indirect table has ${length} bytes`;
    if (entries > this.size) return `an indirect table has ${entries} entries, more than the ring`;
    if (!this.inMemory(address, length)) return `an indirect table lies at ${hex(address)}, outside of memory`;
    chain.links--;
    // Checked against the guest's memory on the line above.
    return this.walk(chain, { at: address as GuestPhysical, entries }, 0, true);
  }

  private append(chain: Growing, descriptor: Descriptor): Doubt | null {
    const { address, length, flags } = descriptor;
    const writable = (flags & descriptorFlag.write) !== 0;
    if (!writable && chain.writable.length > 0) return 'a chain has a readable buffer after a writable one';
    if (!this.inMemory(address, length)) return `a buffer of ${length} bytes at ${hex(address)} lies outside of memory`;
    chain.bytes += length;
    if (chain.bytes > this.options.largestChain) return `a chain names more than ${this.options.largestChain} bytes`;
    // Checked against the guest's memory above.
    (writable ? chain.writable : chain.readable).push({ at: address as GuestPhysical, length });
    return null;
  }

  private inMemory(address: number, length: number): boolean {
    return address + length <= this.options.memory.size;
  }
}

/** Precondition: the ring was placed within memory, so that its parts are too. */
const part = (base: GuestPhysical, offset: number) => (base + offset) as GuestPhysical;

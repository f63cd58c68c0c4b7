/** One virtqueue as the driver sets it up, register by register, and the moment all of it is first believed. */

import type { GuestPhysical } from '../../agreement/addresses.ts';
import { AVAILABLE_ENTRY_BYTES, descriptorLayout, type RingPlace, ringHead, usedElement } from '../ring-layout.ts';

/** The registers that hold halves of addresses. */
export type AddressRegister =
  | 'descriptorsLow'
  | 'descriptorsHigh'
  | 'availableLow'
  | 'availableHigh'
  | 'usedLow'
  | 'usedHigh';

export interface QueueRegisters {
  size: number;
  readonly largestSize: number;
  readonly address: Record<AddressRegister, number>;
  /** Where its parts lie, once it was enabled: checked, and no more to be changed. */
  place: RingPlace | null;
  /** Kicked before the driver was ready, as some drivers do. */
  kickedEarly: boolean;
}

export function freshQueue(largestSize: number): QueueRegisters {
  const address: QueueRegisters['address'] = {
    descriptorsLow: 0,
    descriptorsHigh: 0,
    availableLow: 0,
    availableHigh: 0,
    usedLow: 0,
    usedHigh: 0,
  };
  return { size: largestSize, largestSize, address, place: null, kickedEarly: false };
}

/** A queue may be made smaller than offered, and must stay a power of two. */
export const sizeIsLegal = (queue: QueueRegisters, size: number): boolean =>
  size > 0 && size <= queue.largestSize && (size & (size - 1)) === 0;

/** Behind each ring, for a way of sparing interrupts that we do not offer; the specification counts it in. */
const EVENT_BYTES = 2;

/** The parts, their alignment (virtio 1.0 §2.4) and how long they are. */
const parts = [
  { name: 'descriptors', alignment: 16, bytes: (size: number) => size * descriptorLayout.bytes },
  {
    name: 'available',
    alignment: 2,
    bytes: (size: number) => ringHead.bytes + size * AVAILABLE_ENTRY_BYTES + EVENT_BYTES,
  },
  { name: 'used', alignment: 4, bytes: (size: number) => ringHead.bytes + size * usedElement.bytes + EVENT_BYTES },
] as const;

/** Where the queue's parts lie if all of it is aligned and in memory, or what is wrong. */
export function placeQueue({ size, address }: QueueRegisters, memoryBytes: number): RingPlace | string {
  for (const { name, alignment, bytes } of parts) {
    const at = address[`${name}Low`] + address[`${name}High`] * 2 ** 32;
    if (at % alignment !== 0) return `its ${name} part lies at 0x${at.toString(16)}, not aligned to ${alignment}`;
    if (at + bytes(size) > memoryBytes) return `its ${name} part lies at 0x${at.toString(16)}, outside of memory`;
  }
  // All three were checked against the memory's size just now.
  const placed = (part: 'descriptors' | 'available' | 'used') => address[`${part}Low`] as GuestPhysical;
  return { size, descriptors: placed('descriptors'), available: placed('available'), used: placed('used') };
}

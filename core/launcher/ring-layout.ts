/**
 * Where the parts of a split virtqueue lie (virtio 1.0 §2.4; the legacy arrangement is lguest's, aligned to pages):
 *
 *      descriptors   16 bytes × size
 *      available     flags, index, ring[size], used_event
 *      -- page boundary --
 *      used          flags, index, { id, length }[size], avail_event
 */

import { type GuestPhysical, pageAligned } from '../agreement/addresses.ts';
import { layout, u16, u32 } from '../agreement/layout.ts';

export const descriptorLayout = layout('VRING_DESCRIPTOR', {
  addressLow: u32,
  addressHigh: u32,
  length: u32,
  flags: u16,
  next: u16,
});
/** Both rings begin like this. */
export const ringHead = layout('VRING_HEAD', { flags: u16, index: u16 });
export const usedElement = layout('VRING_USED', { id: u32, length: u32 });

export const descriptorFlag = { next: 1, write: 2, indirect: 4 } as const;
/** In the available ring: the guest asks not to be interrupted. */
export const AVAILABLE_NO_INTERRUPT = 1;
/** The feature bit by which a driver agrees that descriptors may name tables of descriptors (virtio 1.0 §2.4.5.3). */
export const INDIRECT_FEATURE = 28;
export const AVAILABLE_ENTRY_BYTES = 2;
/** Indices run freely and wrap here; the ring is indexed modulo its size. */
export const INDEX_MASK = 0xffff;

/** The three parts may lie anywhere: the PCI face lets the guest choose. */
export interface RingPlace {
  readonly size: number;
  readonly descriptors: GuestPhysical;
  readonly available: GuestPhysical;
  readonly used: GuestPhysical;
}

const EVENT_BYTES = 2;

const usedOffset = (size: number) =>
  pageAligned(size * descriptorLayout.bytes + ringHead.bytes + size * AVAILABLE_ENTRY_BYTES + EVENT_BYTES);

/** Whole pages a legacy ring takes. */
export const legacyRingBytes = (size: number): number =>
  pageAligned(usedOffset(size) + ringHead.bytes + size * usedElement.bytes + EVENT_BYTES);

export function legacyRing(base: GuestPhysical, size: number): RingPlace {
  // Sums of a guest-physical address and sizes are guest-physical.
  const at = (offset: number) => (base + offset) as GuestPhysical;
  return { size, descriptors: base, available: at(size * descriptorLayout.bytes), used: at(usedOffset(size)) };
}

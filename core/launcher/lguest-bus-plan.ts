/**
 * Where the lguest bus puts its queues and which interrupts they get, decided before the guest exists, because a guest
 * is created with its device pages.  How a descriptor is written down depends on the kernel and is decided later.
 *
 *      mem           the page of descriptors
 *      mem + 4096    rings of the first device, then of the second …
 */

import { type GuestPhysical, PAGE_BYTES } from '../agreement/addresses.ts';
import { IRQS } from '../agreement/traps.ts';
import type { DeviceModel } from './devices/model.ts';
import { descriptorLayouts, type Shown, shownOnBus } from './lguest-bus-descriptors.ts';
import { legacyRingBytes } from './ring-layout.ts';

/** Interrupt 0 is the clock. */
const FIRST_DEVICE_IRQ = 1;
const LAST_DEVICE_IRQ = IRQS - 1;
/** Lengths in a descriptor are bytes. */
const LARGEST_FIELD = 0xff;
/** Device pages end here at the latest. */
export const LARGEST_BUS_BYTES = 1024 * 1024;

export interface PlacedQueue {
  readonly base: GuestPhysical;
  readonly entries: number;
  readonly irq: number;
}

export interface PlannedDevice {
  readonly model: DeviceModel;
  readonly shown: Shown;
  readonly queues: readonly PlacedQueue[];
}

export interface BusPlan {
  /** Guest-physical address of the page of descriptors: the end of RAM. */
  readonly page: GuestPhysical;
  readonly devices: readonly PlannedDevice[];
  readonly deviceBytes: number;
}

/** Why these devices cannot all be placed, as a sentence; null when they can. */
export function busRefusal(models: readonly DeviceModel[]): string | null {
  const count = `${models.length} devices, console included,`;
  const queues = models.reduce((total, model) => total + model.queueSizes.length, 0);
  if (queues > LAST_DEVICE_IRQ) {
    return `${count} with ${queues} queues are more than the lguest bus has interrupts for: ${LAST_DEVICE_IRQ}, one a queue`;
  }
  const shown = models.map(shownOnBus);
  const large = shown.findIndex((one) => Math.max(one.features.length, one.configuration.length) > LARGEST_FIELD);
  if (large >= 0) return `the lguest bus has no room for the configuration of the ${models[large].name}`;
  for (const layout of descriptorLayouts) {
    const bytes = shown.reduce((total, one) => total + layout.bytesOf(one), 0);
    if (bytes >= PAGE_BYTES) return `${count} do not fit on the page of the lguest bus`;
  }
  if (PAGE_BYTES + ringBytesOf(models) > LARGEST_BUS_BYTES) return `the rings of ${count} do not fit on the lguest bus`;
  return null;
}

const ringBytesOf = (models: readonly DeviceModel[]) =>
  models.flatMap((model) => model.queueSizes).reduce((total, entries) => total + legacyRingBytes(entries), 0);

/**
 * Places queues above `memoryBytes` of RAM, in order; interrupts are numbered from 1, one a queue. Precondition:
 * `busRefusal` has nothing against these devices.
 */
export function planBus(models: readonly DeviceModel[], memoryBytes: number): BusPlan {
  let [ringAt, irq] = [memoryBytes + PAGE_BYTES, FIRST_DEVICE_IRQ];
  const devices = models.map((model) => {
    const queues = model.queueSizes.map((entries) => {
      const queue = { base: ringAt as GuestPhysical, entries, irq: irq++ }; // ringAt counts guest-physical bytes
      ringAt += legacyRingBytes(entries);
      return queue;
    });
    return { model, shown: shownOnBus(model), queues };
  });
  return { page: memoryBytes as GuestPhysical, devices, deviceBytes: ringAt - memoryBytes }; // where RAM ends
}

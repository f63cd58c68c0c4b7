/**
 * Device ABI A, the lguest bus (kernels 2.6.25 to 4.0): one page just above RAM holds the descriptors back to back, the
 * virtqueues follow on pages of their own, and NOTIFY is the doorbell.
 *
 *      mem           descriptor │ its queues │ features offered │ accepted │ configuration │ next descriptor … 0
 *      mem + 4096    rings of the first device, then of the second …
 *
 * The guest may scribble over all of it, so what we placed is remembered here and never read back; only the status and
 * the accepted features are the guest's to say.
 */

import { type GuestPhysical, PAGE_BYTES, PAGE_SHIFT } from '../agreement/addresses.ts';
import { layout, u8, u16, u32 } from '../agreement/layout.ts';
import type { Guest } from '../host/guest-events.ts';
import type { DeviceModel } from './devices/model.ts';
import { putField } from './record.ts';
import { legacyRing, legacyRingBytes } from './ring-layout.ts';
import { Virtqueue } from './virtqueue.ts';

export const deviceDescriptor = layout('LGUEST_DEVICE', {
  type: u8,
  queueCount: u8,
  featureBytes: u8,
  configurationBytes: u8,
  status: u8,
});
export const queueDescriptor = layout('LGUEST_QUEUE', { entries: u16, irq: u16, page: u32 });

/** virtio 1.0 §2.1; what the bus reacts to is reset (0). */
export const deviceStatus = { reset: 0, acknowledge: 1, driver: 2, driverReady: 4, failed: 0x80 } as const;

const INDIRECT_FEATURE = 28;
/** Interrupt 0 is the clock. */
const FIRST_DEVICE_IRQ = 1;
const LAST_DEVICE_IRQ = 31;
const LARGEST_FIELD = 0xff;
/** Device pages end here at the latest: other devices may begin 1 MiB above RAM. */
export const LARGEST_BUS_BYTES = 1024 * 1024;

interface PlacedQueue {
  readonly base: GuestPhysical;
  readonly entries: number;
  readonly irq: number;
}

interface PlacedDevice {
  readonly model: DeviceModel;
  /** Of its descriptor. */
  readonly at: GuestPhysical;
  readonly queues: readonly PlacedQueue[];
}

/** Where everything goes, decided before the guest exists, because the guest is created with this many bytes. */
export interface BusPlan {
  readonly devices: readonly PlacedDevice[];
  readonly deviceBytes: number;
}

/** Why these devices cannot all be placed: a sentence's beginning; null when they can. */
export function busRefusal(models: readonly DeviceModel[]): string | null {
  const sum = (bytes: (model: DeviceModel) => number) => models.reduce((total, model) => total + bytes(model), 0);
  const queues = sum((model) => model.queueSizes.length);
  if (queues > LAST_DEVICE_IRQ) {
    return `${models.length} devices with ${queues} queues are more than the lguest bus has interrupts for (${LAST_DEVICE_IRQ})`;
  }
  const large = models.find((model) => Math.max(model.features.length, model.configuration.length) > LARGEST_FIELD);
  if (large !== undefined) return `the lguest bus cannot describe the ${large.name}`;
  if (sum(descriptorBytes) >= PAGE_BYTES) return `${models.length} devices do not fit on the page of the lguest bus`;
  const ringBytes = sum((model) => model.queueSizes.reduce((total, entries) => total + legacyRingBytes(entries), 0));
  if (PAGE_BYTES + ringBytes > LARGEST_BUS_BYTES)
    return `the rings of ${models.length} devices do not fit on the lguest bus`;
  return null;
}

/** Precondition: `busRefusal` has nothing against it. Places devices above `memoryBytes` of RAM, in order; interrupts are numbered from 1, one a queue. */
export function planBus(models: readonly DeviceModel[], memoryBytes: number): BusPlan {
  let [descriptorAt, ringAt, irq] = [memoryBytes, memoryBytes + PAGE_BYTES, FIRST_DEVICE_IRQ];
  const devices = models.map((model) => {
    const queues = model.queueSizes.map((entries) => {
      const queue = { base: ringAt as GuestPhysical, entries, irq: irq++ }; // ringAt counts guest-physical bytes
      ringAt += legacyRingBytes(entries);
      return queue;
    });
    const at = descriptorAt as GuestPhysical; // as above
    descriptorAt += descriptorBytes(model);
    return { model, at, queues };
  });
  return { devices, deviceBytes: ringAt - memoryBytes };
}

const queueOffset = (index: number) => deviceDescriptor.bytes + index * queueDescriptor.bytes;
const offeredOffset = (model: DeviceModel) => queueOffset(model.queueSizes.length);
const acceptedOffset = (model: DeviceModel) => offeredOffset(model) + model.features.length;
const descriptorBytes = (model: DeviceModel) =>
  acceptedOffset(model) + model.features.length + model.configuration.length;

export class LguestBus {
  private readonly guest: Guest;
  private readonly devices: readonly PlacedDevice[];
  private readonly report: (sentence: string) => void;
  private readonly rings = new Map<PlacedDevice, readonly Virtqueue[]>();

  /** Precondition: the guest has the plan's device bytes. `report` hears of rings that make no sense. */
  constructor(guest: Guest, plan: BusPlan, report: (sentence: string) => void) {
    this.guest = guest;
    this.devices = plan.devices;
    this.report = report;
    for (const device of this.devices) {
      guest.memory.writeBytes(device.at, describe(device));
      this.connect(device);
    }
  }

  /** A NOTIFY of this address. False if it is none of the bus's: then it was an early console string. */
  onNotify(address: GuestPhysical): boolean {
    for (const device of this.devices) {
      if (device.at === address) {
        this.onStatus(device);
        return true;
      }
      const queue = device.queues.findIndex(({ base }) => base === address);
      if (queue >= 0) {
        device.model.onKick(queue);
        return true;
      }
    }
    return false;
  }

  /** Kernels differ in which status writes they announce; every one of them announces a reset, and it is what counts. */
  private onStatus(device: PlacedDevice): void {
    const { memory } = this.guest;
    const status = memory.read8(within(device.at, deviceDescriptor.at.status));
    if (status === deviceStatus.reset) this.reset(device);
    else if (status & deviceStatus.failed) this.report(`the guest's driver gave up on the ${device.model.name}`);
    else if (status & deviceStatus.driverReady) this.agree(device);
  }

  private reset(device: PlacedDevice): void {
    const { memory } = this.guest;
    memory.fill(within(device.at, acceptedOffset(device.model)), device.model.features.length, 0);
    for (const queue of device.queues) memory.fill(queue.base, legacyRingBytes(queue.entries), 0);
    this.connect(device);
  }

  /** Features are final now, and the only one that changes how a ring is read is this. */
  private agree(device: PlacedDevice): void {
    for (const queue of this.rings.get(device)!) queue.indirect = this.accepted(device, INDIRECT_FEATURE);
  }

  private connect(device: PlacedDevice): void {
    const rings = device.queues.map((queue, index) => this.ring(device, queue, index));
    this.rings.set(device, rings);
    device.model.connect(rings, {
      modern: false,
      accepted: (feature) => this.accepted(device, feature),
      configurationChanged: () => {},
    });
  }

  private ring(device: PlacedDevice, queue: PlacedQueue, index: number): Virtqueue {
    const { name, largestChain } = device.model;
    return new Virtqueue({
      memory: this.guest.memory,
      place: legacyRing(queue.base, queue.entries),
      largestChain,
      interrupt: () => this.guest.raiseInterrupt(queue.irq),
      onBroken: (reason) => this.report(`queue ${index} of the ${name} is broken and ignored until a reset: ${reason}`),
    });
  }

  /** Accepted by the guest and offered by the model: an acceptance of what was never offered means nothing. */
  private accepted(device: PlacedDevice, feature: number): boolean {
    const [byte, bit] = [feature >> 3, 1 << (feature & 7)];
    if (byte >= device.model.features.length || (device.model.features[byte] & bit) === 0) return false;
    return (this.guest.memory.read8(within(device.at, acceptedOffset(device.model) + byte)) & bit) !== 0;
  }
}

function describe({ model, queues }: PlacedDevice): Uint8Array {
  const bytes = new Uint8Array(descriptorBytes(model));
  putField(bytes, 0, deviceDescriptor, 'type', model.type);
  putField(bytes, 0, deviceDescriptor, 'queueCount', queues.length);
  putField(bytes, 0, deviceDescriptor, 'featureBytes', model.features.length);
  putField(bytes, 0, deviceDescriptor, 'configurationBytes', model.configuration.length);
  queues.forEach((queue, index) => {
    putField(bytes, queueOffset(index), queueDescriptor, 'entries', queue.entries);
    putField(bytes, queueOffset(index), queueDescriptor, 'irq', queue.irq);
    putField(bytes, queueOffset(index), queueDescriptor, 'page', queue.base >>> PAGE_SHIFT);
  });
  bytes.set(model.features, offeredOffset(model));
  bytes.set(model.configuration, descriptorBytes(model) - model.configuration.length);
  return bytes;
}

/** Precondition: `offset` lies within the device's descriptor. */
const within = (base: GuestPhysical, offset: number) => (base + offset) as GuestPhysical;

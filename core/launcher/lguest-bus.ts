/**
 * Device ABI A, the lguest bus (kernels 2.6.24 to 4.0): one page just above RAM holds the descriptors back to back, the
 * virtqueues follow on pages of their own, and NOTIFY is the doorbell.
 *
 * The guest may scribble over all of it, so what we placed is remembered here and never read back; only the status and
 * the accepted features are the guest's to say.
 */

import type { GuestPhysical } from '../agreement/addresses.ts';
import type { Guest } from '../host/guest-events.ts';
import type { DescriptorLayout } from './lguest-bus-descriptors.ts';
import type { BusPlan, PlacedQueue, PlannedDevice } from './lguest-bus-plan.ts';
import { deviceStatus } from './pci/registers.ts';
import { INDIRECT_FEATURE, legacyRing, legacyRingBytes } from './ring-layout.ts';
import { Virtqueue } from './virtqueue.ts';

interface BusDevice extends PlannedDevice {
  /** Of its descriptor. */
  readonly at: GuestPhysical;
  rings: readonly Virtqueue[];
}

export class LguestBus {
  private readonly guest: Guest;
  private readonly layout: DescriptorLayout;
  private readonly devices: readonly BusDevice[];
  private readonly report: (sentence: string) => void;

  /**
   * Describes the devices on the page and connects them. Precondition: the guest has the plan's device bytes. `report`
   * hears of rings that make no sense.
   */
  constructor(guest: Guest, plan: BusPlan, layout: DescriptorLayout, report: (sentence: string) => void) {
    this.guest = guest;
    this.layout = layout;
    this.report = report;
    let at = plan.page;
    this.devices = plan.devices.map((planned) => {
      const queues = planned.queues.map((queue) => ({
        ...queue,
        entries: Math.min(queue.entries, layout.largestRing),
      }));
      const device = { ...planned, at, queues, rings: [] };
      const bytes = layout.describe(planned.shown, queues);
      guest.memory.writeBytes(at, bytes);
      at = within(at, bytes.length);
      return device;
    });
    for (const device of this.devices) this.connect(device);
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
        // Kernels of the bus use their disks before they call the driver ready: partitions are read while it is probed.
        this.agree(device);
        device.model.onKick(queue);
        return true;
      }
    }
    return false;
  }

  /** Kernels differ in which status writes they announce; every one of them announces a reset, and it is what counts. */
  private onStatus(device: BusDevice): void {
    const status = this.guest.memory.read8(within(device.at, this.layout.statusAt));
    if (status === deviceStatus.reset) this.reset(device);
    else if (status & deviceStatus.failed) this.report(`the guest's driver gave up on the ${device.model.name}`);
    else if (status & deviceStatus.driverReady) this.agree(device);
  }

  private reset(device: BusDevice): void {
    const { memory } = this.guest;
    const accepted = this.layout.acceptedAt(device.shown);
    if (accepted !== null) memory.fill(within(device.at, accepted), device.shown.features.length, 0);
    for (const queue of device.queues) memory.fill(queue.base, legacyRingBytes(queue.entries), 0);
    this.connect(device);
  }

  /** Of the features the driver accepted, the only one that changes how a ring is read is this. */
  private agree(device: BusDevice): void {
    for (const ring of device.rings) ring.indirect = this.accepted(device, INDIRECT_FEATURE);
  }

  private connect(device: BusDevice): void {
    device.rings = device.queues.map((queue, index) => this.ring(device, queue, index));
    device.model.connect(device.rings, {
      modern: false,
      accepted: (feature) => this.accepted(device, feature),
      configurationChanged: () => {},
    });
  }

  private ring(device: BusDevice, queue: PlacedQueue, index: number): Virtqueue {
    const { name, largestChain } = device.model;
    return new Virtqueue({
      memory: this.guest.memory,
      place: legacyRing(queue.base, queue.entries),
      largestChain,
      interrupt: () => this.guest.raiseInterrupt(queue.irq),
      onBroken: (reason) => this.report(`queue ${index} of the ${name} is broken and ignored until a reset: ${reason}`),
    });
  }

  /** Accepted by the guest and offered by the bus: an acceptance of what was never offered means nothing. */
  private accepted({ shown, at }: BusDevice, feature: number): boolean {
    const [byte, bit] = [feature >> 3, 1 << (feature & 7)];
    const accepted = this.layout.acceptedAt(shown);
    if (accepted === null || byte >= shown.features.length || (shown.features[byte] & bit) === 0) return false;
    return (this.guest.memory.read8(within(at, accepted + byte)) & bit) !== 0;
  }
}

/** Precondition: `offset` stays within the device pages. */
const within = (base: GuestPhysical, offset: number) => (base + offset) as GuestPhysical;

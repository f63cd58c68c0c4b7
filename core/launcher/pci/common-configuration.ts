/** The common configuration registers (virtio 1.0 §4.1.4.3): each by its name, and which of a device's powers it has. */

import type { AddressRegister, QueueRegisters } from './queue-registers.ts';
import { type CommonRegister, commonConfiguration } from './registers.ts';
import type { VirtioDevice } from './virtio-device.ts';

/** What the driver looks at, of that of which there are several. */
interface Selection {
  deviceFeatures: number;
  driverFeatures: number;
  queue: number;
}

interface Register {
  read(device: VirtioDevice, selection: Selection): number;
  /** Left out: the register is read-only, and a write is lost. */
  write?(device: VirtioDevice, value: number, selection: Selection): void;
}

/** There is no MSI-X here, and so no vector. */
const noVector: Register = { read: () => 0xffff };

const selects = (what: keyof Selection): Register => ({
  read: (_, selection) => selection[what],
  write: (_, value, selection) => {
    selection[what] = value;
  },
});

/** A register of the selected queue: 0, and deaf, where there is no such queue. */
const ofQueue = (
  read: (queue: QueueRegisters) => number,
  write?: (device: VirtioDevice, queue: QueueRegisters, value: number) => void,
): Register => ({
  read: (device, selection) => {
    const queue = device.queues[selection.queue];
    return queue === undefined ? 0 : read(queue);
  },
  write: (device, value, selection) => {
    const queue = device.queues[selection.queue];
    if (queue !== undefined) write?.(device, queue, value);
  },
});

const address = (name: AddressRegister): Register =>
  ofQueue(
    (queue) => queue.address[name],
    (device, queue, value) => {
      if (device.queueIsOpen(queue)) queue.address[name] = value;
    },
  );

const registers: Readonly<Record<CommonRegister, Register>> = {
  deviceFeatureSelect: selects('deviceFeatures'),
  deviceFeature: { read: (device, selection) => device.offered(selection.deviceFeatures) },
  driverFeatureSelect: selects('driverFeatures'),
  driverFeature: {
    read: (device, selection) => device.featuresAccepted(selection.driverFeatures),
    write: (device, value, selection) => device.acceptFeatures(selection.driverFeatures, value),
  },
  configurationVector: noVector,
  queueCount: { read: (device) => device.queues.length },
  status: { read: (device) => device.status, write: (device, value) => device.writeStatus(value) },
  generation: { read: (device) => device.generation },
  queueSelect: selects('queue'),
  queueSize: ofQueue(
    (queue) => queue.size,
    (device, queue, value) => device.resizeQueue(queue, value),
  ),
  queueVector: noVector,
  queueEnable: ofQueue(
    (queue) => (queue.place === null ? 0 : 1),
    (device, queue, value) => device.enableQueue(queue, value),
  ),
  // All queues are notified in the same place.
  queueNotifyOffset: { read: () => 0 },
  descriptorsLow: address('descriptorsLow'),
  descriptorsHigh: address('descriptorsHigh'),
  availableLow: address('availableLow'),
  availableHigh: address('availableHigh'),
  usedLow: address('usedLow'),
  usedHigh: address('usedHigh'),
};

const names = Object.keys(registers) as CommonRegister[]; // of a record of exactly these

/** Registers are read and written whole: anything else finds none. */
const registerAt = (offset: number, bytes: number): Register | null => {
  const { at, sizeOf } = commonConfiguration;
  const name = names.find((one) => at[one] === offset && sizeOf[one] === bytes);
  return name === undefined ? null : registers[name];
};

export class CommonConfiguration {
  private readonly device: VirtioDevice;
  private readonly selection: Selection = { deviceFeatures: 0, driverFeatures: 0, queue: 0 };

  constructor(device: VirtioDevice) {
    this.device = device;
  }

  read(offset: number, bytes: number): number {
    return registerAt(offset, bytes)?.read(this.device, this.selection) ?? 0;
  }

  write(offset: number, bytes: number, value: number): void {
    registerAt(offset, bytes)?.write?.(this.device, value, this.selection);
  }
}

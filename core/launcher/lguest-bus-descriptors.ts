/**
 * How the lguest bus describes a device to its guest: bytes back to back, a type of 0 at the end.  There were two ways.
 *
 *      2.6.24       type │ length of fields │ status │ fields: { type, length, bytes } …
 *      from 2.6.25  type │ queues │ feature bytes │ configuration bytes │ status │
 *                   queues … │ features offered │ features accepted │ configuration
 *
 * A descriptor is written here and never read: the guest may scribble over all of it.  Drivers of 2.6.24 even do so by
 * habit; they set bit 7 of the type of each field they have found.
 */

import { PAGE_SHIFT } from '../agreement/addresses.ts';
import { layout, u8, u16, u32 } from '../agreement/layout.ts';
import { type DeviceModel, deviceType } from './devices/model.ts';
import type { PlacedQueue } from './lguest-bus-plan.ts';
import { putField } from './record.ts';

const queueDescriptor = layout('LGUEST_QUEUE', { entries: u16, irq: u16, page: u32 });

/** What of a device a guest on the bus is shown. */
export type Shown = Pick<DeviceModel, 'type' | 'queueSizes' | 'features' | 'configuration'>;

export interface DescriptorLayout {
  /** The first kernel that reads it. */
  readonly since: string;
  /** Entries a ring may have. */
  readonly largestRing: number;
  readonly statusAt: number;
  bytesOf(device: Shown): number;
  describe(device: Shown, queues: readonly PlacedQueue[]): Uint8Array;
  /** Offset of the accepted features, as many bytes as were offered; null where there are none. */
  acceptedAt(device: Shown): number | null;
}

const NOTHING = new Uint8Array(0);

/** lguest's own console had neither features nor a configuration either. */
export function shownOnBus({ type, queueSizes, features, configuration, configuredOnPciOnly }: DeviceModel): Shown {
  const hidden = configuredOnPciOnly === true;
  return {
    type,
    queueSizes,
    features: hidden ? NOTHING : features,
    configuration: hidden ? NOTHING : configuration,
  };
}

const descriptor = layout('LGUEST_DEVICE', {
  type: u8,
  queueCount: u8,
  featureBytes: u8,
  configurationBytes: u8,
  status: u8,
});

const offeredAt = (device: Shown) => descriptor.bytes + device.queueSizes.length * queueDescriptor.bytes;
const acceptedAt = (device: Shown) => offeredAt(device) + device.features.length;
const configurationAt = (device: Shown) => acceptedAt(device) + device.features.length;

export const descriptors2625: DescriptorLayout = {
  since: '2.6.25',
  largestRing: Number.POSITIVE_INFINITY,
  statusAt: descriptor.at.status,
  acceptedAt,
  bytesOf: (device) => configurationAt(device) + device.configuration.length,
  describe(device, queues) {
    const bytes = new Uint8Array(configurationAt(device) + device.configuration.length);
    putField(bytes, 0, descriptor, 'type', device.type);
    putField(bytes, 0, descriptor, 'queueCount', queues.length);
    putField(bytes, 0, descriptor, 'featureBytes', device.features.length);
    putField(bytes, 0, descriptor, 'configurationBytes', device.configuration.length);
    queues.forEach((queue, index) => {
      bytes.set(queueBytes(queue), descriptor.bytes + index * queueDescriptor.bytes);
    });
    bytes.set(device.features, offeredAt(device));
    bytes.set(device.configuration, configurationAt(device));
    return bytes;
  },
};

const earlyDescriptor = layout('LGUEST_DEVICE_2_6_24', { type: u8, fieldBytes: u8, status: u8 });
const fieldHead = layout('LGUEST_FIELD', { type: u8, length: u8 });
const QUEUE_FIELD = 2;

/** A piece of the configuration as virtio has it today, its field of 2.6.24, and the feature bit that says it is there. */
interface EarlyField {
  readonly type: number;
  readonly at: number;
  readonly length: number;
  readonly feature: number | null;
}

const earlyFields: Readonly<Partial<Record<Shown['type'], readonly EarlyField[]>>> = {
  [deviceType.net]: [{ type: 0x41, at: 0, length: 6, feature: 5 }], // the MAC address
  [deviceType.block]: [
    { type: 0x41, at: 0, length: 8, feature: null }, // capacity
    { type: 0x42, at: 8, length: 4, feature: 1 }, // largest segment
    { type: 0x43, at: 12, length: 4, feature: 2 }, // most segments
  ],
};

/** No feature is offered: the bits meant other things then, and all of them could be declined. */
export const descriptors2624: DescriptorLayout = {
  since: '2.6.24',
  largestRing: 128,
  statusAt: earlyDescriptor.at.status,
  acceptedAt: () => null,
  bytesOf: (device) => {
    const fields = [
      ...device.queueSizes.map(() => queueDescriptor.bytes),
      ...fieldsOf(device).map(({ length }) => length),
    ];
    return fields.reduce((total, length) => total + fieldHead.bytes + length, earlyDescriptor.bytes);
  },
  describe(device, queues) {
    const fields = [
      ...queues.flatMap((queue) => field(QUEUE_FIELD, queueBytes(queue))),
      ...fieldsOf(device).flatMap(({ type, at, length }) =>
        field(type, device.configuration.subarray(at, at + length)),
      ),
    ];
    const head = new Uint8Array(earlyDescriptor.bytes);
    putField(head, 0, earlyDescriptor, 'type', device.type);
    putField(head, 0, earlyDescriptor, 'fieldBytes', fields.length);
    return Uint8Array.from([...head, ...fields]);
  },
};

export const descriptorLayouts: readonly DescriptorLayout[] = [descriptors2625, descriptors2624];

function fieldsOf(device: Shown): readonly EarlyField[] {
  const offered = (feature: number) => ((device.features[feature >> 3] ?? 0) & (1 << (feature & 7))) !== 0;
  const present = ({ at, length, feature }: EarlyField) =>
    at + length <= device.configuration.length && (feature === null || offered(feature));
  return (earlyFields[device.type] ?? []).filter(present);
}

const field = (type: number, bytes: Uint8Array): number[] => [type, bytes.length, ...bytes];

function queueBytes(queue: PlacedQueue): Uint8Array {
  const bytes = new Uint8Array(queueDescriptor.bytes);
  putField(bytes, 0, queueDescriptor, 'entries', queue.entries);
  putField(bytes, 0, queueDescriptor, 'irq', queue.irq);
  putField(bytes, 0, queueDescriptor, 'page', queue.base >>> PAGE_SHIFT);
  return bytes;
}

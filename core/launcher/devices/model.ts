/**
 * A device is two things: a model, which knows what it does with requests, and a face, which knows how a guest finds it
 * (the lguest bus, or PCI for kernels from 4.1 on).  Models see queues and nothing of any bus; faces see this and nothing
 * of consoles or disks.
 */

import type { Virtqueue } from '../virtqueue.ts';

/** Device types (virtio 1.0 §5); lguest uses the same numbers. */
export const deviceType = { net: 1, block: 2, console: 3, entropy: 4 } as const;

/** What a model may ask of the face it was connected through. */
export interface DeviceLink {
  /** True for virtio 1.0 framing (the PCI face), false for the legacy one (the bus): net headers differ in length. */
  readonly modern: boolean;
  /** Whether the driver accepted this feature bit, which must have been offered. May change until the driver is ready. */
  accepted(feature: number): boolean;
  /** Tells the driver to read the configuration again. Nothing happens on a bus that has no such interrupt. */
  configurationChanged(): void;
}

export interface DeviceModel {
  /** For sentences: 'console'. */
  readonly name: string;
  readonly type: (typeof deviceType)[keyof typeof deviceType];
  /** Entries of each queue, a power of two. */
  readonly queueSizes: readonly number[];
  /** Bytes one request may name. */
  readonly largestChain: number;
  /** Feature bits offered, as bytes, bit 0 of byte 0 first. What belongs to a face (VERSION_1) the face adds itself. */
  readonly features: Uint8Array;
  /** True if the lguest bus, which can neither announce a change of configuration nor hear of a write, shows neither. */
  readonly configuredOnPciOnly?: boolean;
  /** As the driver would read it now; a model may change it and then say so through its link. */
  readonly configuration: Uint8Array;
  /**
   * Hands over fresh queues: on the bus at the start and after every reset, on PCI when the driver is ready. An empty
   * list after a reset on PCI: there are no queues until the driver is ready again.
   */
  connect(queues: readonly Virtqueue[], link: DeviceLink): void;
  /** The guest says there is something in this queue. */
  onKick(queue: number): void;
  /** The driver wrote to the configuration (PCI only); `value` holds `bytes` bytes. Left out: writes are ignored. */
  onConfigurationWrite?(offset: number, bytes: number, value: number): void;
}

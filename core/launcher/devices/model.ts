/**
 * A device is two things: a model, which knows what it does with requests, and a face, which knows how a guest finds it
 * (the lguest bus here; PCI for later kernels).  Models see queues and nothing of any bus; faces see this and nothing
 * of consoles or disks.
 */

import type { Virtqueue } from '../virtqueue.ts';

/** Device types (virtio 1.0 §5); lguest uses the same numbers. */
export const deviceType = { net: 1, block: 2, console: 3, entropy: 4 } as const;

export interface DeviceModel {
  /** For sentences: 'console'. */
  readonly name: string;
  readonly type: (typeof deviceType)[keyof typeof deviceType];
  /** Entries of each queue, a power of two. */
  readonly queueSizes: readonly number[];
  /** Bytes one request may name. */
  readonly largestChain: number;
  /** Feature bits offered, as bytes, bit 0 of byte 0 first. */
  readonly features: Uint8Array;
  readonly configuration: Uint8Array;
  /** Hands over fresh queues: at the start and after every reset of the device. */
  connect(queues: readonly Virtqueue[]): void;
  /** The guest says there is something in this queue. */
  onKick(queue: number): void;
}

/**
 * The source of randomness (virtio 1.0 §5.4): the guest offers buffers, and they come back full.  Where the bytes come
 * from is the business of whoever made the machine; a guest gets as many as it offers room for, but not more at a time
 * than a kernel has use for, so that nobody is kept busy filling megabytes.
 */

import { bytesIn, type Chain, type Virtqueue } from '../../virtqueue.ts';
import { type DeviceModel, deviceType } from '../model.ts';

const QUEUE_ENTRIES = 256;
/** Linux asks for less than a hundred at a time. */
const LARGEST_ANSWER = 4096;
const LARGEST_REQUEST = 1024 * 1024;

export class EntropyModel implements DeviceModel {
  readonly name = 'entropy source';
  readonly type = deviceType.entropy;
  readonly queueSizes = [QUEUE_ENTRIES];
  readonly largestChain = LARGEST_REQUEST;
  readonly features = new Uint8Array(0);
  readonly configuration = new Uint8Array(0);
  private readonly source: (bytes: number) => Uint8Array;
  private queue: Virtqueue | null = null;

  /** `source` gives exactly as many bytes as it is asked for. */
  constructor(source: (bytes: number) => Uint8Array) {
    this.source = source;
  }

  connect(queues: readonly Virtqueue[]): void {
    this.queue = queues[0] ?? null;
  }

  /** At most one ring's worth per kick. */
  onKick(): void {
    const { queue } = this;
    queue?.serve((chain) => queue.write(chain, this.source(answerBytes(chain))));
  }
}

/** A driver reads how much of its buffer was filled, so less is allowed. */
function answerBytes({ writable }: Chain): number {
  return Math.min(bytesIn(writable), LARGEST_ANSWER);
}

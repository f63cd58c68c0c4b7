/**
 * The console: queue 0 carries what a person types, queue 1 what the guest prints (virtio 1.0 §5.3).  Printed bytes go
 * to a sink at once.  Typed bytes wait here, however many, until the guest has left a buffer for them: a flood is slow,
 * but nothing of it is lost.
 */

import type { Virtqueue } from '../../virtqueue.ts';
import { type DeviceModel, deviceType } from '../model.ts';

const INPUT = 0;
const OUTPUT = 1;
const QUEUE_ENTRIES = 256;
const MIB = 1024 * 1024;

export class ConsoleModel implements DeviceModel {
  readonly name = 'console';
  readonly type = deviceType.console;
  readonly queueSizes = [QUEUE_ENTRIES, QUEUE_ENTRIES];
  readonly largestChain = MIB;
  readonly features = new Uint8Array(0);
  readonly configuration = new Uint8Array(0);
  private readonly sink: (bytes: Uint8Array) => void;
  private queues: readonly Virtqueue[] = [];
  private typed: Uint8Array[] = [];
  private typedBytes = 0;

  constructor(sink: (bytes: Uint8Array) => void) {
    this.sink = sink;
  }

  /** Typed bytes the guest has not taken yet: a front stops reading its own input when this grows. */
  get waitingBytes(): number {
    return this.typedBytes;
  }

  connect(queues: readonly Virtqueue[]): void {
    this.queues = queues;
  }

  onKick(queue: number): void {
    if (queue === OUTPUT) this.print();
    if (queue === INPUT) this.deliver();
  }

  /** Bytes from the keyboard. They are copied, and delivered as far as the guest has room. */
  typeInput(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.typed.push(bytes.slice());
    this.typedBytes += bytes.length;
    this.deliver();
  }

  /** At most one ring's worth per kick; a driver that follows the rules never has more waiting. */
  private print(): void {
    const queue = this.queues[OUTPUT];
    let served = 0;
    for (; served < queue.size; served++) {
      const chain = queue.take();
      if (chain === null) break;
      const bytes = queue.read(chain);
      queue.finish(chain, 0);
      if (bytes.length > 0) this.sink(bytes);
    }
    if (served > 0) queue.interrupt();
  }

  private deliver(): void {
    const queue = this.queues[INPUT];
    if (queue === undefined) return;
    let served = 0;
    for (; served < queue.size && this.typedBytes > 0; served++) {
      const chain = queue.take();
      if (chain === null) break;
      queue.finish(chain, this.fill(queue, chain));
    }
    if (served > 0) queue.interrupt();
  }

  private fill(queue: Virtqueue, chain: NonNullable<ReturnType<Virtqueue['take']>>): number {
    const room = chain.writable.reduce((sum, span) => sum + span.length, 0);
    const bytes = this.firstTyped(room);
    const written = queue.write(chain, bytes);
    this.typedBytes -= written;
    return written;
  }

  /** Takes up to `room` bytes off the front of what was typed. */
  private firstTyped(room: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(room, this.typedBytes));
    let filled = 0;
    while (filled < bytes.length) {
      const [first] = this.typed;
      const taken = first.subarray(0, bytes.length - filled);
      bytes.set(taken, filled);
      filled += taken.length;
      if (taken.length === first.length) this.typed.shift();
      else this.typed[0] = first.subarray(taken.length);
    }
    return bytes;
  }
}

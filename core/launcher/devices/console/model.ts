/**
 * The console: queue 0 carries what a person types, queue 1 what the guest prints (virtio 1.0 §5.3).  Printed bytes go
 * to a sink at once, in bounded helpings.  Typed bytes wait here, however many, until the guest has left a buffer for
 * them: a flood is slow, but nothing of it is lost.
 */

import { layout, u16, u32 } from '../../../agreement/layout.ts';
import { putField } from '../../record.ts';
import { bytesIn, type Chain, type Virtqueue } from '../../virtqueue.ts';
import { type DeviceLink, type DeviceModel, deviceType } from '../model.ts';

/** virtio 1.0 §5.3.4. */
const configurationLayout = layout('VIRTIO_CONSOLE', {
  columns: u16,
  rows: u16,
  ports: u32,
  emergencyWrite: u32,
});
/** Feature bits, virtio 1.0 §5.3.3. */
const feature = { size: 0, emergencyWrite: 2 } as const;

const INPUT = 0;
const OUTPUT = 1;
const QUEUE_ENTRIES = 256;
const LARGEST_PRINT = 64 * 1024;
/** A kick is served no further than this, so that a full ring of large buffers does not arrive in one lump. */
const HELPING_BYTES = 256 * 1024;
const LARGEST_SIDE = 0xffff;

export interface ConsoleSize {
  readonly columns: number;
  readonly rows: number;
}

export class ConsoleModel implements DeviceModel {
  readonly name = 'console';
  readonly type = deviceType.console;
  readonly queueSizes = [QUEUE_ENTRIES, QUEUE_ENTRIES];
  readonly largestChain = LARGEST_PRINT;
  readonly features = Uint8Array.of((1 << feature.size) | (1 << feature.emergencyWrite));
  readonly configuredOnPciOnly = true;
  readonly configuration = new Uint8Array(configurationLayout.bytes);
  private readonly sink: (bytes: Uint8Array) => void;
  private queues: readonly Virtqueue[] = [];
  private link: DeviceLink | null = null;
  private sizeKnown = false;
  /** The last helping was not all. */
  private more = false;
  private typed: Uint8Array[] = [];
  private typedBytes = 0;

  /** The bytes a sink is given are its own. */
  constructor(sink: (bytes: Uint8Array) => void) {
    this.sink = sink;
  }

  /** Typed bytes the guest has not taken yet: a front stops reading its own input when this grows. */
  get waitingBytes(): number {
    return this.typedBytes;
  }

  /** A driver reads the size when told that it changed, and not before: so it is told when it is ready to hear. */
  connect(queues: readonly Virtqueue[], link: DeviceLink): void {
    this.queues = queues;
    this.link = link;
    if (queues.length > 0 && this.sizeKnown) link.configurationChanged();
  }

  onKick(queue: number): void {
    if (queue === OUTPUT) this.printHelping();
    if (queue === INPUT) this.deliver();
  }

  // @journey drivers/emergency-write  One character, no queue
  // Between a kernel's first instruction and its first virtqueue lies most of what can go wrong.  On the bus a kernel could
  // shout through NOTIFY; on PCI it writes a character into the console's configuration, and that is all there is to it.
  onConfigurationWrite(offset: number, _bytes: number, value: number): void {
    if (offset === configurationLayout.at.emergencyWrite) this.sink(Uint8Array.of(value));
  }
  // @end

  /** The screen has this size now. */
  resize({ columns, rows }: ConsoleSize): void {
    putField(this.configuration, 0, configurationLayout, 'columns', withinField(columns));
    putField(this.configuration, 0, configurationLayout, 'rows', withinField(rows));
    this.sizeKnown = true;
    this.link?.configurationChanged();
  }

  /** Bytes from the keyboard. They are copied, and delivered as far as the guest has room. */
  typeInput(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.typed.push(bytes.slice());
    this.typedBytes += bytes.length;
    this.deliver();
  }

  /** Prints on where a helping ended; returns whether there is still more. */
  printOn(): boolean {
    if (this.more) this.printHelping();
    return this.more;
  }

  private printHelping(): void {
    this.more = false;
    const queue = this.queues[OUTPUT];
    if (queue === undefined) return;
    let printed = 0;
    const print = (chain: Chain) => {
      const bytes = queue.read(chain);
      printed += bytes.length;
      if (bytes.length > 0) this.sink(bytes);
      return 0;
    };
    queue.serve(print, () => printed < HELPING_BYTES);
    this.more = printed >= HELPING_BYTES;
  }

  private deliver(): void {
    const queue: Virtqueue | undefined = this.queues[INPUT];
    queue?.serve(
      (chain) => this.fill(queue, chain),
      () => this.typedBytes > 0,
    );
  }

  private fill(queue: Virtqueue, chain: Chain): number {
    const bytes = this.firstTyped(bytesIn(chain.writable));
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

const withinField = (side: number) => Math.max(0, Math.min(LARGEST_SIDE, Math.trunc(side)));

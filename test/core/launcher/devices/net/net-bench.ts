/** A network card on a workbench: rings in plain memory, and the wire's other end in the test's hand. */

import { NetModel } from '../../../../../core/launcher/devices/net/model.ts';
import type { WireEnd } from '../../../../../core/launcher/network/wire.ts';
import { descriptorFlag, legacyRing, legacyRingBytes } from '../../../../../core/launcher/ring-layout.ts';
import { Virtqueue } from '../../../../../core/launcher/virtqueue.ts';
import { FakeDriver } from '../../fake-driver.ts';
import { FakeMemory, physical } from '../../fake-guest.ts';

const ENTRIES = 256;
const RING_BYTES = legacyRingBytes(ENTRIES);
const BUFFER_BYTES = 4096;
const RECEIVE_BASE = 0;
const TRANSMIT_BASE = RING_BYTES;
const BUFFERS = 2 * RING_BYTES;
const TRANSMIT_BUFFER = BUFFERS + ENTRIES * BUFFER_BYTES;
const MEMORY_BYTES = TRANSMIT_BUFFER + 128 * 1024;

export class NetBench {
  readonly memory = new FakeMemory(MEMORY_BYTES);
  readonly sent: Uint8Array[] = [];
  readonly reports: string[] = [];
  readonly wire: WireEnd;
  readonly model: NetModel;
  interrupts: ('receive' | 'transmit')[] = [];
  otherEndHasRoom = true;
  onSend: (frame: Uint8Array) => void = () => {};
  receiver!: FakeDriver;
  transmitter!: FakeDriver;
  private readonly modern: boolean;
  private posted = 0;

  constructor({ modern = false } = {}) {
    this.modern = modern;
    const bench = this;
    this.wire = {
      send(frame) {
        bench.sent.push(frame);
        bench.onSend(frame);
      },
      onFrame: () => {},
      hasRoom: () => true,
      get otherEndHasRoom() {
        return bench.otherEndHasRoom;
      },
    };
    this.model = new NetModel(Uint8Array.of(2, 0, 0, 0, 1, 1), this.wire, (sentence) => this.reports.push(sentence));
    this.connect();
  }

  /** Fresh rings, as after a reset. */
  connect(): void {
    this.memory.bytes.fill(0, 0, BUFFERS);
    this.posted = 0;
    this.receiver = new FakeDriver(this.memory, RECEIVE_BASE, ENTRIES);
    this.transmitter = new FakeDriver(this.memory, TRANSMIT_BASE, ENTRIES);
    const queues = [this.queue(RECEIVE_BASE, 'receive'), this.queue(TRANSMIT_BASE, 'transmit')];
    this.model.connect(queues, { modern: this.modern, accepted: () => false, configurationChanged: () => {} });
  }

  buffer(index: number): number {
    return BUFFERS + (index % ENTRIES) * BUFFER_BYTES;
  }

  /** Leaves one more buffer for a frame, without a kick. */
  postBuffer(length: number): void {
    const index = this.posted % ENTRIES;
    this.receiver.chain(index, [{ at: this.buffer(index), length, flags: descriptorFlag.write }]);
    this.receiver.offer(index);
    this.posted++;
  }

  kickReceive(): void {
    this.model.onKick(0);
  }

  /** What the card wrote into the buffer it gave back as its `index`th. */
  received(index: number): Uint8Array {
    const { id, length } = this.receiver.used(index);
    return this.memory.readBytes(this.buffer(id), length);
  }

  /** Offers bytes (a header among them) as one chain, and kicks. */
  transmit(bytes: readonly number[]): void {
    this.memory.writeBytes(TRANSMIT_BUFFER, Uint8Array.from(bytes));
    this.transmitter.chain(0, [{ at: TRANSMIT_BUFFER, length: bytes.length }]);
    this.transmitter.offer(0);
    this.model.onKick(1);
  }

  private queue(base: number, name: 'receive' | 'transmit'): Virtqueue {
    return new Virtqueue({
      memory: this.memory,
      place: legacyRing(physical(base), ENTRIES),
      largestChain: this.model.largestChain,
      interrupt: () => this.interrupts.push(name),
      onBroken: (reason) => this.reports.push(reason),
    });
  }
}

/**
 * A network card on a workbench: rings in plain memory, with a driver that does as it is told.  `NetBench` has the
 * wire's other end in the test's hand as well.
 */

import type { DeviceLink, DeviceModel } from '../../../../../core/launcher/devices/model.ts';
import { NetModel } from '../../../../../core/launcher/devices/net/model.ts';
import { cable } from '../../../../../core/launcher/network/cable.ts';
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
const TRANSMIT_BUFFERS = BUFFERS + ENTRIES * BUFFER_BYTES;
const LARGE_BUFFER = TRANSMIT_BUFFERS + ENTRIES * BUFFER_BYTES;
const MEMORY_BYTES = LARGE_BUFFER + 128 * 1024;

export class CardBench {
  readonly memory = new FakeMemory(MEMORY_BYTES);
  readonly reports: string[];
  readonly model: DeviceModel;
  interrupts: ('receive' | 'transmit')[] = [];
  receiver!: FakeDriver;
  transmitter!: FakeDriver;
  private readonly link: DeviceLink;
  private posted = 0;
  private offered = 0;

  constructor(model: DeviceModel, { modern = false, accepts = [] as number[] } = {}, reports: string[] = []) {
    this.model = model;
    this.reports = reports;
    this.link = { modern, accepted: (feature) => accepts.includes(feature), configurationChanged: () => {} };
    this.connect();
  }

  /** Fresh rings, as after a reset. */
  connect(): void {
    this.memory.bytes.fill(0, 0, BUFFERS);
    this.posted = 0;
    this.offered = 0;
    this.receiver = new FakeDriver(this.memory, RECEIVE_BASE, ENTRIES);
    this.transmitter = new FakeDriver(this.memory, TRANSMIT_BASE, ENTRIES);
    const queues = [this.queue(RECEIVE_BASE, 'receive'), this.queue(TRANSMIT_BASE, 'transmit')];
    this.model.connect(queues, this.link);
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

  /** Offers bytes (a header among them) as one chain. */
  offerToSend(bytes: readonly number[]): void {
    const index = this.offered++ % ENTRIES;
    const at = bytes.length <= BUFFER_BYTES ? TRANSMIT_BUFFERS + index * BUFFER_BYTES : LARGE_BUFFER;
    this.memory.writeBytes(at, Uint8Array.from(bytes));
    this.transmitter.chain(index, [{ at, length: bytes.length }]);
    this.transmitter.offer(index);
  }

  /** The same, and kicks. */
  transmit(bytes: readonly number[]): void {
    this.offerToSend(bytes);
    this.model.onKick(1);
  }

  /** As a reset on PCI: there are no queues for a while. */
  disconnect(): void {
    this.model.connect([], this.link);
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

export class NetBench extends CardBench {
  declare readonly model: NetModel;
  readonly sent: Uint8Array[] = [];
  readonly wire: WireEnd;
  /** The other end of the card's wire. */
  readonly far: WireEnd;
  /** What the other end does about a frame. */
  onSent: (frame: Uint8Array) => void = () => {};

  constructor({ modern = false, toRouter = false, accepts = [] as number[] } = {}) {
    const [wire, far] = cable();
    const reports: string[] = [];
    const mac = Uint8Array.of(2, 0, 0, 0, 1, 1);
    const report = (sentence: string) => void reports.push(sentence);
    super(new NetModel({ mac, wire, report, toRouter }), { modern, accepts }, reports);
    [this.wire, this.far] = [wire, far];
    far.onFrame = (frame) => {
      this.sent.push(frame);
      this.onSent(frame);
    };
  }

  /** A frame comes from the other end. */
  send(frame: Uint8Array): void {
    this.far.send(frame);
    this.far.deliver();
  }
}

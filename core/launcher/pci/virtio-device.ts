/**
 * One device as virtio 1.0 sees it (§2.1, §3.1): a status that climbs step by step, features agreed upon, queues that
 * exist once the driver is ready.  A driver that breaks the rules gets what the specification keeps for it: the device
 * says that it needs a reset and does nothing until it had one.  The guest hurts only itself.
 */

import type { Guest } from '../../host/guest-events.ts';
import type { DeviceLink, DeviceModel } from '../devices/model.ts';
import { INDIRECT_FEATURE } from '../ring-layout.ts';
import { Virtqueue } from '../virtqueue.ts';
import type { PlannedDevice } from './pci-plan.ts';
import { freshQueue, placeQueue, type QueueRegisters, sizeIsLegal } from './queue-registers.ts';
import { deviceStatus, interruptStatus } from './registers.ts';

const BITS_PER_WORD = 32;
/** Feature 32: the device speaks virtio 1.0, and so must the driver. */
const VERSION_1_WORD = 1;
const VERSION_1_BIT = 1;
const FEATURE_WORDS = 2;
const GENERATION_MASK = 0xff;

/** What must have been said before each of the driver's steps. */
const steps: readonly { readonly bit: number; readonly after: number; readonly name: string }[] = [
  { bit: deviceStatus.driver, after: deviceStatus.acknowledge, name: 'DRIVER' },
  { bit: deviceStatus.featuresAgreed, after: deviceStatus.driver, name: 'FEATURES_OK' },
  { bit: deviceStatus.driverReady, after: deviceStatus.featuresAgreed, name: 'DRIVER_OK' },
];

export class VirtioDevice {
  readonly model: DeviceModel;
  status: number = deviceStatus.reset;
  /** Changes whenever the configuration does, so that a driver can tell that it read half of each. */
  generation = 0;
  queues: QueueRegisters[];
  private readonly irq: number;
  private readonly guest: () => Guest;
  private readonly report: (sentence: string) => void;
  private driverFeatures: number[] = [];
  private rings: readonly Virtqueue[] = [];
  private interrupts = 0;
  private readonly link: DeviceLink;

  constructor(planned: PlannedDevice, guest: () => Guest, report: (sentence: string) => void) {
    this.model = planned.model;
    this.irq = planned.irq;
    this.guest = guest;
    this.report = report;
    this.queues = planned.model.queueSizes.map(freshQueue);
    this.link = {
      modern: true,
      accepted: (feature) => this.accepted(feature),
      configurationChanged: () => this.configurationChanged(),
    };
  }

  /** Features offered, 32 at a time. */
  offered(word: number): number {
    if (word >= FEATURE_WORDS) return 0;
    let bits = word === VERSION_1_WORD ? VERSION_1_BIT : 0;
    for (let byte = 0; byte < BITS_PER_WORD / 8; byte++) {
      bits |= (this.model.features[(word * BITS_PER_WORD) / 8 + byte] ?? 0) << (8 * byte);
    }
    return bits >>> 0;
  }

  acceptFeatures(word: number, bits: number): void {
    if (this.status & deviceStatus.featuresAgreed) this.needsReset('changed its features after agreeing on them');
    else if (word < FEATURE_WORDS) this.driverFeatures[word] = bits;
    else if (bits !== 0) this.needsReset(`accepted features of word ${word}, where there are none`);
  }

  featuresAccepted(word: number): number {
    return this.driverFeatures[word] ?? 0;
  }

  // @journey launcher/virtio-status  Getting to know each other
  // Driver and device get to know each other in steps, and each step is a bit that is never taken back: I saw you, I
  // know how to drive you, these are the features we share, I am ready.  Only at the last do the queues come to life,
  // for only then is the driver done with saying where they lie.  One way leads back, from anywhere: writing zero.
  writeStatus(status: number): void {
    if (status === deviceStatus.reset) this.reset();
    else if (!(this.status & deviceStatus.needsReset)) this.climb(status);
  }

  private climb(status: number): void {
    const fresh = status & ~this.status & ~deviceStatus.needsReset;
    const misstep = this.misstep(status, fresh);
    if (misstep !== null) {
      this.needsReset(misstep);
      return;
    }
    if (fresh & deviceStatus.featuresAgreed && !this.featuresAreLegal()) {
      // It reads the status again, finds the bit missing, and gives up: that is how it is told.
      this.status |= fresh & ~(deviceStatus.featuresAgreed | deviceStatus.driverReady);
      return;
    }
    this.status |= fresh;
    if (fresh & deviceStatus.failed) this.report(`the guest's driver gave up on the ${this.model.name}`);
    else if (fresh & deviceStatus.driverReady) this.connect();
  }
  // @end

  private misstep(status: number, fresh: number): string | null {
    const taken = this.status & ~status;
    if (taken !== 0) return `took back status bits 0x${taken.toString(16)} without a reset`;
    const early = steps.find(({ bit, after }) => fresh & bit && !(status & after));
    return early === undefined ? null : `set ${early.name} before its time`;
  }

  private featuresAreLegal(): boolean {
    const isModern = (this.featuresAccepted(VERSION_1_WORD) & VERSION_1_BIT) !== 0;
    const beyond = Array.from(
      { length: FEATURE_WORDS },
      (_, word) => this.featuresAccepted(word) & ~this.offered(word),
    );
    if (isModern && beyond.every((bits) => bits === 0)) return true;
    this.report(
      `the driver of the ${this.model.name} ${isModern ? 'wants features it has not' : 'is no virtio 1.0 one'}`,
    );
    return false;
  }

  private reset(): void {
    this.status = deviceStatus.reset;
    this.driverFeatures = [];
    this.interrupts = 0;
    this.queues = this.model.queueSizes.map(freshQueue);
    this.rings = [];
    this.model.connect([], this.link);
  }

  /** The driver is ready, and may have kicked before it said so. */
  private connect(): void {
    const missing = this.queues.findIndex(({ place }) => place === null);
    if (missing >= 0) {
      this.needsReset(`is ready without having enabled queue ${missing}`);
      return;
    }
    this.rings = this.queues.map((queue, index) => this.ring(queue, index));
    this.model.connect(this.rings, this.link);
    for (const [index, queue] of this.queues.entries()) {
      if (queue.kickedEarly) this.kick(index);
    }
  }

  private ring(queue: QueueRegisters, index: number): Virtqueue {
    const ring = new Virtqueue({
      memory: this.guest().memory,
      place: queue.place!, // connect found that all have one
      largestChain: this.model.largestChain,
      interrupt: () => this.interrupt(interruptStatus.queue),
      onBroken: (reason) => this.needsReset(`broke queue ${index}: ${reason}`),
    });
    ring.indirect = this.accepted(INDIRECT_FEATURE);
    return ring;
  }

  /** True if the registers of a queue may still be written; if not, it was one write too many. */
  queueIsOpen(queue: QueueRegisters): boolean {
    if (queue.place === null) return true;
    this.needsReset('changed a queue that was enabled');
    return false;
  }

  resizeQueue(queue: QueueRegisters, size: number): void {
    if (!this.queueIsOpen(queue)) return;
    if (sizeIsLegal(queue, size)) queue.size = size;
    else this.needsReset(`wants a queue of ${size} entries where ${queue.largestSize} were offered`);
  }

  enableQueue(queue: QueueRegisters, enable: number): void {
    if (enable === 0 && queue.place === null) return;
    if (!this.queueIsOpen(queue)) return;
    const place = placeQueue(queue, this.guest().memory.size);
    if (this.status & deviceStatus.driverReady) this.needsReset('enabled a queue after it was ready');
    else if (typeof place === 'string') this.needsReset(`enabled a queue that cannot be: ${place}`);
    else queue.place = place;
  }

  kick(index: number): void {
    if (index >= this.queues.length || this.status & deviceStatus.needsReset) return;
    if (index < this.rings.length) this.model.onKick(index);
    else this.queues[index].kickedEarly = true;
  }

  /** Reading is how the driver says that it heard. */
  takeInterrupts(): number {
    const { interrupts } = this;
    this.interrupts = 0;
    return interrupts;
  }

  private interrupt(why: number): void {
    this.interrupts |= why;
    this.guest().raiseInterrupt(this.irq);
  }

  private configurationChanged(): void {
    this.generation = (this.generation + 1) & GENERATION_MASK;
    if (this.status & deviceStatus.driverReady) this.interrupt(interruptStatus.configuration);
  }

  /**
   * `deed` completes the sentence "the driver of the …". Queues stay where they are, for a model may be half way through
   * one: but nothing is kicked any more.
   */
  private needsReset(deed: string): void {
    if (this.status & deviceStatus.needsReset) return;
    this.status |= deviceStatus.needsReset;
    this.report(`the driver of the ${this.model.name} ${deed}; the device needs a reset`);
    if (this.status & deviceStatus.driverReady) this.interrupt(interruptStatus.configuration);
  }

  private accepted(feature: number): boolean {
    const word = Math.floor(feature / BITS_PER_WORD);
    const bit = 1 << (feature % BITS_PER_WORD);
    return (this.featuresAccepted(word) & this.offered(word) & bit) !== 0;
  }
}

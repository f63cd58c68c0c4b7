/** A device model that echoes, and a driver that finds it on the bus step by step as virtio 1.0 prescribes. */

import { type DeviceLink, type DeviceModel, deviceType } from '../../../../core/launcher/devices/model.ts';
import { PciFace } from '../../../../core/launcher/pci/pci-face.ts';
import { type PlannedDevice, planPci } from '../../../../core/launcher/pci/pci-plan.ts';
import {
  type CommonRegister,
  commonConfiguration,
  deviceRegisters,
  deviceStatus,
} from '../../../../core/launcher/pci/registers.ts';
import type { Virtqueue } from '../../../../core/launcher/virtqueue.ts';
import { FakeDriver } from '../fake-driver.ts';
import { FakeGuest, physical } from '../fake-guest.ts';

export const MEMORY_BYTES = 1024 * 1024;
/** One device page above RAM, as if there were a bus too. */
export const DEVICE_BYTES = 4096;
export const QUEUE_ENTRIES = 16;

export class FakeModel implements DeviceModel {
  readonly name: string;
  readonly type: DeviceModel['type'];
  readonly queueSizes = [QUEUE_ENTRIES, QUEUE_ENTRIES];
  readonly largestChain = 4096;
  readonly features = Uint8Array.of(0x05, 0, 0, 0x10);
  readonly configuration: Uint8Array;
  readonly events: string[] = [];
  queues: readonly Virtqueue[] = [];
  link: DeviceLink | null = null;

  constructor(type: DeviceModel['type'], configurationBytes: number) {
    this.type = type;
    this.name = Object.entries(deviceType).find(([, number]) => number === type)![0];
    this.configuration = Uint8Array.from({ length: configurationBytes }, (_, index) => index + 1);
  }

  connect(queues: readonly Virtqueue[], link: DeviceLink): void {
    this.events.push(`connect ${queues.length}`);
    this.queues = queues;
    this.link = link;
  }

  /** Everything readable comes back in what is writable. */
  onKick(index: number): void {
    this.events.push(`kick ${index}`);
    const queue = this.queues[index];
    for (let chain = queue?.take(); chain; chain = queue.take())
      queue.finish(chain, queue.write(chain, queue.read(chain)));
    queue?.interrupt();
  }

  onConfigurationWrite(offset: number, bytes: number, value: number): void {
    this.events.push(`configure ${offset} ${bytes} ${value.toString(16)}`);
  }
}

export const configurationBytes = { net: 8, block: 60, console: 12, entropy: 0 };

/** A guest of one megabyte beside one card of each type, given in another order than the bus has them. */
export function busOfFour() {
  const models = (['block', 'entropy', 'console', 'net'] as const).map(
    (name) => new FakeModel(deviceType[name], configurationBytes[name]),
  );
  const plan = planPci(models, MEMORY_BYTES, DEVICE_BYTES);
  const guest = new FakeGuest({ name: 'linux', memoryBytes: MEMORY_BYTES, deviceBytes: DEVICE_BYTES, fastPath: false });
  const said: string[] = [];
  const face = new PciFace(
    () => guest,
    plan,
    (sentence) => said.push(sentence),
  );
  const [console, block, entropy, net] = plan.devices.map((planned) => new CardDriver(face, guest, planned));
  return { plan, guest, said, face, console, block, entropy, net };
}

/** Both rings of a card, where its driver put them. */
const RINGS_AT = 0x10_000;
const RING_BYTES = 0x2000;

export class CardDriver {
  readonly model: FakeModel;
  readonly planned: PlannedDevice;
  readonly rings: readonly FakeDriver[];
  private readonly face: PciFace;

  constructor(face: PciFace, guest: FakeGuest, planned: PlannedDevice) {
    this.face = face;
    this.planned = planned;
    this.model = planned.model as FakeModel; // busOfFour makes no others
    const base = RINGS_AT * planned.slot;
    this.rings = [0, 1].map((queue) => new FakeDriver(guest.memory, base + queue * RING_BYTES, QUEUE_ENTRIES));
  }

  private at(offset: number) {
    return physical(this.planned.at + offset);
  }

  read(name: CommonRegister): number {
    return this.face.readWindow(this.at(commonConfiguration.at[name]), width(commonConfiguration.sizeOf[name]));
  }

  write(name: CommonRegister, value: number): void {
    this.face.writeWindow(this.at(commonConfiguration.at[name]), width(commonConfiguration.sizeOf[name]), value);
  }

  addStatus(...names: (keyof typeof deviceStatus)[]): void {
    for (const name of names) this.write('status', this.read('status') | deviceStatus[name]);
  }

  accept(low: number, high: number): void {
    this.write('driverFeatureSelect', 0);
    this.write('driverFeature', low);
    this.write('driverFeatureSelect', 1);
    this.write('driverFeature', high);
  }

  placeQueue(index: number, moved = 0): void {
    const { place } = this.rings[index];
    this.write('queueSelect', index);
    this.write('descriptorsLow', place.descriptors + moved);
    this.write('availableLow', place.available + moved);
    this.write('usedLow', place.used + moved);
  }

  enable(index: number): void {
    this.write('queueSelect', index);
    this.write('queueEnable', 1);
  }

  /** All that a well-behaved driver does before it is ready. */
  prepare(features = 1): void {
    this.write('status', 0);
    this.addStatus('acknowledge', 'driver');
    this.accept(features, 1);
    this.addStatus('featuresAgreed');
    for (const index of this.rings.keys()) this.placeQueue(index);
    for (const index of this.rings.keys()) this.enable(index);
  }

  start(features = 1): void {
    this.prepare(features);
    this.addStatus('driverReady');
  }

  kick(index: number): void {
    this.face.writeWindow(this.at(deviceRegisters.at.notify), 2, index);
  }

  /** Reads what interrupted, and so clears it. */
  takeInterrupts(): number {
    return this.face.readWindow(this.at(deviceRegisters.at.interruptStatus), 1);
  }
}

/** Registers are of one, two or four bytes. */
const width = (bytes: number) => bytes as 1 | 2 | 4;

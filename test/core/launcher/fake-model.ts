/** A device that does nothing but remember what its face did with it. */

import { type DeviceLink, type DeviceModel, deviceType } from '../../../core/launcher/devices/model.ts';
import type { Virtqueue } from '../../../core/launcher/virtqueue.ts';

export class FakeModel implements DeviceModel {
  readonly name: string = 'entropy source';
  readonly type: DeviceModel['type'] = deviceType.entropy;
  readonly queueSizes: readonly number[] = [256];
  readonly largestChain = 4096;
  readonly features: Uint8Array = new Uint8Array(0);
  readonly configuration: Uint8Array = new Uint8Array(0);
  readonly connected: { queues: readonly Virtqueue[]; link: DeviceLink }[] = [];
  readonly kicked: number[] = [];

  constructor(unlike: Partial<Pick<DeviceModel, 'name' | 'type' | 'queueSizes' | 'features' | 'configuration'>> = {}) {
    Object.assign(this, unlike);
  }

  connect(queues: readonly Virtqueue[], link: DeviceLink): void {
    this.connected.push({ queues, link });
  }

  onKick(queue: number): void {
    this.kicked.push(queue);
  }
}

export const fakeModels = (count: number) => Array.from({ length: count }, () => new FakeModel());

/**
 * What lies behind the configuration ports for one slot: so many bytes, and for each which of its bits may be written.
 * A write to anything else is lost, as it is on a card.
 */

import { layout, u8, u16, u32 } from '../../agreement/layout.ts';
import { type DeviceModel, deviceType } from '../devices/model.ts';
import { putField } from '../record.ts';
import { capabilityBytes, firstCapability, putCapabilities } from './capabilities.ts';
import type { PlannedDevice } from './pci-plan.ts';

/** The header of a plain device (PCI 3.0 §6.1). */
export const pciHeader = layout('PCI_HEADER', {
  vendor: u16,
  device: u16,
  command: u16,
  status: u16,
  revision: u8,
  programming: u8,
  subclass: u8,
  class: u8,
  cacheLine: u8,
  latency: u8,
  headerType: u8,
  selfTest: u8,
  bar0: u32,
  bar1: u32,
  bar2: u32,
  bar3: u32,
  bar4: u32,
  bar5: u32,
  cardBus: u32,
  subsystemVendor: u16,
  subsystem: u16,
  rom: u32,
  capabilities: u8,
  unused0: u8,
  unused1: u16,
  unused2: u32,
  interruptLine: u8,
  interruptPin: u8,
  minimumGrant: u8,
  maximumLatency: u8,
});

const VIRTIO_VENDOR = 0x1af4;
const FIRST_MODERN_DEVICE = 0x1040;
const MODERN_REVISION = 1;
const MODERN_SUBSYSTEM = 0x40;
const HAS_CAPABILITIES = 0x10;
/** Command bits that stick: memory, and bus master. Neither changes anything. */
const KEPT_COMMANDS = 0x06;

/** Class and subclass, by device type. */
const classes: Readonly<Record<DeviceModel['type'], readonly [number, number]>> = {
  [deviceType.net]: [0x02, 0x00],
  [deviceType.block]: [0x01, 0x80],
  [deviceType.console]: [0x07, 0x00],
  [deviceType.entropy]: [0xff, 0x00],
};
const HOST_BRIDGE_CLASS = 0x06;

export class ConfigurationSpace {
  readonly bytes = new Uint8Array(capabilityBytes);
  readonly writable = new Uint8Array(capabilityBytes);

  /** Precondition: the register lies within the space. */
  read(register: number, bytes: number): number {
    let value = 0;
    for (let byte = bytes - 1; byte >= 0; byte--) value = value * 256 + this.bytes[register + byte];
    return value;
  }

  /** Precondition: as for `read`. */
  write(register: number, bytes: number, value: number): void {
    for (let byte = 0; byte < bytes; byte++) {
      const at = register + byte;
      const mask = this.writable[at];
      this.bytes[at] = (this.bytes[at] & ~mask) | ((value >>> (8 * byte)) & mask);
    }
  }

  get bar0(): number {
    return this.read(pciHeader.at.bar0, pciHeader.sizeOf.bar0);
  }
}

/** Slot 0: Linux believes in a bus if there is a host bridge on it, and asks no more of the bridge. */
export function hostBridgeSpace(): ConfigurationSpace {
  const space = new ConfigurationSpace();
  putField(space.bytes, 0, pciHeader, 'class', HOST_BRIDGE_CLASS);
  return space;
}

export function deviceSpace({ model, irq, at, bytes }: PlannedDevice): ConfigurationSpace {
  const space = new ConfigurationSpace();
  const put = (field: keyof typeof pciHeader.at, value: number) => putField(space.bytes, 0, pciHeader, field, value);
  const allow = (field: keyof typeof pciHeader.at, mask: number) =>
    putField(space.writable, 0, pciHeader, field, mask >>> 0);
  const [deviceClass, subclass] = classes[model.type];
  put('vendor', VIRTIO_VENDOR);
  put('device', FIRST_MODERN_DEVICE + model.type);
  put('status', HAS_CAPABILITIES);
  put('revision', MODERN_REVISION);
  put('class', deviceClass);
  put('subclass', subclass);
  put('subsystem', MODERN_SUBSYSTEM);
  put('bar0', at);
  put('capabilities', firstCapability);
  put('interruptLine', irq);
  allow('command', KEPT_COMMANDS);
  allow('cacheLine', 0xff);
  allow('latency', 0xff);
  // A guest finds out how long the registers are by writing ones and looking which bits stay zero.
  allow('bar0', ~(bytes - 1));
  putCapabilities(space, model);
  return space;
}

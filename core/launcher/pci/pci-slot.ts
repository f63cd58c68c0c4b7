/**
 * A device in its slot: its registers, reached through the window of addresses, and its configuration space, reached
 * through ports, in which there is a second and smaller way to the same registers.
 */

import type { AccessBytes, Guest } from '../../host/guest-events.ts';
import { readNumber } from '../record.ts';
import { capabilityBytes, windowRegister } from './capabilities.ts';
import { CommonConfiguration } from './common-configuration.ts';
import { type ConfigurationSpace, deviceSpace } from './configuration-space.ts';
import type { PlannedDevice } from './pci-plan.ts';
import { deviceRegisters } from './registers.ts';
import { VirtioDevice } from './virtio-device.ts';

const { at: registerAt, sizeOf } = deviceRegisters;

export class PciSlot {
  readonly registerBytes: number;
  private readonly space: ConfigurationSpace;
  private readonly device: VirtioDevice;
  private readonly common: CommonConfiguration;

  constructor(planned: PlannedDevice, guest: () => Guest, report: (sentence: string) => void) {
    this.registerBytes = planned.bytes;
    this.space = deviceSpace(planned);
    this.device = new VirtioDevice(planned, guest, report);
    this.common = new CommonConfiguration(this.device);
  }

  /** Where the guest was told its registers lie, or put them. */
  get registersAt(): number {
    return this.space.bar0;
  }

  /** Precondition: the access lies within the registers. */
  readRegister(offset: number, bytes: AccessBytes): number {
    if (offset < registerAt.notify) return this.common.read(offset, bytes);
    if (offset === registerAt.interruptStatus && bytes === sizeOf.interruptStatus) return this.device.takeInterrupts();
    return this.readConfiguration(offset - deviceRegisters.bytes, bytes);
  }

  /** Precondition: as for `readRegister`. */
  writeRegister(offset: number, bytes: AccessBytes, value: number): void {
    if (offset < registerAt.notify) this.common.write(offset, bytes, value);
    else if (offset === registerAt.notify && bytes === sizeOf.notify) this.device.kick(value);
    else this.writeConfiguration(offset - deviceRegisters.bytes, bytes, value);
  }

  private readConfiguration(offset: number, bytes: AccessBytes): number {
    const { configuration } = this.device.model;
    return offset >= 0 && offset + bytes <= configuration.length ? readNumber(configuration, offset, bytes) : 0;
  }

  private writeConfiguration(offset: number, bytes: AccessBytes, value: number): void {
    const { model } = this.device;
    if (offset >= 0 && offset + bytes <= model.configuration.length) model.onConfigurationWrite?.(offset, bytes, value);
  }

  /** Precondition: the register lies within `capabilityBytes`. */
  readSpace(register: number, bytes: AccessBytes): number {
    const access = reachesData(register, bytes) ? this.windowAccess() : null;
    if (access !== null) {
      const value = this.readRegister(access.offset, access.bytes);
      this.space.write(windowRegister.data, access.bytes, value);
    }
    return this.space.read(register, bytes);
  }

  /** Precondition: as for `readSpace`. */
  writeSpace(register: number, bytes: AccessBytes, value: number): void {
    this.space.write(register, bytes, value);
    const access = reachesData(register, bytes) ? this.windowAccess() : null;
    if (access !== null) {
      this.writeRegister(access.offset, access.bytes, this.space.read(windowRegister.data, access.bytes));
    }
  }

  /** What the window in configuration space is set to, or null if that is nothing of ours. */
  private windowAccess(): { offset: number; bytes: AccessBytes } | null {
    const bar = this.space.read(windowRegister.bar, 1);
    const offset = this.space.read(windowRegister.offset, 4);
    const bytes = this.space.read(windowRegister.length, 4);
    if (bytes !== 1 && bytes !== 2 && bytes !== 4) return null;
    return bar === 0 && offset % bytes === 0 && offset + bytes <= this.registerBytes ? { offset, bytes } : null;
  }
}

/** True if an access to configuration space touches the window's bytes, which are the last of it. */
const reachesData = (register: number, bytes: number): boolean =>
  register + bytes > windowRegister.data && register < capabilityBytes;

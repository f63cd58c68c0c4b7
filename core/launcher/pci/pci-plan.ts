/**
 * Which device sits in which slot of the emulated PCI bus, and where its registers lie, decided before the guest exists
 * (lguest-abi §12).
 *
 *      slot 0   a host bridge that does nothing
 *      slot 1   the console: early consoles look nowhere else
 *      slot 2…  the others, in the order given
 *
 * The registers of each device are a power of two in length and as aligned, from 1 MiB above RAM upward.
 */

import { type GuestPhysical, PAGE_BYTES } from '../../agreement/addresses.ts';
import { type DeviceModel, deviceType } from '../devices/model.ts';
import { deviceRegisters } from './registers.ts';

export interface PlannedDevice {
  readonly model: DeviceModel;
  readonly slot: number;
  /** Virtual interrupt, one a device, until there are more devices than interrupts. */
  readonly irq: number;
  /** Where its registers lie (BAR0). */
  readonly at: GuestPhysical;
  /** A power of two. */
  readonly bytes: number;
}

export interface PciPlan {
  readonly devices: readonly PlannedDevice[];
  /** Page aligned, both; the host takes every access in between for one to a device. */
  readonly windowStart: GuestPhysical;
  readonly windowBytes: number;
}

/** Above the end of RAM; the lguest bus has its pages in between. */
const WINDOW_GAP_BYTES = 1024 * 1024;
const FIRST_SLOT = 1;
/** Interrupt 0 is the clock. */
const FIRST_DEVICE_IRQ = 1;
/** Linux for one processor knows sixteen interrupts. PCI lets cards share; their interrupt status tells who it was. */
const DEVICE_IRQS = 15;
/** Puts the console first. `deviceBytes` is what else lies above RAM: the window begins beyond it. */
export function planPci(models: readonly DeviceModel[], memoryBytes: number, deviceBytes = 0): PciPlan {
  const windowStart = wholePages(memoryBytes + Math.max(WINDOW_GAP_BYTES, deviceBytes));
  let next = windowStart;
  const devices = consoleFirst(models).map((model, index) => {
    const bytes = powerOfTwo(deviceRegisters.bytes + model.configuration.length);
    const at = Math.ceil(next / bytes) * bytes;
    next = at + bytes;
    // at counts guest-physical bytes
    return {
      model,
      slot: FIRST_SLOT + index,
      irq: FIRST_DEVICE_IRQ + (index % DEVICE_IRQS),
      at: at as GuestPhysical,
      bytes,
    };
  });
  const windowBytes = wholePages(next - windowStart);
  return { devices, windowStart: windowStart as GuestPhysical, windowBytes }; // as above
}

function consoleFirst(models: readonly DeviceModel[]): DeviceModel[] {
  const isConsole = (model: DeviceModel) => model.type === deviceType.console;
  return [...models.filter(isConsole), ...models.filter((model) => !isConsole(model))];
}

const wholePages = (bytes: number) => Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
const powerOfTwo = (least: number) => 2 ** Math.ceil(Math.log2(least));

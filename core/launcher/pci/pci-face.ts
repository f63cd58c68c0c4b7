/**
 * Device ABI B (kernels 4.1 to 4.13): the same device models behind an emulated PCI bus and virtio 1.0 registers.  It
 * answers the ports and the window of addresses that the host asks about, and knows nothing of what a device does.
 */

import type { GuestPhysical } from '../../agreement/addresses.ts';
import type { AccessBytes, Guest, GuestSurroundings } from '../../host/guest-events.ts';
import { ConfigurationPorts, nobody } from './configuration-ports.ts';
import type { PciPlan } from './pci-plan.ts';
import { PciSlot } from './pci-slot.ts';

/** A keyboard controller that is never busy: kernels wait for it before they reboot, and all ones would mean busy. */
const keyboard = { port: 0x64, status: 1 } as const;
/** A guest that breaks rules in a loop is quoted this often. */
const MOST_SENTENCES = 100;

export class PciFace implements Omit<GuestSurroundings, 'onHandshake'> {
  readonly windowStart: GuestPhysical;
  readonly windowBytes: number;
  private readonly slots: readonly PciSlot[];
  private readonly ports: ConfigurationPorts;
  private sentences = 0;

  /** `guest` is asked for only when the guest runs. No model is connected until its driver is ready. */
  constructor(guest: () => Guest, plan: PciPlan, report: (sentence: string) => void) {
    this.windowStart = plan.windowStart;
    this.windowBytes = plan.windowBytes;
    const reportSome = (sentence: string) => {
      if (++this.sentences <= MOST_SENTENCES) report(sentence);
    };
    this.slots = plan.devices.map((planned) => new PciSlot(planned, guest, reportSome));
    this.ports = new ConfigurationPorts(this.slots);
  }

  // @journey launcher/pci  The smallest bus Linux believes in
  // When lguest's own bus was given up for real virtio, a guest of a few kilobytes suddenly needed a PCI bus, and the
  // smallest one that Linux believes in turned out to be very small: a bridge that does nothing, two ports through
  // which every card can be asked what it is, and a window of addresses where each card's registers lie.
  readPort(port: number, bytes: AccessBytes): number {
    if (port === keyboard.port) return keyboard.status;
    return this.ports.read(port, bytes);
  }

  writePort(port: number, bytes: AccessBytes, value: number): void {
    this.ports.write(port, bytes, value);
  }

  readWindow(at: GuestPhysical, bytes: AccessBytes): number {
    const slot = this.slotAt(at, bytes);
    return slot === undefined ? nobody(bytes) : slot.readRegister(at - slot.registersAt, bytes);
  }

  writeWindow(at: GuestPhysical, bytes: AccessBytes, value: number): void {
    const slot = this.slotAt(at, bytes);
    slot?.writeRegister(at - slot.registersAt, bytes, value);
  }
  // @end

  private slotAt(at: number, bytes: number): PciSlot | undefined {
    return this.slots.find((slot) => at >= slot.registersAt && at + bytes <= slot.registersAt + slot.registerBytes);
  }
}

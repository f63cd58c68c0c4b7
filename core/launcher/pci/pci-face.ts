/**
 * Device ABI B (kernels 4.1 to 4.13): the same device models behind an emulated PCI bus and virtio 1.0 registers.  It
 * answers the ports and the window of addresses that the host asks about, and knows nothing of what a device does.
 */

import type { GuestPhysical } from '../../agreement/addresses.ts';
import type { AccessBytes, Guest, GuestSurroundings } from '../../host/guest-events.ts';
import type { PciPlan } from './pci-plan.ts';

export class PciFace implements Omit<GuestSurroundings, 'onHandshake'> {
  readonly windowStart: GuestPhysical;
  readonly windowBytes: number;

  /** `guest` is asked for only when the guest runs. No model is connected until its driver is ready. */
  constructor(_guest: () => Guest, plan: PciPlan, _report: (sentence: string) => void) {
    this.windowStart = plan.windowStart;
    this.windowBytes = plan.windowBytes;
  }

  readPort(_port: number, bytes: AccessBytes): number {
    return 2 ** (8 * bytes) - 1;
  }

  writePort(_port: number, _bytes: AccessBytes, _value: number): void {}

  readWindow(_at: GuestPhysical, bytes: AccessBytes): number {
    return 2 ** (8 * bytes) - 1;
  }

  writeWindow(_at: GuestPhysical, _bytes: AccessBytes, _value: number): void {}
}

/**
 * One set of devices, two ways to be found: on the lguest bus (kernels up to 4.0) or on PCI (from 4.1 on).  A place is
 * kept ready on both until the guest shows at LGUEST_INIT which kind of kernel it is; then the devices are connected to
 * one of them, and the other stays an empty street.
 */

import type { GuestPhysical } from '../agreement/addresses.ts';
import type { LguestEra } from '../agreement/lguest-data.ts';
import type { AccessBytes, Guest, GuestMemory, GuestSurroundings } from '../host/guest-events.ts';
import type { DeviceModel } from './devices/model.ts';
import { ImageError } from './image-error.ts';
import { findBannerInMemory, parseRelease } from './kernel-facts/linux-banner.ts';
import { LguestBus } from './lguest-bus.ts';
import { type DescriptorLayout, descriptors2624, descriptors2625 } from './lguest-bus-descriptors.ts';
import { type BusPlan, busRefusal, LARGEST_BUS_BYTES, planBus } from './lguest-bus-plan.ts';
import { nobody } from './pci/configuration-ports.ts';
import { PciFace } from './pci/pci-face.ts';
import { planPci } from './pci/pci-plan.ts';

/** How a guest shall find its devices; 'auto' looks at its kernel. */
export type DeviceFace = 'auto' | 'bus' | 'pci';

/** The most device pages a guest is ever given: what a board must have room for. */
export const LARGEST_DEVICE_BYTES = LARGEST_BUS_BYTES;
/** Slots 1 to 31 of the one PCI bus; slot 0 is its bridge. */
const LARGEST_PCI_DEVICES = 31;
/** The first kernel that looks for PCI. */
const PCI_ERA = '4.1';

/** Where a kernel of this era looks for its devices. */
export const faceOf = (era: LguestEra): 'bus' | 'pci' => (era.since === PCI_ERA ? 'pci' : 'bus');

export interface DeviceFacesOptions {
  readonly console: DeviceModel;
  /** In command-line order. */
  readonly devices: readonly DeviceModel[];
  readonly memoryBytes: number;
  readonly face: DeviceFace;
  readonly report: (sentence: string) => void;
}

export class DeviceFaces implements GuestSurroundings {
  /** What the guest must be created with. */
  readonly deviceBytes: number;
  readonly windowStart: GuestPhysical;
  readonly windowBytes: number;
  private readonly options: DeviceFacesOptions;
  private readonly busPlan: BusPlan | null;
  private readonly pci: PciFace;
  private guest: Guest | null = null;
  /** The face the guest uses, once that is known. */
  private chosen: PciFace | LguestBus | null = null;

  /** Throws ImageError when there are more devices than the guest could find. */
  constructor(options: DeviceFacesOptions) {
    const { console, devices, memoryBytes, face, report } = options;
    this.options = options;
    const [onBus, onPci] = [busOrder(options), [console, ...devices]];
    const refusals = { bus: busRefusal(onBus), pci: pciRefusal(onPci), auto: pciRefusal(onPci) };
    const refusal = refusals[face];
    if (refusal !== null) throw new ImageError('too many devices', refusal);
    this.busPlan = face === 'pci' || refusals.bus !== null ? null : planBus(onBus, memoryBytes);
    this.deviceBytes = this.busPlan?.deviceBytes ?? 0;
    const pciPlan = planPci(face === 'bus' ? [] : onPci, memoryBytes, this.deviceBytes);
    this.windowStart = pciPlan.windowStart;
    this.windowBytes = pciPlan.windowBytes;
    this.pci = new PciFace(() => this.guest!, pciPlan, report); // it asks only when the guest runs
  }

  /** Once, before the guest runs. */
  attach(guest: Guest): void {
    this.guest = guest;
  }

  // @journey launcher/two-faces  Two ways to find the same devices
  // For nine years lguest's devices stood on a bus of its own: one page above memory, a list to be read from the top.
  // Then Linux 4.1 came and wanted PCI, slots and registers and all, because everybody else had it.  A disk does not care
  // how it is found.  So we keep a house number ready on both streets, wait for the guest's first hypercall, look how old
  // it is by the shape of the record it hands over, and open one door.
  onHandshake(era: LguestEra): void {
    const { face, report } = this.options;
    const guest = this.guest!; // it was attached before it ran
    if (face === 'pci' || (face === 'auto' && faceOf(era) === 'pci')) this.chosen = this.pci;
    else if (this.busPlan !== null) {
      this.chosen = new LguestBus(guest, this.busPlan, descriptorsFor(era, guest.memory), report);
    } else guest.kill(busRefusal(busOrder(this.options)) ?? 'its devices have no place on the lguest bus');
  }
  // @end

  /** A NOTIFY of this address. False if it is no device's: then it was an early console string. */
  onNotify(address: GuestPhysical): boolean {
    return this.chosen instanceof LguestBus && this.chosen.onNotify(address);
  }

  readPort(port: number, bytes: AccessBytes): number {
    return this.openPci?.readPort(port, bytes) ?? nobody(bytes);
  }

  writePort(port: number, bytes: AccessBytes, value: number): void {
    this.openPci?.writePort(port, bytes, value);
  }

  readWindow(at: GuestPhysical, bytes: AccessBytes): number {
    return this.openPci?.readWindow(at, bytes) ?? nobody(bytes);
  }

  writeWindow(at: GuestPhysical, bytes: AccessBytes, value: number): void {
    this.openPci?.writeWindow(at, bytes, value);
  }

  private get openPci(): PciFace | null {
    return this.chosen === this.pci ? this.pci : null;
  }
}

/** 2.6.24 and the six kernels after it hand over records of one shape, so the kernel must be read to tell them apart. */
function descriptorsFor(era: LguestEra, memory: GuestMemory): DescriptorLayout {
  if (era.since !== descriptors2624.since) return descriptors2625;
  const release = parseRelease(findBannerInMemory(memory) ?? '');
  const [major, minor, patch] = descriptors2624.since.split('.').map(Number);
  const early = release?.major === major && release.minor === minor && release.patch === patch;
  return early ? descriptors2624 : descriptors2625;
}

/** The console comes last there, as with lguest's own launcher. */
const busOrder = ({ devices, console }: DeviceFacesOptions): readonly DeviceModel[] => [...devices, console];

function pciRefusal(models: readonly DeviceModel[]): string | null {
  if (models.length <= LARGEST_PCI_DEVICES) return null;
  return `${models.length} devices, console included, are more than the ${LARGEST_PCI_DEVICES} slots of a PCI bus`;
}

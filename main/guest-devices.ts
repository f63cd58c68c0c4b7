/**
 * What this computer lends to the guests of a board: files as disks, sockets behind network cards, random numbers.  It
 * is opened before any guest runs, attended to between slices, and given back whatever happened in between.
 */

import { EntropyModel } from '../core/launcher/devices/entropy/model.ts';
import type { DeviceModel } from '../core/launcher/devices/model.ts';
import type { Arrivals } from './arrivals.ts';
import type { AttachedDevice } from './attached-device.ts';
import type { Circumstances } from './circumstances.ts';
import { openDisk } from './disks/open-disk.ts';
import type { DeviceRequest, GuestRequest } from './guest-requests.ts';
import { type Hubs, openNet } from './network/open-net.ts';

export interface LendingTerms {
  readonly arrivals: Arrivals;
  readonly circumstances: Circumstances;
  /** What guests write to disks is forgotten at the end. */
  readonly throwaway: boolean;
  /** Hubs that reach further than this board, by name; others begin here. */
  readonly hubs?: Hubs;
  /** A sentence about a device of the guest counted from 0. */
  readonly report: (guestIndex: number, sentence: string) => void;
}

export class GuestDevices {
  private readonly byGuest: readonly AttachedDevice[][];
  private readonly terms: LendingTerms;
  private readonly hubs: Hubs;
  private open = true;

  private constructor(guests: readonly GuestRequest[], terms: LendingTerms) {
    this.byGuest = guests.map(() => []);
    this.terms = terms;
    this.hubs = terms.hubs ?? new Map();
  }

  /** Opens everything the guests were promised, or nothing: throws UsageError when a file or a port cannot be had. */
  static async open(guests: readonly GuestRequest[], terms: LendingTerms): Promise<GuestDevices> {
    const devices = new GuestDevices(guests, terms);
    try {
      for (const [index, guest] of guests.entries()) {
        let cards = 0;
        for (const request of guest.devices) {
          devices.byGuest[index].push(await devices.attach(request, index, cards));
          if (request.kind === 'net') cards++;
        }
      }
    } catch (error) {
      devices.close();
      throw error;
    }
    return devices;
  }

  /** Fresh models for one life of a guest, in the order the guest finds them in. */
  newModels(guestIndex: number): DeviceModel[] {
    return this.byGuest[guestIndex].map((device) => device.newModel());
  }

  /** Somebody outside may speak at any moment. */
  get awaitsOutside(): boolean {
    return this.byGuest.some((devices) => devices.some(({ awaitsOutside }) => awaitsOutside));
  }

  /** Between slices and after idling. */
  tick(boardMs: number): void {
    for (const devices of this.byGuest) {
      for (const device of devices) device.tick(boardMs);
    }
  }

  /** Gives everything back, once, even if some of it will not be given; then throws the first complaint. */
  close(): void {
    if (!this.open) return;
    this.open = false;
    const complaints: unknown[] = [];
    for (const device of this.byGuest.flat()) {
      try {
        device.close();
      } catch (error) {
        complaints.push(error);
      }
    }
    if (complaints.length > 0) throw complaints[0];
  }

  private async attach(request: DeviceRequest, machineIndex: number, cardIndex: number): Promise<AttachedDevice> {
    const { arrivals, circumstances, throwaway } = this.terms;
    const report = (sentence: string) => this.terms.report(machineIndex, sentence);
    switch (request.kind) {
      case 'disk':
        return openDisk(request.spec, { throwaway, report });
      case 'net':
        return openNet(request.spec, { arrivals, hubs: this.hubs, machineIndex, cardIndex, report });
      case 'rng':
        return randomNumbers(circumstances.entropy(machineIndex));
      default:
        return request satisfies never;
    }
  }
}

function randomNumbers(source: (bytes: number) => Uint8Array): AttachedDevice {
  return { newModel: () => new EntropyModel(source), awaitsOutside: false, tick() {}, close() {} };
}

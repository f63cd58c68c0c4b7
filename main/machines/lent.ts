/** All that this computer lends to one machine, opened before it runs and given back whatever happened in between. */

import { randomBytes } from 'node:crypto';
import type { EngineName } from '../../core/x86/board.ts';
import { Arrivals } from '../arrivals.ts';
import { GuestDevices } from '../guest-devices.ts';
import type { GuestRequest } from '../guest-requests.ts';
import { joinHubs } from './hub-channels.ts';
import { guestRequestOf } from './machine-request.ts';
import type { Assignment } from './thread-messages.ts';

export interface Lent {
  readonly guest: GuestRequest;
  readonly arrivals: Arrivals;
  readonly devices: GuestDevices;
  readonly wallClockSeconds: number;
  readonly engine: EngineName;
  /** Flushes disks; throws the first complaint, with everything given back all the same. */
  close(): void;
}

/** Throws UsageError if a file, a port or a sample cannot be had; then nothing stays open. */
export async function lend(assignment: Assignment, report: (sentence: string) => void): Promise<Lent> {
  const guest = guestRequestOf(assignment);
  const arrivals = new Arrivals();
  const wallClockSeconds = Math.floor(Date.now() / 1000);
  const joined = joinHubs(guest.devices);
  try {
    const devices = await GuestDevices.open([guest], {
      arrivals,
      circumstances: { wallClockSeconds, entropy: () => randomBytes },
      throwaway: false,
      hubs: joined.hubs,
      report: (_, sentence) => report(sentence),
    });
    const close = () => {
      joined.close();
      devices.close();
    };
    return { guest, arrivals, devices, wallClockSeconds, engine: assignment.settings.engine, close };
  } catch (error) {
    joined.close();
    throw error;
  }
}

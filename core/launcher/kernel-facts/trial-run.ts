/**
 * Asking the kernel itself.  Whatever it is packed with, it can unpack itself, and whatever its headers say, its first
 * hypercall tells whether it is an lguest guest and of which age.  So it is put on a board of its own, without devices,
 * and run until it introduces itself, dies, or has used up what it was given.
 */

import type { Guest, Host } from '../../host/guest-events.ts';
import { emptySurroundings } from '../../host/surroundings.ts';
import type { KernelImage } from '../kernel-image.ts';
import { loadGuest } from '../load-guest.ts';
import { type Observation, observeGuest } from './observe-guest.ts';

export interface TrialOptions {
  /** A host on a board of its own with room for this much memory. */
  readonly host: Host;
  readonly image: KernelImage;
  readonly memoryBytes: number;
  /** Guest and Switcher together. */
  readonly budgetInstructions: number;
}

export interface Trial extends Observation {
  /** Until the introduction, the death or the end of the budget. */
  readonly instructions: number;
  /** Why it died; null if it introduced itself first or still lived. */
  readonly death: string | null;
}

const SLICE_INSTRUCTIONS = 1_000_000;
/** After the introduction: enough to see its first page tables, too little for anything else to matter. */
const AFTERWARDS_INSTRUCTIONS = 50_000;

// @journey launcher/kernel-facts  Ask the kernel
// A bzImage is a riddle wrapped in one of seven compressions, and we own none of the keys.  But the kernel carries its
// own: give it memory and a processor, and it unpacks itself.  Then one word settles everything.  A kernel that was built
// for lguest makes its first hypercall, and the record it points at says how old it is; any other kernel reaches for
// something that ring 1 may not touch, and is gone.  Sixty million instructions for a yes or no, and no library.
/** Runs the kernel; yields instructions run so far, now and then. Throws ImageError if it does not fit. */
export function* tryKernel({ host, image, memoryBytes, budgetInstructions }: TrialOptions): Generator<number, Trial> {
  const begun = host.clock;
  let introducedAt: number | null = null;
  const onHandshake = () => {
    introducedAt ??= host.clock;
  };
  const options = { name: 'trial', memoryBytes, deviceBytes: 0, fastPath: false };
  const guest = host.createGuest({ ...options, surroundings: { ...emptySurroundings, onHandshake } });
  guest.start(loadGuest(guest.memory, { kernel: image, initrd: null, commandLine: '', memoryBytes }));
  while (guest.era === null && guest.dead === null && host.clock - begun < budgetInstructions) {
    const left = budgetInstructions - (host.clock - begun);
    host.runGuest(guest, Math.min(SLICE_INSTRUCTIONS, left));
    yield host.clock - begun;
  }
  const instructions = (introducedAt ?? host.clock) - begun;
  const death = guest.era === null ? (guest.dead?.reason ?? null) : null;
  if (guest.era !== null) runOn(host, guest);
  const seen = observeGuest(guest);
  guest.kill('the trial is over');
  host.removeGuest(guest);
  return { ...seen, instructions, death };
}
// @end

/** Early console strings are nothing to a trial; a guest that waits would wait for ever. */
function runOn(host: Host, guest: Guest): void {
  const end = host.clock + AFTERWARDS_INSTRUCTIONS;
  while (host.clock < end) {
    const { why } = host.runGuest(guest, end - host.clock);
    if (why === 'dead' || why === 'idle') return;
  }
}

/**
 * What a user page fault costs in crossings, which is the number the fast path is about.  A fault the guest must see
 * begins in ring 3 and is over when the instruction that faulted has completed; every crossing to the host in between
 * is charged to it.  The host sees only crossings, so it must infer the end, and these are the rules:
 *
 *   - A crossing that is itself the reflection of such a fault is charged, and begins an episode.
 *   - If the walker reflected faults since the last crossing, an episode began there; a crossing from the guest's
 *     kernel that follows comes from its handler and is charged.
 *   - While an episode is open and no instruction of ring 3 has begun, the guest is still handling it: charged.
 *   - A fault of the same page, filled by the host, is the same instruction tried again: charged, still open.
 *   - Anything else means that the instruction completed, at no crossing's cost.
 */

import { PAGE_BYTES } from '../agreement/addresses.ts';

export interface UserFault {
  open: boolean;
  /** The page it was about. */
  page: number;
}

export const noUserFault = (): UserFault => ({ open: false, page: 0 });

/** What the rules need to know of one crossing home. */
export interface CrossingSeen {
  readonly fromUser: boolean;
  /** Instructions begun in ring 3 since the guest was entered. */
  readonly userInstructions: number;
  /** This crossing is the reflection of a ring-3 page fault. */
  readonly reflectsUserFault: boolean;
  /** This crossing is a page fault the host filled. */
  readonly fills: boolean;
  readonly faultAddress: number;
  /** Faults the walker reflected since the guest was entered, and the last address it reported. */
  readonly reflectedBySwitcher: number;
  readonly lastReflectedAddress: number;
}

const pageOf = (address: number): number => Math.floor(address / PAGE_BYTES);

/** Moves the episode along; true if this crossing is charged to a user fault. */
export function chargeCrossing(fault: UserFault, seen: CrossingSeen): boolean {
  if (seen.reflectsUserFault) {
    fault.open = true;
    fault.page = pageOf(seen.faultAddress);
    return true;
  }
  const newlyOpen = seen.reflectedBySwitcher > 0;
  if (newlyOpen) {
    fault.open = true;
    fault.page = pageOf(seen.lastReflectedAddress);
  }
  if (!fault.open) return false;
  const triedAgain = seen.fromUser && seen.fills && pageOf(seen.faultAddress) === fault.page;
  // The attempt itself has begun and so is counted among the instructions.
  const onlyTheAttempt = newlyOpen || seen.userInstructions <= 1;
  const stillHandling = seen.userInstructions === 0 || (newlyOpen && !seen.fromUser);
  fault.open = stillHandling || (triedAgain && onlyTheAttempt);
  return fault.open;
}

/**
 * How a guest ends.  A guest that breaks the rules is not argued with: it dies with a sentence that says what it did,
 * and nobody else on the board notices.  The first reason wins, because what a dying guest did next is noise.
 */

import type { GuestCpu } from './guest-cpu.ts';

export const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** Ends the guest for breaking a rule. `deed` completes the sentence "the guest …", with its numbers in hex. */
export function killGuest(cpu: GuestCpu, deed: string): void {
  endGuest(cpu, 'killed', `the guest ${deed}`);
}

/** Ends the guest in any of the ways a guest can end. */
export function endGuest(cpu: GuestCpu, end: 'power off' | 'restart' | 'killed', reason: string): void {
  cpu.dead ??= { why: 'dead', end, reason };
}

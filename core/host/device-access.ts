/**
 * Addresses that are devices rather than memory.  No page lies behind them, so every access comes here as a page fault;
 * the host reads which instruction it was, asks whoever launched the guest, and steps over it.  Only the guest's kernel
 * is served, only plain moves, and only if everything about the fault agrees with what the instruction says.
 */

import { PAGE_BYTES } from '../agreement/addresses.ts';
import { entry } from '../agreement/page-tables.ts';
import { pageFaultError } from '../agreement/traps.ts';
import { decodeMove, type Move } from './decode-move.ts';
import { onesOf, writePart } from './general-registers.ts';
import { inKernel } from './guest-code.ts';
import type { GuestCpu } from './guest-cpu.ts';
import type { AccessBytes, GuestSurroundings } from './guest-events.ts';
import { inWindow, walkGuest } from './guest-walk.ts';

// @journey host/device-access  An address with nobody behind it
// A driver writes to what it thinks is a register on a card.  There is no card and no page either, so the processor
// faults, and what is left of the driver's intention is an instruction that did not happen.  We read it as the processor
// did, do what it meant by asking the launcher, and let the guest go on behind it.  What we read may have been rewritten
// since the processor read it: unless it names the very address that faulted, in the very direction, we know nothing.
/** Carries out the access that faulted at `address`, in the window; false if the fault is the guest's after all. */
export function accessDevice(cpu: GuestCpu, address: number, errorCode: number): boolean {
  if (!inKernel(cpu) || errorCode & pageFaultError.user) return false;
  const at = windowAddress(cpu, address);
  const move = at === null ? null : decodeMove(cpu);
  if (at === null || move === null || move.address !== address) return false;
  if ((move.does === 'store') !== ((errorCode & pageFaultError.write) !== 0)) return false;
  const inPage = (address % PAGE_BYTES) + move.bytes <= PAGE_BYTES;
  if (!inPage || !inWindow(cpu, at, move.bytes)) return false;
  carryOut(cpu, cpu.surroundings, move, at);
  return true;
}
// @end

/** Where in the window `address` lies by the guest's tables, or null if it does not. */
function windowAddress(cpu: GuestCpu, address: number): GuestSurroundings['windowStart'] | null {
  if (walkGuest(cpu, address) !== 'page') return null;
  const at = ((cpu.walk.tableEntry & entry.addressMask) | (address % PAGE_BYTES)) >>> 0;
  return inWindow(cpu, at, 1) ? at : null;
}

function carryOut(cpu: GuestCpu, surroundings: GuestSurroundings, move: Move, at: GuestSurroundings['windowStart']) {
  if (move.does === 'store') {
    surroundings.writeWindow(at, move.bytes, move.value);
  } else {
    const value = (surroundings.readWindow(at, move.bytes) & onesOf(move.bytes)) >>> 0;
    const extended = move.signed ? signExtend(value, move.bytes) : value;
    writePart(cpu.registers, move.register, move.registerBytes, extended);
  }
  move.code.stepOver();
}

function signExtend(value: number, bytes: AccessBytes): number {
  const shift = 32 - 8 * bytes;
  return (value << shift) >> shift;
}

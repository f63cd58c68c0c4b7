/**
 * Interrupts of the guest's own: its clock and its devices.  They wait in the host until the guest has them enabled,
 * does not mask them, and is not half way through its iret; then the guest finds itself in its handler.
 */

import { IRQ_ON } from '../agreement/lguest-data.ts';
import { eflags, IRQS, vector } from '../agreement/traps.ts';
import { inKernel } from './guest-code.ts';
import type { GuestCpu } from './guest-cpu.ts';
import { readGuestWord } from './guest-walk.ts';
import { enterHandler, gateIsPresent, interruptsEnabled, jumpToHandler } from './interrupts-and-traps.ts';
import { type BoardTime, readBlockedInterrupts, showIrqPending, writeIrqEnabled, writeTime } from './lguest-data.ts';

/** The clock of the guest's timer. */
export const CLOCK_IRQ = 0;

/** Makes a virtual interrupt pending; false for numbers that do not exist. */
export function setPending(cpu: GuestCpu, irq: number): boolean {
  if (!Number.isInteger(irq) || irq < 0 || irq >= IRQS) return false;
  cpu.pendingInterrupts = (cpu.pendingInterrupts | (1 << irq)) >>> 0;
  return true;
}

/** The lowest interrupt that is pending and not masked; null if there is none. Masked ones stay pending. */
export function nextInterrupt(cpu: GuestCpu): number | null {
  if (cpu.pendingInterrupts === 0 || cpu.lguestData === null) return null;
  const deliverable = cpu.pendingInterrupts & ~readBlockedInterrupts(cpu);
  return deliverable === 0 ? null : 31 - Math.clz32(deliverable & -deliverable);
}

// @journey host/virtual-interrupts  Interrupts the guest only believes in
// The guest never really disables interrupts: it writes a zero into a page we share, and we promise to look there
// first.  If it is zero we leave a note beside it, and the guest, about to write a one again, reads the note and calls.
// lguest forgot to take its note back, and its guests kept calling; the boot of 4.10 made 113,602 calls for 1,022
// interrupts.  We take it back.
/** Delivers the lowest deliverable interrupt if the guest can take it now. */
export function deliverInterrupt(cpu: GuestCpu, now: BoardTime): void {
  cpu.windowBlocksInterrupt = false;
  const irq = nextInterrupt(cpu);
  if (irq === null) {
    showIrqPending(cpu, false);
    return;
  }
  if (cpu.halted) {
    // A guest that halts has said that it wants to be woken.
    cpu.halted = false;
    writeIrqEnabled(cpu, IRQ_ON);
  } else if (!canInterrupt(cpu)) {
    return;
  }
  writeTime(cpu, now);
  const number = vector.firstIrq + irq;
  if (gateIsPresent(cpu, number)) {
    cpu.pendingInterrupts = (cpu.pendingInterrupts & ~(1 << irq)) >>> 0;
    enterInterruptHandler(cpu, number);
    cpu.counters.interrupts++;
  }
  showIrqPending(cpu, nextInterrupt(cpu) !== null);
}
// @end

function canInterrupt(cpu: GuestCpu): boolean {
  const window = cpu.lguestData?.noIrqWindow ?? null;
  const { eip } = cpu.registers;
  if (window !== null && inKernel(cpu) && eip >= window.start && eip < window.end) {
    cpu.windowBlocksInterrupt = true;
    return false;
  }
  const enabled = interruptsEnabled(cpu);
  if (!enabled) showIrqPending(cpu, true);
  return enabled;
}

/** Offset of the flags in the frame an iret is about to take. */
const FRAME_FLAGS = 8;

/**
 * At the iret of a 4.1 kernel interrupts are already enabled and the frame is still there. A second frame on top would
 * grow the stack with every interrupt, so the handler gets the old one; its flags are those the guest was going to have.
 */
function enterInterruptHandler(cpu: GuestCpu, number: number): void {
  const { registers } = cpu;
  if (cpu.lguestData?.noIrqIret !== registers.eip || !inKernel(cpu)) {
    enterHandler(cpu, number, null);
    return;
  }
  const flags = readGuestWord(cpu, (registers.esp + FRAME_FLAGS) >>> 0);
  if (flags === null) {
    enterHandler(cpu, number, null);
    return;
  }
  registers.eflags = ((flags & keptOfFrame) | eflags.interrupt | eflags.reserved) >>> 0;
  jumpToHandler(cpu, number);
}

/** All a guest may choose of its flags: arithmetic, direction, alignment check and identification. */
const keptOfFrame = 0x0024_0cd5;

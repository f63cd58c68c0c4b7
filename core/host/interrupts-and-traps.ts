/**
 * The guest's interrupt gates, and how a trap that came to the host is handed to the guest as if the processor had
 * delivered it in ring 1.  A few traps can go straight into the guest, which is why gates are looked at twice: once as
 * the guest wants them, once as the processor may have them.
 */

import { IRQ_ON } from '../agreement/lguest-data.ts';
import { GUEST_KERNEL_CS, GUEST_RING } from '../agreement/segments.ts';
import { eflags, gate, hasErrorCode, vector } from '../agreement/traps.ts';
import { type GuestCpu, noteGate } from './guest-cpu.ts';
import { pushGuestFrame } from './guest-walk.ts';
import { hex, killGuest } from './kill-guest.ts';
import { readIrqEnabled, writeIrqEnabled } from './lguest-data.ts';

/** Gates of these are the host's business alone; lguest takes them and forgets them. */
const ignoredVectors: ReadonlySet<number> = new Set([
  vector.nmi,
  vector.doubleFault,
  vector.spurious,
  vector.lguestEntry,
]);

/** Exceptions that always come to the host first, whatever gate the guest has for them. */
const hostFirst: ReadonlySet<number> = new Set([
  // A vmcall of 2.6.30 to 2.6.33 is found out here.
  vector.invalidOpcode,
  vector.deviceNotAvailable,
  vector.generalProtection,
  vector.pageFault,
  ...ignoredVectors,
]);

/** LOAD_IDT_ENTRY. */
export function loadIdtEntry(cpu: GuestCpu, number: number, low: number, high: number): void {
  if (ignoredVectors.has(number)) return;
  if (number >= cpu.idt.length / 2) {
    killGuest(cpu, `set interrupt gate ${hex(number)}, beyond the last`);
    return;
  }
  const type = high & gate.typeMask;
  const present = (high & gate.present) !== 0;
  if (present && type !== gate.interruptGate && type !== gate.trapGate) {
    killGuest(cpu, `set gate ${hex(number)} to ${hex(high)}:${hex(low)}, neither an interrupt nor a trap gate`);
    return;
  }
  // Whatever selector the guest asked for, handlers run in its kernel.
  cpu.idt[number * 2] = present ? ((GUEST_KERNEL_CS << 16) | (low & 0xffff)) >>> 0 : 0;
  cpu.idt[number * 2 + 1] = present
    ? (high & (gate.offsetHighMask | gate.present | gate.privilegeMask | gate.typeMask)) >>> 0
    : 0;
  noteGate(cpu, number);
}

export const gateIsPresent = (cpu: GuestCpu, number: number): boolean => (cpu.idt[number * 2 + 1] & gate.present) !== 0;

export const gateOffset = (cpu: GuestCpu, number: number): number =>
  ((cpu.idt[number * 2 + 1] & gate.offsetHighMask) | (cpu.idt[number * 2] & 0xffff)) >>> 0;

export const isTrapGate = (cpu: GuestCpu, number: number): boolean =>
  (cpu.idt[number * 2 + 1] & gate.typeMask) === gate.trapGate;

/**
 * True if the processor may take this gate as it stands. Only trap gates: an interrupt gate would have to clear the
 * guest's virtual interrupt flag, and no processor knows where that is. No vector of a host interrupt, ever.
 */
export function goesDirect(cpu: GuestCpu, number: number): boolean {
  const exception = number < vector.firstIrq && !hostFirst.has(number);
  return (exception || number === vector.systemCall) && gateIsPresent(cpu, number) && isTrapGate(cpu, number);
}

/**
 * DPL of the Switcher's own gate for a vector. The guest's choice stands only where the stub can tell an `int`
 * instruction from the real thing: vectors with error codes would find a word missing, and those of host interrupts
 * would run the host's handlers.
 */
export function stubPrivilege(cpu: GuestCpu, number: number): number {
  if (number === vector.lguestEntry) return GUEST_RING;
  if (hasErrorCode(number) || (number >= vector.firstIrq && number !== vector.systemCall)) return 0;
  return (cpu.idt[number * 2 + 1] & gate.privilegeMask) >>> gate.privilegeShift;
}

/** Flags a handler must not inherit (SDM 3A 6.12.1.2). */
const clearedForHandler = eflags.trap | eflags.virtual8086 | eflags.resume | eflags.nestedTask;

// @journey host/reflection  Handing a trap to the guest
// To hand a trap to the guest we do what the processor would have done, had it known that ring 1 is in charge: pick the
// kernel's stack if the trap came from a program, push the frame, jump through the guest's gate.  One lie is told on the
// way: the frame's interrupt flag is the guest's own idea of it, because the real one is always on.
/** Makes the guest take `trap` next; a guest without a gate for it dies. `errorCode` counts only where the vector has one. */
export function reflectTrap(cpu: GuestCpu, trap: number, errorCode: number): void {
  if (!gateIsPresent(cpu, trap)) {
    const { eip } = cpu.registers;
    killGuest(cpu, `has no handler for trap ${hex(trap)}, taken at ${hex(eip)} with error code ${hex(errorCode)}`);
    return;
  }
  enterHandler(cpu, trap, hasErrorCode(trap) ? errorCode : null);
}

/** Pushes a frame and points the guest at its handler; its gate must be present. */
export function enterHandler(cpu: GuestCpu, number: number, errorCode: number | null): void {
  const { registers, frame } = cpu;
  const { cs } = registers;
  const fromKernel = (cs & 3) === GUEST_RING;
  let words = 0;
  if (!fromKernel) {
    frame[words++] = registers.ss;
    frame[words++] = registers.esp;
  }
  frame[words++] = (registers.eflags & ~eflags.interrupt) | (readIrqEnabled(cpu) & eflags.interrupt);
  frame[words++] = cs;
  frame[words++] = registers.eip;
  if (errorCode !== null) frame[words++] = errorCode;
  const top = fromKernel ? registers.esp : cpu.stack.pointer;
  const pushed = pushGuestFrame(cpu, top, words);
  if (pushed === null) {
    const from = `${hex(registers.cs)}:${hex(registers.eip)}`;
    killGuest(cpu, `has no stack at ${hex(top)} for the frame of vector ${hex(number)} from ${from}`);
    return;
  }
  registers.esp = pushed;
  if (!fromKernel) registers.ss = cpu.stack.segment;
  jumpToHandler(cpu, number);
}
// @end

/** The second half of a delivery: the frame is already on the stack. */
export function jumpToHandler(cpu: GuestCpu, number: number): void {
  const { registers } = cpu;
  registers.cs = GUEST_KERNEL_CS;
  registers.eip = gateOffset(cpu, number);
  registers.eflags = (registers.eflags & ~clearedForHandler) >>> 0;
  if (!isTrapGate(cpu, number)) writeIrqEnabled(cpu, 0);
}

/** IF as the guest sees it. */
export const interruptsEnabled = (cpu: GuestCpu): boolean => (readIrqEnabled(cpu) & IRQ_ON) !== 0;

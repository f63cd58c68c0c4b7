/**
 * A few privileged instructions remain in a paravirtualised kernel: probing for hardware, cli in code that runs before
 * it knows better, and a look at the debug registers when it is in trouble.  In ring 1 they fault, and the host pretends: ports answer what the guest's launcher says, and
 * interrupts were never really on.  Anything else that faults is the guest's to see.
 */

import { onesOf, readPart, writePart } from './general-registers.ts';
import { GuestCode, inKernel } from './guest-code.ts';
import type { GuestCpu } from './guest-cpu.ts';
import type { AccessBytes, GuestSurroundings } from './guest-events.ts';
import { emptySurroundings } from './surroundings.ts';

const OPERAND_SIZE_PREFIX = 0x66;
const CLI = 0xfa;
const VMCALL = [0x0f, 0x01, 0xc1];
/** `mov r32, dr` (SDM 2B): these two, and a byte that names the debug register and the general one. */
const READ_DEBUG_REGISTER = [0x0f, 0x21] as const;
/** DR6 and DR7 as they are after reset, and what is read where CR4.DE is clear as DR4 and DR5; the rest are 0. */
const debugRegisters = [0, 0, 0, 0, 0xffff_0ff0, 0x400, 0xffff_0ff0, 0x400] as const;

interface PortInstruction {
  readonly reads: boolean;
  /** About al alone. */
  readonly byte: boolean;
  /** The port is the next byte of the instruction, or in dx. */
  readonly immediate: boolean;
}

/** in and out, by opcode. */
const portInstructions: ReadonlyMap<number, PortInstruction> = new Map([
  [0xe4, { immediate: true, reads: true, byte: true }],
  [0xe5, { immediate: true, reads: true, byte: false }],
  [0xec, { immediate: false, reads: true, byte: true }],
  [0xed, { immediate: false, reads: true, byte: false }],
  [0xe6, { immediate: true, reads: false, byte: true }],
  [0xe7, { immediate: true, reads: false, byte: false }],
  [0xee, { immediate: false, reads: false, byte: true }],
  [0xef, { immediate: false, reads: false, byte: false }],
]);

const EAX = 0;
const EDX = 2;

/**
 * Carries out `cli`, `in`, `out` or a read of a debug register for the guest's kernel; false if it is none of these and
 * the fault stands.
 */
export function emulateInstruction(cpu: GuestCpu): boolean {
  if (!inKernel(cpu)) return false;
  const code = new GuestCode(cpu);
  const first = code.next8();
  if (first === CLI) {
    code.stepOver();
    return true;
  }
  if (first === READ_DEBUG_REGISTER[0]) return readDebugRegister(cpu, code);
  const short = first === OPERAND_SIZE_PREFIX;
  const instruction = portInstructions.get(short ? code.next8() : first);
  if (instruction === undefined) return false;
  const { reads, byte, immediate } = instruction;
  const port = immediate ? code.next8() : readPart(cpu.registers, EDX, 2);
  // The port number is the rest of the instruction: if it is not there, neither is the instruction.
  if (code.cut) return false;
  const bytes: AccessBytes = byte ? 1 : short ? 2 : 4;
  if (reads) writePart(cpu.registers, EAX, bytes, surroundings(cpu).readPort(port, bytes) & onesOf(bytes));
  else surroundings(cpu).writePort(port, bytes, readPart(cpu.registers, EAX, bytes));
  code.stepOver();
  return true;
}

/**
 * A Linux before 4.1 that reports a fault of its own reads these as if it were alone, and a fault while it reports one it
 * reports as well: without an answer it used up its stack before its first line appeared.
 */
function readDebugRegister(cpu: GuestCpu, code: GuestCode): boolean {
  if (code.next8() !== READ_DEBUG_REGISTER[1]) return false;
  const registers = code.next8();
  if (code.cut) return false;
  writePart(cpu.registers, registers & 7, 4, debugRegisters[(registers >> 3) & 7]);
  code.stepOver();
  return true;
}

/** Nobody is asked before the guest has introduced itself: a decompressor may probe for a screen. */
const surroundings = (cpu: GuestCpu): GuestSurroundings =>
  cpu.lguestData === null ? emptySurroundings : cpu.surroundings;

/** Kernels of 2.6.30 to 2.6.33, and one corner of later ones, say `vmcall` for a hypercall. Steps over it if so. */
export function stepOverVmcall(cpu: GuestCpu): boolean {
  if (!inKernel(cpu)) return false;
  const code = new GuestCode(cpu);
  if (!VMCALL.every((byte) => code.next8() === byte)) return false;
  code.stepOver();
  return true;
}

/**
 * A few privileged instructions remain in a paravirtualised kernel: probing for old hardware, and cli in code that runs
 * before it knows better.  In ring 1 they fault, and the host pretends: there is no hardware, and interrupts were
 * never really on.  Anything else that faults is the guest's to see.
 */

import { GUEST_RING } from '../agreement/segments.ts';
import { eflags } from '../agreement/traps.ts';
import type { GuestCpu } from './guest-cpu.ts';
import { translateForKernel } from './guest-walk.ts';
import { segmentBase } from './segments.ts';

const OPERAND_SIZE_PREFIX = 0x66;
const CLI = 0xfa;
const VMCALL = [0x0f, 0x01, 0xc1];

/** in and out, by opcode: how long they are, whether they read, whether they are about al alone. */
const portInstructions: ReadonlyMap<number, { length: number; reads: boolean; byte: boolean }> = new Map([
  [0xe4, { length: 2, reads: true, byte: true }],
  [0xe5, { length: 2, reads: true, byte: false }],
  [0xec, { length: 1, reads: true, byte: true }],
  [0xed, { length: 1, reads: true, byte: false }],
  [0xe6, { length: 2, reads: false, byte: true }],
  [0xe7, { length: 2, reads: false, byte: false }],
  [0xee, { length: 1, reads: false, byte: true }],
  [0xef, { length: 1, reads: false, byte: false }],
]);

/** Only the guest's kernel is pampered: from a program the same instruction is a crime. Asked before memory is read. */
const inKernel = (cpu: GuestCpu): boolean => (cpu.registers.cs & 3) === GUEST_RING;

/** A byte of code at eip + offset, or null where the guest has none mapped. Never the guest's death. */
function codeByte(cpu: GuestCpu, offset: number): number | null {
  const { registers } = cpu;
  const at = translateForKernel(cpu, (segmentBase(cpu, registers.cs) + registers.eip + offset) >>> 0, false);
  return at === null ? null : cpu.memory.read8(at);
}

function stepOver(cpu: GuestCpu, length: number): void {
  cpu.registers.eip += length;
  cpu.registers.eflags &= ~eflags.resume;
}

/** Carries out `cli`, `in` or `out` for the guest's kernel; false if it is none of these and the fault stands. */
export function emulateInstruction(cpu: GuestCpu): boolean {
  if (!inKernel(cpu)) return false;
  const first = codeByte(cpu, 0);
  if (first === CLI) {
    stepOver(cpu, 1);
    return true;
  }
  const prefixes = first === OPERAND_SIZE_PREFIX ? 1 : 0;
  const opcode = prefixes === 0 ? first : codeByte(cpu, 1);
  const instruction = opcode === null ? undefined : portInstructions.get(opcode);
  if (instruction === undefined) return false;
  // The port number is the rest of the instruction: if it is not there, neither is the instruction.
  if (instruction.length === 2 && codeByte(cpu, prefixes + 1) === null) return false;
  if (instruction.reads) cpu.registers.eax |= onesOf(instruction.byte, prefixes === 1);
  stepOver(cpu, prefixes + instruction.length);
  return true;
}

/** What an empty bus answers: ones in every wire. */
function onesOf(byte: boolean, word: boolean): number {
  if (byte) return 0xff;
  return word ? 0xffff : 0xffff_ffff;
}

/** Kernels of 2.6.30 to 2.6.33, and one corner of later ones, say `vmcall` for a hypercall. Steps over it if so. */
export function stepOverVmcall(cpu: GuestCpu): boolean {
  if (!inKernel(cpu) || !VMCALL.every((byte, offset) => codeByte(cpu, offset) === byte)) return false;
  stepOver(cpu, VMCALL.length);
  return true;
}

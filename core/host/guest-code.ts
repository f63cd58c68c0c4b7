/**
 * The instruction a guest's kernel stopped at, byte by byte, for the few that the host carries out itself.  The bytes are
 * the guest's to change and its tables may hold anything, so each is fetched once and what cannot be fetched is missing,
 * never the guest's death.
 */

import { GUEST_RING } from '../agreement/segments.ts';
import { eflags } from '../agreement/traps.ts';
import type { GuestCpu } from './guest-cpu.ts';
import { translateForKernel } from './guest-walk.ts';
import { segmentBase } from './segments.ts';

/** SDM 2A 2.3.11: a processor refuses anything longer. */
const LONGEST_INSTRUCTION = 15;
const LAST_OFFSET = 0xffff_ffff;

/** Only the guest's kernel is pampered: from a program the same instruction is a crime. Asked before memory is read. */
export const inKernel = (cpu: GuestCpu): boolean => (cpu.registers.cs & 3) === GUEST_RING;

/** Reads on from eip. Once a byte is out of reach it is `cut`, and all that follow are 0. */
export class GuestCode {
  /** Bytes read. */
  length = 0;
  cut = false;
  private readonly cpu: GuestCpu;
  private readonly offset: number;
  private readonly base: number;

  constructor(cpu: GuestCpu) {
    this.cpu = cpu;
    this.offset = cpu.registers.eip;
    this.base = segmentBase(cpu, cpu.registers.cs);
  }

  next8(): number {
    const offset = this.offset + this.length;
    const inReach = !this.cut && this.length < LONGEST_INSTRUCTION && offset <= LAST_OFFSET;
    const at = inReach ? translateForKernel(this.cpu, (this.base + offset) >>> 0, false) : null;
    if (at === null) {
      this.cut = true;
      return 0;
    }
    this.length++;
    return this.cpu.memory.read8(at);
  }

  /** Little-endian, unsigned. */
  next(bytes: 1 | 2 | 4): number {
    let value = 0;
    for (let byte = 0; byte < bytes; byte++) value += this.next8() * 2 ** (8 * byte);
    return value;
  }

  /** A byte that may be negative. */
  nextSigned8(): number {
    return (this.next8() << 24) >> 24;
  }

  /** The instruction read is done: the guest goes on behind it. */
  stepOver(): void {
    const { registers } = this.cpu;
    registers.eip = this.offset + this.length;
    registers.eflags &= ~eflags.resume;
  }
}

/**
 * The instruction a guest's kernel stopped at, byte by byte, for the few that the host carries out itself.  The bytes are
 * the guest's to change and its tables may hold anything, so each is fetched once and what cannot be fetched is missing,
 * never the guest's death.
 */

import { type GuestPhysical, PAGE_BYTES, PAGE_SHIFT } from '../agreement/addresses.ts';
import { GUEST_RING } from '../agreement/segments.ts';
import { eflags } from '../agreement/traps.ts';
import type { GuestCpu } from './guest-cpu.ts';
import { translateForKernel } from './guest-walk.ts';
import { segmentBase } from './segments.ts';

/** SDM 2A 2.3.11: a processor refuses anything longer. */
const LONGEST_INSTRUCTION = 15;
const LAST_OFFSET = 0xffff_ffff;
const NO_PAGE = -1;

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
  /** The page read last, and where it lies in the guest's memory. */
  private page = NO_PAGE;
  private pageAt = 0;

  constructor(cpu: GuestCpu) {
    this.cpu = cpu;
    this.offset = cpu.registers.eip;
    this.base = segmentBase(cpu, cpu.registers.cs);
  }

  next8(): number {
    const offset = this.offset + this.length;
    if (this.length >= LONGEST_INSTRUCTION || offset > LAST_OFFSET) this.cut = true;
    const address = (this.base + offset) >>> 0;
    if (this.cut || !this.reaches(address)) return 0;
    this.length++;
    return this.cpu.memory.read8((this.pageAt + (address % PAGE_BYTES)) as GuestPhysical); // where it was translated to
  }

  /** Finds the page of `address`, once for all its bytes. */
  private reaches(address: number): boolean {
    const page = address >>> PAGE_SHIFT;
    if (page === this.page) return true;
    const at = translateForKernel(this.cpu, address, false);
    this.cut = at === null;
    this.page = at === null ? NO_PAGE : page;
    this.pageAt = (at ?? 0) - (address % PAGE_BYTES);
    return at !== null;
  }

  /** Little-endian, unsigned. */
  next(bytes: 1 | 2 | 4): number {
    let value = 0;
    for (let byte = 0; byte < bytes; byte++) value |= this.next8() << (8 * byte);
    return value >>> 0;
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

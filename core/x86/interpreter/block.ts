/**
 * Decodes a run of instructions from where the processor would fetch them.  A block goes on past conditional jumps (they
 * leave it if taken) and ends at a jump, at an instruction that changes what code means, or at the end of the page.
 */

import { type DecodeFault, decode } from '../encoding/decode.ts';
import type { Instruction } from '../instruction.ts';
import type { MemoryAccess } from '../processor.ts';
import { memoryMap, mode, type State, stateLayout } from '../state.ts';

const PAGE = 4096;
const MODE = stateLayout.at.mode;
export const LONGEST_BLOCK = 48;

/** One decoded instruction and where it was. */
export interface Decoded {
  readonly instruction: Instruction;
  readonly eip: number;
  readonly nextEip: number;
  /** Physical address of its first byte. */
  readonly physical: number;
  /** Linear address of the first byte on the next page, if the instruction runs over; else null. */
  readonly crossing: { readonly linear: number; readonly physical: number } | null;
}

/** Why the first instruction of a block could not be had. A fetch fault is already in the state. */
export type BlockFault = 'undefined' | 'too long' | 'fetch' | 'code limit';

const ENDS_BLOCK = new Set(
  'jmp call ret jcxz loop loope loopne jmpf callf retf iret int int3 int1 into hlt ud2 sysenter sysexit rsm movcr lmsw invlpg popf sti'.split(
    ' ',
  ),
);

export class BlockReader {
  private readonly state: State;
  private readonly access: MemoryAccess;
  private codeBase = 0;
  private codeLimit = 0;
  private linear = 0;
  private eip = 0;
  private physical = 0;
  private crossingPhysical = -1;
  private beyondLimit = false;
  private readonly readByte = (index: number): number => this.byteAt(index);

  constructor(state: State, access: MemoryAccess) {
    this.state = state;
    this.access = access;
  }

  /** At most `most` instructions from `eip` in a code segment with that base and limit; `physical` is where the first byte lies. */
  read(eip: number, physical: number, base: number, limit: number, most: number): Decoded[] | BlockFault {
    this.codeBase = base;
    this.codeLimit = limit;
    const block: Decoded[] = [];
    let at = eip;
    while (block.length < most) {
      const onPage = physical + (((this.codeBase + at) >>> 0) - ((this.codeBase + eip) >>> 0));
      const decoded = this.one(at, onPage);
      if (typeof decoded === 'string') return block.length > 0 ? block : decoded;
      block.push(decoded);
      at = decoded.nextEip;
      if (ENDS_BLOCK.has(decoded.instruction.mnemonic) || decoded.crossing) break;
      if (((this.codeBase + at) & (PAGE - 1)) === 0) break;
    }
    return block;
  }

  private one(eip: number, physical: number): Decoded | BlockFault {
    this.eip = eip;
    this.linear = (this.codeBase + eip) >>> 0;
    this.physical = physical;
    this.crossingPhysical = -1;
    this.beyondLimit = false;
    const code32 = (this.state.get(MODE) & mode.code32) !== 0;
    const instruction = decode(this.readByte, code32);
    if ('fault' in instruction) return this.faultOf(instruction);
    const nextEip = (eip + instruction.length) >>> 0;
    const room = PAGE - (this.linear & (PAGE - 1));
    const crossing =
      instruction.length > room ? { linear: (this.linear + room) >>> 0, physical: this.crossingPhysical } : null;
    return { instruction, eip, nextEip, physical, crossing };
  }

  private faultOf(fault: DecodeFault): BlockFault {
    if (fault.fault !== 'fetch') return fault.fault;
    return this.beyondLimit ? 'code limit' : 'fetch';
  }

  private byteAt(index: number): number {
    if ((this.eip + index) >>> 0 > this.codeLimit || this.eip + index > 0xffff_ffff) {
      this.beyondLimit = true;
      return -1;
    }
    const room = PAGE - (this.linear & (PAGE - 1));
    if (index < room) return this.byteOfRam(this.physical + index);
    if (this.crossingPhysical < 0) {
      this.crossingPhysical = this.access.translateFetch((this.linear + room) >>> 0);
      if (this.crossingPhysical < 0) return -1;
    }
    return this.byteOfRam(this.crossingPhysical + index - room);
  }

  private byteOfRam(physical: number): number {
    return physical < this.state.ramBytes ? this.state.u8[memoryMap.ram + physical] : 0xff;
  }
}

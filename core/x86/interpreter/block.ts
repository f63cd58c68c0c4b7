/**
 * Reads a run of instructions from where the processor would fetch them.  A block goes on past conditional jumps (they
 * leave it if taken) and ends at a jump, at an instruction that changes what code means, or at the end of the page.
 */

import { instructionOf } from '../encoding/decode.ts';
import { opcodeMaps } from '../encoding/forms.ts';
import { InstructionBytes } from '../encoding/instruction-bytes.ts';
import { type DecodeFault, ParsedInstruction } from '../encoding/parsed-instruction.ts';
import type { Instruction } from '../instruction.ts';
import { exception, raise } from '../memory/faults.ts';
import type { MemoryAccess } from '../processor.ts';
import { FAULT } from '../service.ts';
import { memoryMap, mode, type State, stateLayout } from '../state.ts';

const PAGE = 4096;
const MODE = stateLayout.at.mode;
const RAM = memoryMap.ram;
const CODE_32 = mode.code32;
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

/** Puts it into the state, where it is not yet. */
export function raiseBlockFault(state: State, fault: BlockFault): typeof FAULT {
  if (fault === 'fetch') return FAULT;
  return fault === 'undefined' ? raise(state, exception.invalidOpcode) : raise(state, exception.generalProtection, 0);
}

const ENDS_BLOCK = new Set(
  'jmp call ret jcxz loop loope loopne jmpf callf retf iret int int3 int1 into hlt ud2 sysenter sysexit rsm movcr lmsw invlpg popf sti'.split(
    ' ',
  ),
);
/** By number of form: no instruction of a block comes behind it. */
export const endsBlock = Uint8Array.from(opcodeMaps.forms, ({ mnemonic }) => (ENDS_BLOCK.has(mnemonic) ? 1 : 0));

/** Begin it somewhere, and it reads one instruction after the other; the last one read is in `parsed` and the fields. */
export class BlockReader {
  readonly parsed: ParsedInstruction;
  eip = 0;
  nextEip = 0;
  /** Physical address of the first byte. */
  physical = 0;
  /** No instruction of the block comes behind this one. */
  ended = false;
  /** It runs over into the next page. */
  crossing = false;
  /** If so, the first byte there, and how many. */
  crossingLinear = 0;
  crossingPhysical = -1;
  bytesBeyond = 0;
  private readonly state: State;
  private readonly access: MemoryAccess;
  private codeBase = 0;
  private codeLimit = 0;
  private linear = 0;
  private nextPhysical = 0;
  private beyondLimit = false;

  constructor(state: State, access: MemoryAccess) {
    this.state = state;
    this.access = access;
    this.parsed = new ParsedInstruction(new InstructionBytes((index) => this.byteAt(index), state.u8));
  }

  /** A block from `eip` on, in a code segment with that base and limit; `physical` is where the first byte lies. */
  begin(eip: number, physical: number, base: number, limit: number): void {
    this.nextEip = eip;
    this.nextPhysical = physical;
    this.codeBase = base;
    this.codeLimit = limit;
  }

  /** How many bytes lie in one piece from the next instruction on; and where in the memory object. */
  get ready(): number {
    const room = PAGE - ((this.codeBase + this.nextEip) & (PAGE - 1));
    return Math.min(room, this.codeLimit - this.nextEip + 1, this.state.ramBytes - this.nextPhysical);
  }

  get host(): number {
    return RAM + this.nextPhysical;
  }

  /** Somebody else took apart what lies in these bytes of one piece. */
  skip(length: number, ended: boolean): void {
    this.nextEip = (this.nextEip + length) >>> 0;
    this.nextPhysical += length;
    this.ended = ended;
    this.crossing = false;
  }

  /** Takes the next instruction apart, or says why that cannot be done. */
  next(): BlockFault | null {
    const { parsed, state } = this;
    const eip = this.nextEip;
    const physical = this.nextPhysical;
    const linear = (this.codeBase + eip) >>> 0;
    const room = PAGE - (linear & (PAGE - 1));
    this.eip = eip;
    this.physical = physical;
    this.linear = linear;
    this.crossingPhysical = -1;
    this.beyondLimit = false;
    parsed.bytes.open(RAM + physical, this.ready);
    const fault = parsed.parse((state.get(MODE) & CODE_32) !== 0);
    if (fault !== null) return this.faultOf(fault);
    const { length } = parsed;
    this.nextEip = (eip + length) >>> 0;
    this.nextPhysical = physical + length;
    this.crossing = length > room;
    this.crossingLinear = (linear + room) >>> 0;
    this.bytesBeyond = length - room;
    this.ended = length >= room || endsBlock[parsed.form.number] !== 0;
    return null;
  }

  /** At most `most` instructions from `eip` on, each as a value that stays. */
  read(eip: number, physical: number, base: number, limit: number, most: number): Decoded[] | BlockFault {
    this.begin(eip, physical, base, limit);
    const block: Decoded[] = [];
    do {
      const fault = this.next();
      if (fault !== null) return block.length > 0 ? block : fault;
      block.push(this.decoded());
    } while (!this.ended && block.length < most);
    return block;
  }

  private decoded(): Decoded {
    const { eip, nextEip, physical } = this;
    const crossing = this.crossing ? { linear: this.crossingLinear, physical: this.crossingPhysical } : null;
    return { instruction: instructionOf(this.parsed), eip, nextEip, physical, crossing };
  }

  private faultOf(fault: DecodeFault): BlockFault {
    if (fault.fault !== 'fetch') return fault.fault;
    return this.beyondLimit ? 'code limit' : 'fetch';
  }

  /** A byte that does not lie ready: beyond the page, beyond the limit or beyond RAM. */
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

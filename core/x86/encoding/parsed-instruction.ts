/**
 * An instruction taken apart but not yet made into anything: numbers in one object that is used again for the next.  The
 * decoder makes an Instruction of it; the interpreter, which meets most instructions once, writes its operation directly.
 */

import type { Instruction, OperandSize, SegmentNumber } from '../instruction.ts';
import { registerNumber, segmentNumber } from '../instruction.ts';
import { type Form, isPrefix, OPCODE_ESCAPE, opcodeMaps, prefixBytes } from './forms.ts';
import type { FetchFault, InstructionBytes } from './instruction-bytes.ts';
import { type Take, take } from './operands.ts';

/** `undefined` is #UD, `too long` #GP(0); for `fetch` the byte at that index could not be had, and its reader knows why. */
export type DecodeFault = FetchFault | { readonly fault: 'undefined' };

const UNDEFINED: DecodeFault = { fault: 'undefined' };

/** No base, no index. */
export const NO_REGISTER = -1;

const { ebx, ebp, esi, edi, esp } = registerNumber;
/** SDM 2A table 2-1: base and index of 16-bit addressing by r/m. With one register only, it is the base. */
const bases16 = [ebx, ebx, ebp, ebp, esi, edi, ebp, ebx];
const indexes16 = [esi, edi, esi, edi, NO_REGISTER, NO_REGISTER, NO_REGISTER, NO_REGISTER];
const FIRST_REGISTER_MODRM = 0xc0;

export class ParsedInstruction {
  /** Any, before the first instruction. */
  form: Form = opcodeMaps.forms[0];
  modrm = 0;
  operandSize: OperandSize = 4;
  addressSize: 2 | 4 = 4;
  repeat: Instruction['repeat'] = 'none';
  lock = false;
  /** The override prefix, or null. */
  segment: SegmentNumber | null = null;
  /** The memory operand, if there is one; `base` and `index` may be NO_REGISTER. */
  base = NO_REGISTER;
  index = NO_REGISTER;
  shift = 0;
  displacement = 0;
  /** Immediate, relative distance or far offset; and what may follow it: enter's level, a selector. */
  immediate = 0;
  second = 0;
  readonly bytes: InstructionBytes;
  private otherSize = false;

  constructor(bytes: InstructionBytes) {
    this.bytes = bytes;
  }

  /** Bytes, prefixes included. */
  get length(): number {
    return this.bytes.length;
  }

  /** The first operand of ModR/M is in memory. */
  get inMemory(): boolean {
    return this.modrm < FIRST_REGISTER_MODRM;
  }

  /** The segment of the memory operand: the override, or what its base stands for. */
  get memorySegment(): SegmentNumber {
    if (this.segment !== null) return this.segment;
    return this.base === esp || this.base === ebp ? segmentNumber.ss : segmentNumber.ds;
  }

  /*
   * @journey ground/decode Bytes become an instruction
   * An instruction is prefixes, an opcode of one byte or two, perhaps a byte that names two operands, and what those need.
   * Nobody can tell its length without reading it, so it is read byte by byte from the front, and any of them may turn out
   * not to be there: on a page that is not present, the fault belongs to the byte, and a guest will want to know which.
   * All that x86 has gathered in forty years is in one table beside this file; here is only the order in which to look.
   */
  /** Takes the next instruction apart; `code32` is the D bit of the code segment.  SDM 2A chapter 2. */
  parse(code32: boolean): DecodeFault | null {
    const { bytes } = this;
    this.otherSize = false;
    this.addressSize = code32 ? 4 : 2;
    this.repeat = 'none';
    this.lock = false;
    this.segment = null;
    let opcode = bytes.byte();
    while (isPrefix[opcode] !== 0) {
      this.takePrefix(opcode, code32);
      opcode = bytes.byte();
    }
    const { plain, byModrm } =
      opcode === OPCODE_ESCAPE ? opcodeMaps.secondary[bytes.byte()] : opcodeMaps.primary[opcode];
    this.modrm = byModrm === undefined ? 0 : bytes.byte();
    if (bytes.fault !== null) return bytes.fault;
    const form = byModrm === undefined ? plain : byModrm[this.modrm];
    if (form === undefined) return UNDEFINED;
    this.form = form;
    this.operandSize = form.byteForm ? 1 : code32 !== this.otherSize ? 4 : 2;
    if (form.addresses && this.inMemory) this.takePlace();
    if (form.takes.length > 0) this.takeRest(form.takes);
    if (bytes.fault !== null) return bytes.fault;
    return this.refused(form) ? UNDEFINED : null;
  }
  // @end

  /** Prefixes that make an instruction undefined: LOCK without a memory destination to lock, and the manual's NP. */
  private refused(form: Form): boolean {
    if (this.lock && !(form.lockable && form.modrmFirst && this.inMemory)) return true;
    return form.unprefixed && (this.otherSize || this.repeat !== 'none');
  }

  /** Of several in one group the last one counts, as on silicon. */
  private takePrefix(byte: number, code32: boolean): void {
    switch (byte) {
      case prefixBytes.operandSize:
        this.otherSize = true;
        break;
      case prefixBytes.addressSize:
        this.addressSize = code32 ? 2 : 4;
        break;
      case prefixBytes.lock:
        this.lock = true;
        break;
      case prefixBytes.repne:
        this.repeat = 'repne';
        break;
      case prefixBytes.repe:
        this.repeat = 'repe';
        break;
      default:
        this.segment = segmentOfPrefix[byte];
    }
  }

  private takePlace(): void {
    if (this.addressSize === 4) this.takePlace32();
    else this.takePlace16();
  }

  private takePlace16(): void {
    const { bytes, modrm } = this;
    const mod = modrm >> 6;
    const rm = modrm & 7;
    const absolute = mod === 0 && rm === 6;
    this.base = absolute ? NO_REGISTER : bases16[rm];
    this.index = indexes16[rm];
    this.shift = 0;
    this.displacement = absolute || mod === 2 ? bytes.word() : mod === 1 ? bytes.signedByte() : 0;
  }

  /** SDM 2A tables 2-2 and 2-3. */
  private takePlace32(): void {
    const { bytes, modrm } = this;
    const mod = modrm >> 6;
    this.base = modrm & 7;
    this.index = NO_REGISTER;
    this.shift = 0;
    if (this.base === esp) {
      const sib = bytes.byte();
      this.base = sib & 7;
      const index = (sib >> 3) & 7;
      if (index !== esp) {
        this.index = index;
        this.shift = sib >> 6;
      }
    }
    if (this.base === ebp && mod === 0) {
      this.base = NO_REGISTER;
      this.displacement = bytes.double();
    } else this.displacement = mod === 2 ? bytes.double() : mod === 1 ? bytes.signedByte() : 0;
  }

  private takeRest(takes: readonly Take[]): void {
    const [first] = takes;
    if (first === take.offset) this.takeOffset();
    else if (first === take.farPointer) {
      this.immediate = this.operandSize === 2 ? this.bytes.word() : this.bytes.double();
      this.second = this.bytes.word();
    } else this.immediate = this.taken(first);
    if (takes.length > 1) this.second = this.taken(takes[1]);
  }

  private taken(what: Take): number {
    const { bytes } = this;
    switch (what) {
      case take.sized:
        return this.operandSize === 1
          ? bytes.signedByte()
          : this.operandSize === 4
            ? bytes.double()
            : bytes.signedWord();
      case take.signedByte:
        return bytes.signedByte();
      case take.byte:
        return bytes.byte();
      default:
        return bytes.word();
    }
  }

  /** Memory without a base: its offset stands in the instruction. */
  private takeOffset(): void {
    this.base = NO_REGISTER;
    this.index = NO_REGISTER;
    this.shift = 0;
    this.displacement = this.addressSize === 4 ? this.bytes.double() : this.bytes.word();
  }
}

const segmentOfPrefix: Readonly<Record<number, SegmentNumber>> = {
  [prefixBytes.es]: segmentNumber.es,
  [prefixBytes.cs]: segmentNumber.cs,
  [prefixBytes.ss]: segmentNumber.ss,
  [prefixBytes.ds]: segmentNumber.ds,
  [prefixBytes.fs]: segmentNumber.fs,
  [prefixBytes.gs]: segmentNumber.gs,
};

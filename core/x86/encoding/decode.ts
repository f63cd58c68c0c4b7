/**
 * From bytes to an Instruction.  It knows prefixes and where the table lies; what the bits mean it reads there.  It does
 * not judge privilege or mode: an instruction that exists decodes, and whether it may run is its meaning's business.
 */

import type { Instruction, Operand, OperandSize, SegmentNumber } from '../instruction.ts';
import { segmentNumber } from '../instruction.ts';
import { type Form, OPCODE_ESCAPE, opcodeMaps, prefixBytes } from './forms.ts';
import { type FetchFault, InstructionBytes } from './instruction-bytes.ts';

/** `undefined` is #UD, `too long` #GP(0); for `fetch` the byte at that index could not be had, and its reader knows why. */
export type DecodeFault = FetchFault | { readonly fault: 'undefined' };

const UNDEFINED: DecodeFault = { fault: 'undefined' };

interface Prefixes {
  operandSize: boolean;
  addressSize: boolean;
  lock: boolean;
  repeat: Instruction['repeat'];
  segment: SegmentNumber | null;
}

/** Takes a prefix in; false if the byte is none. Of several in one group the last one counts, as on silicon. */
function takePrefix(prefixes: Prefixes, byte: number): boolean {
  switch (byte) {
    case prefixBytes.operandSize:
      prefixes.operandSize = true;
      return true;
    case prefixBytes.addressSize:
      prefixes.addressSize = true;
      return true;
    case prefixBytes.lock:
      prefixes.lock = true;
      return true;
    case prefixBytes.repne:
      prefixes.repeat = 'repne';
      return true;
    case prefixBytes.repe:
      prefixes.repeat = 'repe';
      return true;
    case prefixBytes.es:
      prefixes.segment = segmentNumber.es;
      return true;
    case prefixBytes.cs:
      prefixes.segment = segmentNumber.cs;
      return true;
    case prefixBytes.ss:
      prefixes.segment = segmentNumber.ss;
      return true;
    case prefixBytes.ds:
      prefixes.segment = segmentNumber.ds;
      return true;
    case prefixBytes.fs:
      prefixes.segment = segmentNumber.fs;
      return true;
    case prefixBytes.gs:
      prefixes.segment = segmentNumber.gs;
      return true;
    default:
      return false;
  }
}

function readOperands(form: Form, bytes: InstructionBytes, modrm: number, prefixes: Prefixes, code32: boolean) {
  const wide = code32 !== prefixes.operandSize;
  const operandSize: OperandSize = form.byteForm ? 1 : wide ? 4 : 2;
  const addressSize: 2 | 4 = code32 !== prefixes.addressSize ? 4 : 2;
  const fields = { bytes, modrm, operandSize, addressSize, segment: prefixes.segment, register: form.register };
  const operands: Operand[] = [];
  for (const { read, width } of form.operands) operands.push(read(fields, width));
  return { operandSize, addressSize, operands };
}

/** Prefixes that make an instruction undefined: LOCK without a memory destination to lock, and the manual's NP. */
function refuses(form: Form, prefixes: Prefixes, operands: readonly Operand[]): boolean {
  if (prefixes.lock && !(form.lockable && operands[0].kind === 'memory')) return true;
  return form.unprefixed && (prefixes.operandSize || prefixes.repeat !== 'none');
}

/*
 * @journey ground/decode Bytes become an instruction
 * An instruction is prefixes, an opcode of one byte or two, perhaps a byte that names two operands, and what those need.
 * Nobody can tell its length without reading it, so it is read byte by byte from the front, and any of them may turn out
 * not to be there: on a page that is not present, the fault belongs to the byte, and a guest will want to know which.
 * All that x86 has gathered in forty years is in one table beside this file; here is only the order in which to look.
 */
/**
 * Decodes the instruction whose byte i is `read(i)`, or -1 where it cannot be fetched; bytes are asked for in order and
 * never beyond the instruction's end. `code32` is the D bit of the code segment.  SDM 2A chapter 2.
 */
export function decode(read: (index: number) => number, code32: boolean): Instruction | DecodeFault {
  const bytes = new InstructionBytes(read);
  const prefixes: Prefixes = { operandSize: false, addressSize: false, lock: false, repeat: 'none', segment: null };
  let opcode = bytes.byte();
  while (takePrefix(prefixes, opcode)) opcode = bytes.byte();
  const { plain, byModrm } = opcode === OPCODE_ESCAPE ? opcodeMaps.secondary[bytes.byte()] : opcodeMaps.primary[opcode];
  const modrm = byModrm === undefined ? 0 : bytes.byte();
  if (bytes.fault !== null) return bytes.fault;
  const form = byModrm === undefined ? plain : byModrm[modrm];
  if (form === undefined) return UNDEFINED;
  const { operandSize, addressSize, operands } = readOperands(form, bytes, modrm, prefixes, code32);
  if (bytes.fault !== null) return bytes.fault;
  if (refuses(form, prefixes, operands)) return UNDEFINED;
  return {
    mnemonic: form.mnemonic,
    length: bytes.length,
    operandSize,
    addressSize,
    operands,
    condition: form.condition,
    repeat: prefixes.repeat,
    lock: prefixes.lock,
    segment: prefixes.segment ?? segmentNumber.ds,
  };
}
// @end

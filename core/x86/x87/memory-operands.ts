/**
 * Numbers in memory, in the formats the x87 reads and writes.  Reads answer false and writes FAULT with the fault in
 * the state; a write of more than four bytes is probed whole before its first byte changes.
 */

import type { MemoryOperand } from '../instruction.ts';
import type { Processor } from '../processor.ts';
import { FAULT, type Outcome } from '../service.ts';
import { fromDouble, fromInteger, fromSingle } from './conversions.ts';
import type { Real } from './format.ts';
import type { Arithmetic } from './rounding.ts';
import type { Unit } from './unit.ts';

/** Eight bytes for doubles, and for the ten of an extended real or a packed decimal as well (SDM 3A table 6-7). */
const WIDE_ALIGNMENT = 8;

/** The operand's offset once it is known to lie within its segment and to be aligned where that matters; else FAULT. */
function admittedOffset(unit: Unit, processor: Processor, operand: MemoryOperand, write: boolean): number {
  const { access } = processor;
  const offset = access.effectiveOffset(operand);
  unit.operandOffset = offset;
  if (operand.size <= 4) return offset;
  return access.admit(operand.segment, offset, operand.size, WIDE_ALIGNMENT, write) === FAULT ? FAULT : offset;
}

/** Fills `to` with a single (4), double (8) or extended real (10). */
export function readReal(unit: Unit, processor: Processor, operand: MemoryOperand, to: Real): boolean {
  const { access } = processor;
  const offset = admittedOffset(unit, processor, operand, false);
  if (offset < 0) return false;
  const low = access.read(operand.segment, offset, 4);
  if (low < 0) return false;
  if (operand.size === 4) {
    fromSingle(to, low);
    return true;
  }
  const high = access.read(operand.segment, (offset + 4) >>> 0, 4);
  if (high < 0) return false;
  if (operand.size === 8) {
    fromDouble(to, high | 0, low | 0);
    return true;
  }
  const top = access.read(operand.segment, (offset + 8) >>> 0, 2);
  if (top < 0) return false;
  to.set(top >>> 15, top & 0x7fff, high | 0, low | 0);
  to.classify();
  return true;
}

/** Fills `to` with a signed integer of 2, 4 or 8 bytes. */
export function readInteger(unit: Unit, processor: Processor, operand: MemoryOperand, to: Real): boolean {
  const { access } = processor;
  const offset = admittedOffset(unit, processor, operand, false);
  if (offset < 0) return false;
  const low = access.read(operand.segment, offset, operand.size === 2 ? 2 : 4);
  if (low < 0) return false;
  if (operand.size === 2) {
    fromInteger(to, (low << 16) >> 31, (low << 16) >> 16);
    return true;
  }
  const high = operand.size === 8 ? access.read(operand.segment, (offset + 4) >>> 0, 4) : 0;
  if (high < 0) return false;
  fromInteger(to, operand.size === 8 ? high | 0 : (low | 0) >> 31, low | 0);
  return true;
}

/** Writes the accumulator's words as an integer or real of 2, 4 or 8 bytes. */
export function writeWords(unit: Unit, processor: Processor, operand: MemoryOperand, m: Arithmetic): Outcome {
  const { access } = processor;
  const { segment, size } = operand;
  const offset = admittedOffset(unit, processor, operand, true);
  if (offset < 0) return FAULT;
  if (size !== 8) return access.write(segment, offset, size, size === 2 ? m.low & 0xffff : m.low >>> 0);
  if (access.probeWrite(segment, offset, 8) === FAULT) return FAULT;
  if (access.write(segment, offset, 4, m.low >>> 0) === FAULT) return FAULT;
  return access.write(segment, (offset + 4) >>> 0, 4, m.high >>> 0);
}

/** Writes ten bytes: two words and a half. */
export function writeTenBytes(
  unit: Unit,
  processor: Processor,
  operand: MemoryOperand,
  low: number,
  high: number,
  top: number,
): Outcome {
  const { access } = processor;
  const { segment } = operand;
  const offset = admittedOffset(unit, processor, operand, true);
  if (offset < 0) return FAULT;
  if (access.probeWrite(segment, offset, 10) === FAULT) return FAULT;
  access.write(segment, offset, 4, low >>> 0);
  access.write(segment, (offset + 4) >>> 0, 4, high >>> 0);
  return access.write(segment, (offset + 8) >>> 0, 2, top & 0xffff);
}

/** Ten bytes of packed decimal, 18 digits and a sign. Undefined digits count for what they are worth. */
export function readDecimal(unit: Unit, processor: Processor, operand: MemoryOperand, to: Real): boolean {
  const { access } = processor;
  const offset = admittedOffset(unit, processor, operand, false);
  if (offset < 0) return false;
  const low = access.read(operand.segment, offset, 4);
  const high = low < 0 ? low : access.read(operand.segment, (offset + 4) >>> 0, 4);
  const top = high < 0 ? high : access.read(operand.segment, (offset + 8) >>> 0, 2);
  if (top < 0) return false;
  const value = decimalDigits(top & 0xff, 2) * 10n ** 16n + decimalDigits(high, 8) * 10n ** 8n + decimalDigits(low, 8);
  fromInteger(to, Number(value >> 32n) | 0, Number(value & 0xffff_ffffn) | 0);
  to.sign = top >>> 15;
  return true;
}

function decimalDigits(packed: number, count: number): bigint {
  let value = 0;
  for (let at = count - 1; at >= 0; at--) value = value * 10 + ((packed >>> (at * 4)) & 15);
  return BigInt(value);
}

/** 10^18: the first magnitude packed decimal cannot hold. */
const DECIMAL_LIMIT = 10n ** 18n;

/** The accumulator's magnitude as 18 packed digits, or null if they do not suffice. */
export function packDecimal(m: Arithmetic): bigint | null {
  const value = (BigInt(m.high >>> 0) << 32n) | BigInt(m.low >>> 0);
  if (value >= DECIMAL_LIMIT) return null;
  // The decimal digits, read as hexadecimal, are their own packing.
  return BigInt(`0x${value}`);
}

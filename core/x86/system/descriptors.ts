/**
 * Descriptors as they lie in memory: where one is, and what its two dwords say (SDM 3A 3.4.5).  Everything here is
 * plain arithmetic on the high and the low dword, so that a segment load allocates nothing.  For the same reason bases,
 * limits and bounds come back as signed 32-bit numbers: 4 GiB - 1 as an unsigned one would be boxed at every call.
 *
 *     high  31      24 23 22 21 20 19   16 15 14 13 12 11    8 7       0
 *          | base     | G | B | 0|A | limit | P| DPL | S| type  | base  |
 *     low   31                          16 15                          0
 *          | base                         | limit                       |
 */

import { words } from '../memory/words.ts';
import type { State } from '../state.ts';

const { BASE, GDT_BASE, GDT_LIMIT, LDTR, LIMIT } = words;

/** Bits of the high dword. In a code segment "writable" means readable and "expandDown" means conforming. */
export const descriptorBit = {
  accessed: 1 << 8,
  writable: 1 << 9,
  readable: 1 << 9,
  expandDown: 1 << 10,
  conforming: 1 << 10,
  code: 1 << 11,
  segment: 1 << 12,
  present: 1 << 15,
  big: 1 << 22,
  granular: 1 << 23,
} as const;

/** Bits of the high dword that a segment register keeps. */
export const RIGHTS_BITS = 0x00f0ff00;

/** Types of system descriptors (SDM 3A table 3-2). */
export const systemType = {
  tss16: 1,
  ldt: 2,
  busyTss16: 3,
  callGate16: 4,
  taskGate: 5,
  interruptGate16: 6,
  trapGate16: 7,
  tss32: 9,
  busyTss32: 11,
  callGate32: 12,
  interruptGate32: 14,
  trapGate32: 15,
} as const;

/** The wide half of the system types: 32-bit gates and TSSs. */
export const WIDE_TYPE = 8;
export const TSS_BUSY = 2;

const TABLE_INDICATOR = 4;
export const DESCRIPTOR_BYTES = 8;

export const isNull = (selector: number) => (selector & ~3) === 0;
/** The selector as error codes show it: without its RPL. */
export const selectorError = (selector: number) => selector & 0xfffc;
export const privilegeOf = (high: number) => (high >>> 13) & 3;
export const typeOf = (high: number) => (high >>> 8) & 15;
export const isPresent = (high: number) => (high & descriptorBit.present) !== 0;
export const isCode = (high: number) =>
  (high & (descriptorBit.segment | descriptorBit.code)) === (descriptorBit.segment | descriptorBit.code);
export const isConforming = (high: number) => (high & descriptorBit.conforming) !== 0;
export const isSystem = (high: number) => (high & descriptorBit.segment) === 0;
const STACK_BITS = descriptorBit.segment | descriptorBit.code | descriptorBit.writable;
/** Writable data: what a stack must be. */
export const isStack = (high: number) => (high & STACK_BITS) === (descriptorBit.segment | descriptorBit.writable);

export const baseOf = (low: number, high: number) => (low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000);

export function limitOf(low: number, high: number): number {
  const limit = (low & 0xffff) | (high & 0x000f0000);
  return high & descriptorBit.granular ? (limit << 12) | 0xfff : limit;
}

const WHOLE = -1;

/** Bounds of the valid offsets (SDM 3A 5.3); an empty range is low 1, high 0. `limit` is signed, as limitOf gives it. */
export function lowestOffset(rights: number, limit: number): number {
  const expandsDown = (rights & (descriptorBit.code | descriptorBit.expandDown)) === descriptorBit.expandDown;
  if (!expandsDown) return 0;
  return limit === WHOLE ? 1 : (limit + 1) | 0;
}

export function highestOffset(rights: number, limit: number): number {
  const expandsDown = (rights & (descriptorBit.code | descriptorBit.expandDown)) === descriptorBit.expandDown;
  if (!expandsDown) return limit;
  if (limit === WHOLE) return 0;
  return rights & descriptorBit.big ? WHOLE : 0xffff;
}

/** Linear address of a selector's descriptor, or -1 if it lies outside its table. */
export function descriptorAddress(state: State, selector: number): number {
  const { u32 } = state;
  const index = selector & 0xfff8;
  const local = (selector & TABLE_INDICATOR) !== 0;
  if (local && isNull(u32[LDTR])) return -1;
  const limit = local ? u32[LDTR + LIMIT] : u32[GDT_LIMIT];
  if (index + DESCRIPTOR_BYTES - 1 > limit) return -1;
  return ((local ? u32[LDTR + BASE] : u32[GDT_BASE]) + index) >>> 0;
}

/**
 * Ring changes that were made before.  A gate, a code segment, a stack: once all of them passed every check, the same
 * words in memory would pass again, so it is enough to see that they are the same words.  What was remembered lies in the
 * state, beside the words it was made from.  Whatever does not match exactly is somebody else's business: the full
 * checks, which then leave a new memory.
 *
 * Only the common kind is remembered: ring 3 to an inner ring through a 32-bit gate, and iret back, with both segments
 * in the GDT and a 32-bit stack.
 */

import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { memoryMap, mode, type State } from '../state.ts';
import { baseOf, DESCRIPTOR_BYTES, descriptorBit, limitOf, privilegeOf, RIGHTS_BITS, typeOf } from './descriptors.ts';
import { flagsKeptBy } from './rights.ts';
import { nullInnerSegments, refreshMode, setPrivilege } from './segments.ts';
import { openDwords } from './windows.ts';

const {
  BASE,
  CPL,
  CS,
  EIP,
  ESP,
  FLAGS_REST,
  GDT_BASE,
  GDT_LIMIT,
  IDT_BASE,
  IDT_LIMIT,
  LIMIT,
  MODE,
  RIGHTS,
  SEGMENT_WORDS,
  SELECTOR,
  SS,
  SUPERVISOR_READ_TABLE,
  SUPERVISOR_WRITE_TABLE,
  TR,
} = words;

const USER_RING = 3;
const ENTRY_BYTES = DESCRIPTOR_BYTES;
const BIG = descriptorBit.big;
const LOCAL_TABLE = 4;
const RPL = 3;
/** In a 32-bit TSS: esp0 lies behind the link, and each stack is a pointer and a selector. */
const POINTER_BYTES = 4;

/** A memory is 64 words; entries by vector, returns by the low bits of the code selector's index. */
const STRIDE_SHIFT = 6;
const ENTRIES = memoryMap.knownEntries >>> 2;
const RETURNS = memoryMap.knownReturns >>> 2;
const RETURN_SLOTS_MASK = memoryMap.knownReturnCount - 1;

/** Words of a memory. The first is 0 for none; for an entry the words it pushes, for a return the selector of cs. */
const KEY = 0;
const WAS_GDT_BASE = 1;
const WAS_GDT_LIMIT = 2;
const WAS_IDT_BASE = 3;
const WAS_IDT_LIMIT = 4;
const WAS_TR_BASE = 5;
const WAS_TR_LIMIT = 6;
const WAS_TR_RIGHTS = 7;
const GATE_LOW = 8;
const GATE_HIGH = 9;
/** Descriptors, low dword first, and the stack pointer with its selector. */
const CODE_LOW = 10;
const STACK_LOW = 12;
const POINTER = 14;
const STACK_SELECTOR = 15;
/** Linear addresses of the two descriptors and, for an entry, of the stack's place in the TSS. */
const CODE_AT = 16;
const STACK_AT = 17;
const SLOT_AT = 18;
const TARGET = 19;
const FLAGS_KEPT = 20;
const MODE_BITS = 21;
const FROM_RING = 22;
/** The sixteen words of cs and ss that came of it. */
const NEW_CODE = 24;
const NEW_STACK = 32;

const { flatData: FLAT_DATA, flatExtra: FLAT_EXTRA } = mode;
const DATA_BITS = FLAT_DATA | FLAT_EXTRA;
const SEGMENT = SEGMENT_WORDS;

function sameTables(i32: Int32Array, memo: number): boolean {
  return (
    ((i32[memo + WAS_GDT_BASE] ^ i32[GDT_BASE]) |
      (i32[memo + WAS_GDT_LIMIT] ^ i32[GDT_LIMIT]) |
      (i32[memo + WAS_IDT_BASE] ^ i32[IDT_BASE]) |
      (i32[memo + WAS_IDT_LIMIT] ^ i32[IDT_LIMIT]) |
      (i32[memo + WAS_TR_BASE] ^ i32[TR + BASE]) |
      (i32[memo + WAS_TR_LIMIT] ^ i32[TR + LIMIT]) |
      (i32[memo + WAS_TR_RIGHTS] ^ i32[TR + RIGHTS])) ===
    0
  );
}

/** Whether the two dwords at `linear` still are the remembered ones at `memo`. */
function samePair(state: State, linear: number, memo: number): boolean {
  const at = openDwords(state, SUPERVISOR_READ_TABLE, linear >>> 0, ENTRY_BYTES);
  return at >= 0 && ((state.i32[at] ^ state.i32[memo]) | (state.i32[at + 1] ^ state.i32[memo + 1])) === 0;
}

/** cs, ss and the mode that came of them last time. */
function moveTo(processor: Processor, memo: number): void {
  const { i32 } = processor.state;
  setPrivilege(processor, i32[memo + NEW_CODE + SELECTOR] & RPL);
  copySegment(i32, CS, memo + NEW_CODE);
  copySegment(i32, SS, memo + NEW_STACK);
}

/** Written out: as a loop it took a fifth of the whole ring change. */
function copySegment(i32: Int32Array, to: number, from: number): void {
  i32[to] = i32[from];
  i32[to + 1] = i32[from + 1];
  i32[to + 2] = i32[from + 2];
  i32[to + 3] = i32[from + 3];
  i32[to + 4] = i32[from + 4];
  i32[to + 5] = i32[from + 5];
  i32[to + 6] = i32[from + 6];
  i32[to + 7] = i32[from + 7];
}

function changeMode(processor: Processor, memo: number): void {
  const { i32 } = processor.state;
  i32[MODE] = (i32[MODE] & DATA_BITS) | i32[memo + MODE_BITS];
  processor.spaces.select();
}

/** Enters as before, if everything is as before: then true, with the frame pushed and the processor at the handler.
 *  `items` is how many words the frame has, the error code included. */
export function enterKnown(
  processor: Processor,
  vector: number,
  items: number,
  software: boolean,
  image: number,
  returnEip: number,
  error: number,
): boolean {
  const { state } = processor;
  const { i32, u32 } = state;
  const memo = ENTRIES + (vector << STRIDE_SHIFT);
  if (i32[memo + KEY] !== items || i32[CPL] !== USER_RING || !sameTables(i32, memo)) return false;
  if (!samePair(state, u32[IDT_BASE] + vector * ENTRY_BYTES, memo + GATE_LOW)) return false;
  if (software && privilegeOf(i32[memo + GATE_HIGH]) !== USER_RING) return false;
  if (!samePair(state, u32[memo + CODE_AT], memo + CODE_LOW)) return false;
  if (!samePair(state, u32[memo + SLOT_AT], memo + POINTER)) return false;
  if (!samePair(state, u32[memo + STACK_AT], memo + STACK_LOW)) return false;
  const top = i32[memo + POINTER] - 4 * items;
  let at = openDwords(state, SUPERVISOR_WRITE_TABLE, (i32[memo + NEW_STACK + BASE] + top) >>> 0, 4 * items);
  if (at < 0) return false;
  if (error >= 0) i32[at++] = error;
  i32[at] = returnEip;
  i32[at + 1] = i32[CS + SELECTOR];
  i32[at + 2] = image;
  i32[at + 3] = i32[ESP];
  i32[at + 4] = i32[SS + SELECTOR];
  moveTo(processor, memo);
  i32[ESP] = top;
  i32[EIP] = i32[memo + TARGET];
  i32[FLAGS_REST] &= i32[memo + FLAGS_KEPT];
  changeMode(processor, memo);
  return true;
}

// @journey mastery/ring-changes-in-webassembly
// Everything compared and copied above lies at fixed places in the memory object, so a generated handler for `int` and
// `iret` could do the same without calling TypeScript at all: some forty loads, twenty stores, and on to the handler's
// code.  That would take a ring change well below a third of a microsecond.  Against it: instructions are counted by ring
// in TypeScript, and translation tables are chosen there; both would have to move into the state first.  The translator
// needs that anyway, and this belongs to it.

/** Copies two dwords at `linear`, as they are now; false if they cannot be had in place. */
function notePair(state: State, linear: number, memo: number): boolean {
  const at = openDwords(state, SUPERVISOR_READ_TABLE, linear, ENTRY_BYTES);
  if (at < 0) return false;
  state.i32[memo] = state.i32[at];
  state.i32[memo + 1] = state.i32[at + 1];
  return true;
}

// @end

/** Whether a segment register was loaded from these very dwords. */
function cameFrom(i32: Int32Array, segment: number, memo: number): boolean {
  const low = i32[memo];
  const high = i32[memo + 1];
  return (
    ((baseOf(low, high) ^ i32[segment + BASE]) |
      (limitOf(low, high) ^ i32[segment + LIMIT]) |
      ((high & RIGHTS_BITS) ^ i32[segment + RIGHTS])) ===
    0
  );
}

function noteResult(state: State, memo: number): void {
  const { i32 } = state;
  i32[memo + WAS_GDT_BASE] = i32[GDT_BASE];
  i32[memo + WAS_GDT_LIMIT] = i32[GDT_LIMIT];
  i32[memo + MODE_BITS] = i32[MODE] & ~DATA_BITS;
  i32.copyWithin(memo + NEW_CODE, CS, CS + SEGMENT);
  i32.copyWithin(memo + NEW_STACK, SS, SS + SEGMENT);
}

const inGlobalTable = (selector: number) => (selector & LOCAL_TABLE) === 0;

/** Remembers an entry from ring 3 that has just succeeded. */
export function rememberEntry(processor: Processor, vector: number, items: number): void {
  const { state } = processor;
  const { i32, u32 } = state;
  const memo = ENTRIES + (vector << STRIDE_SHIFT);
  i32[memo + KEY] = 0;
  const codeSelector = u32[CS + SELECTOR];
  const stackSelector = u32[SS + SELECTOR];
  if (!inGlobalTable(codeSelector) || !inGlobalTable(stackSelector) || (i32[SS + RIGHTS] & BIG) === 0) return;
  u32[memo + CODE_AT] = u32[GDT_BASE] + (codeSelector & ~RPL);
  u32[memo + STACK_AT] = u32[GDT_BASE] + (stackSelector & ~RPL);
  u32[memo + SLOT_AT] = u32[TR + BASE] + POINTER_BYTES + 2 * POINTER_BYTES * u32[CPL];
  const noted =
    notePair(state, (u32[IDT_BASE] + vector * ENTRY_BYTES) >>> 0, memo + GATE_LOW) &&
    notePair(state, u32[memo + CODE_AT], memo + CODE_LOW) &&
    notePair(state, u32[memo + STACK_AT], memo + STACK_LOW) &&
    notePair(state, u32[memo + SLOT_AT], memo + POINTER);
  // A frame pushed over the gate, the descriptors or the TSS makes them something else than what was entered by.
  if (!noted || !cameFrom(i32, CS, memo + CODE_LOW) || !cameFrom(i32, SS, memo + STACK_LOW)) return;
  if ((i32[memo + STACK_SELECTOR] & 0xffff) !== stackSelector || i32[EIP] !== gateTarget(i32, memo)) return;
  if (i32[memo + POINTER] !== ((i32[ESP] + 4 * items) | 0) || ((i32[memo + GATE_LOW] >>> 16) ^ codeSelector) & ~RPL)
    return;
  i32[memo + WAS_IDT_BASE] = i32[IDT_BASE];
  i32[memo + WAS_IDT_LIMIT] = i32[IDT_LIMIT];
  i32[memo + WAS_TR_BASE] = i32[TR + BASE];
  i32[memo + WAS_TR_LIMIT] = i32[TR + LIMIT];
  i32[memo + WAS_TR_RIGHTS] = i32[TR + RIGHTS];
  i32[memo + TARGET] = i32[EIP];
  i32[memo + FLAGS_KEPT] = flagsKeptBy(typeOf(i32[memo + GATE_HIGH]));
  noteResult(state, memo);
  i32[memo + KEY] = items;
}

const gateTarget = (i32: Int32Array, memo: number) =>
  (i32[memo + GATE_HIGH] & 0xffff0000) | (i32[memo + GATE_LOW] & 0xffff);

/** Returns outward as before, if everything is as before: then true. The frame's words are the arguments. */
export function returnKnown(processor: Processor, selector: number, eip: number, stack: number, esp: number): boolean {
  const { state } = processor;
  const { i32, u32 } = state;
  const memo = RETURNS + (((selector >>> 3) & RETURN_SLOTS_MASK) << STRIDE_SHIFT);
  const same =
    ((i32[memo + KEY] ^ selector) |
      (i32[memo + STACK_SELECTOR] ^ stack) |
      (i32[memo + FROM_RING] ^ i32[CPL]) |
      (i32[memo + WAS_GDT_BASE] ^ i32[GDT_BASE]) |
      (i32[memo + WAS_GDT_LIMIT] ^ i32[GDT_LIMIT])) ===
    0;
  if (!same || selector === 0 || eip > u32[memo + NEW_CODE + LIMIT]) return false;
  if (!samePair(state, u32[memo + CODE_AT], memo + CODE_LOW)) return false;
  if (!samePair(state, u32[memo + STACK_AT], memo + STACK_LOW)) return false;
  moveTo(processor, memo);
  i32[ESP] = esp;
  i32[EIP] = eip;
  if (nullInnerSegments(state)) refreshMode(processor);
  else changeMode(processor, memo);
  return true;
}

/** Remembers a return to an outer ring that has just succeeded, made from ring `from`. */
export function rememberReturn(processor: Processor, from: number): void {
  const { state } = processor;
  const { i32, u32 } = state;
  const selector = u32[CS + SELECTOR];
  const stack = u32[SS + SELECTOR];
  const memo = RETURNS + (((selector >>> 3) & RETURN_SLOTS_MASK) << STRIDE_SHIFT);
  i32[memo + KEY] = 0;
  if (!inGlobalTable(selector) || !inGlobalTable(stack) || (i32[SS + RIGHTS] & BIG) === 0) return;
  u32[memo + CODE_AT] = u32[GDT_BASE] + (selector & ~RPL);
  u32[memo + STACK_AT] = u32[GDT_BASE] + (stack & ~RPL);
  const noted =
    notePair(state, u32[memo + CODE_AT], memo + CODE_LOW) && notePair(state, u32[memo + STACK_AT], memo + STACK_LOW);
  if (!noted || !cameFrom(i32, CS, memo + CODE_LOW) || !cameFrom(i32, SS, memo + STACK_LOW)) return;
  i32[memo + STACK_SELECTOR] = stack;
  i32[memo + FROM_RING] = from;
  noteResult(state, memo);
  i32[memo + KEY] = selector;
}

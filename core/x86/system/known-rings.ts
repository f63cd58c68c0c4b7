/**
 * Ring changes that were made before.  A gate, a code segment, a stack: once all of them passed every check, the same
 * words in memory would pass again, so it is enough to see that they are the same words.  What is remembered here lies
 * in the state, beside the words it was made from; generated code compares and repeats (system-code).  Whatever does not
 * match exactly is somebody else's business: the full checks, which then leave a new memory.
 *
 * Only the common kinds are remembered: through a gate to an inner ring or within the ring, a far return back, and far
 * returns, jumps and calls within a ring; all segments in the GDT, all stacks of 32 bits.
 */

import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { memoryMap, mode, type State } from '../state.ts';
import { baseOf, DESCRIPTOR_BYTES, descriptorBit, limitOf, RIGHTS_BITS, typeOf, WIDE_TYPE } from './descriptors.ts';
import { flagsKeptBy } from './rights.ts';
import { openDwords } from './windows.ts';

const {
  BASE,
  CPL,
  CS,
  EIP,
  ESP,
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
  TR,
} = words;

const ENTRY_BYTES = DESCRIPTOR_BYTES;
const BIG = descriptorBit.big;
const WIDE = WIDE_TYPE;
const LOCAL_TABLE = 4;
const RPL = 3;
const USER_RING = 3;
/** In a 32-bit TSS: esp0 lies behind the link, and each stack is a pointer and a selector. */
const POINTER_BYTES = 4;

/** Words of a memory, of which a key of zero means none. */
export const ringMemory = {
  /** For an entry the words it pushes, for a return the selector of cs. */
  key: 0,
  gdtBase: 1,
  gdtLimit: 2,
  idtBase: 3,
  idtLimit: 4,
  trBase: 5,
  trLimit: 6,
  trRights: 7,
  /** Descriptors, low dword first, and the stack pointer with its selector. */
  gate: 8,
  code: 10,
  stack: 12,
  pointer: 14,
  stackSelector: 15,
  /** Linear addresses of the two descriptors and, for an entry, of the stack's place in the TSS. */
  codeAt: 16,
  stackAt: 17,
  slotAt: 18,
  target: 19,
  flagsKept: 20,
  modeBits: 21,
  fromRing: 22,
  /** The sixteen words of cs and ss that came of it. */
  newCode: 24,
  newStack: 32,
} as const;
const {
  key: KEY,
  gdtBase: WAS_GDT_BASE,
  gdtLimit: WAS_GDT_LIMIT,
  idtBase: WAS_IDT_BASE,
  idtLimit: WAS_IDT_LIMIT,
  trBase: WAS_TR_BASE,
  trLimit: WAS_TR_LIMIT,
  trRights: WAS_TR_RIGHTS,
  gate: GATE_LOW,
  code: CODE_LOW,
  stack: STACK_LOW,
  pointer: POINTER,
  stackSelector: STACK_SELECTOR,
  codeAt: CODE_AT,
  stackAt: STACK_AT,
  slotAt: SLOT_AT,
  target: TARGET,
  flagsKept: FLAGS_KEPT,
  modeBits: MODE_BITS,
  fromRing: FROM_RING,
  newCode: NEW_CODE,
  newStack: NEW_STACK,
} = ringMemory;
const GATE_HIGH = GATE_LOW + 1;

/** Where memories lie: bytes and their shifts, for generated code as well. Entries come in pairs, the second of them
 *  from ring 3.  Returns go by the code selector, its index folded with where the GDT lies (two worlds take turns, and use
 *  the same ones; but a way in and a way home differ in their RPL), and by the ring they were made from. */
export const ringMemoryPlace = {
  shift: 8,
  entryPairShift: 9,
  returnMask: 127,
  foldMask: 0x78,
  returnRingShift: 7,
  gdtFolds: [3, 12],
} as const;
const STRIDE_SHIFT = ringMemoryPlace.shift - 2;
const ENTRIES = memoryMap.knownEntries >>> 2;
const RETURNS = memoryMap.knownReturns >>> 2;
const { foldMask: FOLD_MASK, returnMask: RETURN_MASK, returnRingShift: RING_SHIFT } = ringMemoryPlace;
const [GDT_FOLD, GDT_PAGE_FOLD] = ringMemoryPlace.gdtFolds;

const { flatData: FLAT_DATA, flatExtra: FLAT_EXTRA } = mode;
const DATA_BITS = FLAT_DATA | FLAT_EXTRA;
const SEGMENT = SEGMENT_WORDS;

const entryMemory = (vector: number, from: number) =>
  ENTRIES + ((2 * vector + (from === USER_RING ? 1 : 0)) << STRIDE_SHIFT);
function returnMemory({ u32 }: State, selector: number, from: number): number {
  const gdt = u32[GDT_BASE];
  const fold = ((gdt >>> GDT_FOLD) ^ (gdt >>> GDT_PAGE_FOLD)) & FOLD_MASK;
  const place = (selector ^ fold) & RETURN_MASK;
  return RETURNS + ((place | (from << RING_SHIFT)) << STRIDE_SHIFT);
}

/** Copies two dwords at `linear`, as they are now; false if they cannot be had in place. */
function notePair(state: State, linear: number, memo: number): boolean {
  const at = openDwords(state, SUPERVISOR_READ_TABLE, linear, ENTRY_BYTES);
  if (at < 0) return false;
  state.i32[memo] = state.i32[at];
  state.i32[memo + 1] = state.i32[at + 1];
  return true;
}

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

function noteResult(state: State, memo: number, from: number): void {
  const { i32 } = state;
  i32[memo + FROM_RING] = from;
  i32[memo + WAS_GDT_BASE] = i32[GDT_BASE];
  i32[memo + WAS_GDT_LIMIT] = i32[GDT_LIMIT];
  i32[memo + MODE_BITS] = i32[MODE] & ~DATA_BITS;
  i32.copyWithin(memo + NEW_CODE, CS, CS + SEGMENT);
  i32.copyWithin(memo + NEW_STACK, SS, SS + SEGMENT);
}

const inGlobalTable = (selector: number) => (selector & LOCAL_TABLE) === 0;

/** Remembers an entry that has just succeeded, made from ring `from` and with `items` words pushed. */
export function rememberEntry(processor: Processor, vector: number, items: number, from: number): void {
  const { state } = processor;
  const { i32, u32 } = state;
  const memo = entryMemory(vector, from);
  i32[memo + KEY] = 0;
  const codeSelector = u32[CS + SELECTOR];
  if (!inGlobalTable(codeSelector)) return;
  u32[memo + CODE_AT] = u32[GDT_BASE] + (codeSelector & ~RPL);
  const noted =
    notePair(state, (u32[IDT_BASE] + vector * ENTRY_BYTES) >>> 0, memo + GATE_LOW) &&
    notePair(state, u32[memo + CODE_AT], memo + CODE_LOW);
  // A frame pushed over the gate or the descriptor makes it something else than what was entered by.
  if (!noted || !cameFrom(i32, CS, memo + CODE_LOW) || i32[EIP] !== gateTarget(i32, memo)) return;
  const type = typeOf(i32[memo + GATE_HIGH]);
  if ((type & WIDE) === 0 || (((i32[memo + GATE_LOW] >>> 16) ^ codeSelector) & ~RPL) !== 0) return;
  if (u32[CPL] < from && !noteInnerStack(state, memo, items)) return;
  i32[memo + WAS_IDT_BASE] = i32[IDT_BASE];
  i32[memo + WAS_IDT_LIMIT] = i32[IDT_LIMIT];
  i32[memo + TARGET] = i32[EIP];
  i32[memo + FLAGS_KEPT] = flagsKeptBy(type);
  noteResult(state, memo, from);
  i32[memo + KEY] = items;
}

/** The stack that an entry has just moved to, from the TSS; false if that has become another by what was pushed. */
function noteInnerStack(state: State, memo: number, items: number): boolean {
  const { i32, u32 } = state;
  const selector = u32[SS + SELECTOR];
  if (!inGlobalTable(selector) || (i32[SS + RIGHTS] & BIG) === 0) return false;
  u32[memo + STACK_AT] = u32[GDT_BASE] + (selector & ~RPL);
  u32[memo + SLOT_AT] = u32[TR + BASE] + POINTER_BYTES + 2 * POINTER_BYTES * u32[CPL];
  const noted =
    notePair(state, u32[memo + STACK_AT], memo + STACK_LOW) && notePair(state, u32[memo + SLOT_AT], memo + POINTER);
  if (!noted || !cameFrom(i32, SS, memo + STACK_LOW) || (i32[memo + STACK_SELECTOR] & 0xffff) !== selector)
    return false;
  i32[memo + WAS_TR_BASE] = i32[TR + BASE];
  i32[memo + WAS_TR_LIMIT] = i32[TR + LIMIT];
  i32[memo + WAS_TR_RIGHTS] = i32[TR + RIGHTS];
  return i32[memo + POINTER] === ((i32[ESP] + 4 * items) | 0);
}

const gateTarget = (i32: Int32Array, memo: number) =>
  (i32[memo + GATE_HIGH] & 0xffff0000) | (i32[memo + GATE_LOW] & 0xffff);

/** Remembers a return to an outer ring that has just succeeded, made from ring `from`. */
export function rememberReturn(processor: Processor, from: number): void {
  const { state } = processor;
  const { i32, u32 } = state;
  const selector = u32[CS + SELECTOR];
  const stack = u32[SS + SELECTOR];
  const memo = returnMemory(state, selector, from);
  i32[memo + KEY] = 0;
  if (!inGlobalTable(selector) || !inGlobalTable(stack) || (i32[SS + RIGHTS] & BIG) === 0) return;
  u32[memo + CODE_AT] = u32[GDT_BASE] + (selector & ~RPL);
  u32[memo + STACK_AT] = u32[GDT_BASE] + (stack & ~RPL);
  const noted =
    notePair(state, u32[memo + CODE_AT], memo + CODE_LOW) && notePair(state, u32[memo + STACK_AT], memo + STACK_LOW);
  if (!noted || !cameFrom(i32, CS, memo + CODE_LOW) || !cameFrom(i32, SS, memo + STACK_LOW)) return;
  i32[memo + STACK_SELECTOR] = stack;
  noteResult(state, memo, from);
  i32[memo + KEY] = selector;
}

/** Remembers a far return, jump or call within the ring that has just succeeded, to a selector of that ring: the three are
 *  judged alike then. */
export function rememberCode({ state }: Processor): void {
  const { i32, u32 } = state;
  const selector = u32[CS + SELECTOR];
  const memo = returnMemory(state, selector, i32[CPL]);
  i32[memo + KEY] = 0;
  if (!inGlobalTable(selector)) return;
  u32[memo + CODE_AT] = u32[GDT_BASE] + (selector & ~RPL);
  if (!notePair(state, u32[memo + CODE_AT], memo + CODE_LOW) || !cameFrom(i32, CS, memo + CODE_LOW)) return;
  noteResult(state, memo, i32[CPL]);
  i32[memo + KEY] = selector;
}

/**
 * Loading segment registers, with every check of SDM 3A chapter 5, and what follows from a load: the bounds every later
 * access is held to, and the mode that decoded code depends on.
 */

import { segmentNumber } from '../instruction.ts';
import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome } from '../service.ts';
import { mode, type State } from '../state.ts';
import {
  baseOf,
  descriptorAddress,
  descriptorBit,
  highestOffset,
  isCode,
  isConforming,
  isNull,
  isPresent,
  isStack,
  isSystem,
  limitOf,
  lowestOffset,
  privilegeOf,
  RIGHTS_BITS,
  selectorError,
} from './descriptors.ts';

import { descriptorKey, rememberDescriptor } from './known-descriptors.ts';
import { openDescriptor } from './windows.ts';

const {
  BASE,
  CODE_SLOT,
  CPL,
  CS,
  DS,
  ES,
  FS,
  GS,
  LIMIT,
  MODE,
  READ_HIGH,
  READ_LOW,
  RIGHTS,
  SEGMENTS,
  SEGMENT_WORDS,
  SELECTOR,
  SS,
  STACK_SLOT,
  WRITE_HIGH,
  WRITE_LOW,
} = words;

const RPL = 3;
const USER_RING = 3;
/** Constants of their own: ring changes read them. */
const { code32: CODE32, stack32: STACK32, user: USER } = mode;
const { flatCode: FLAT_CODE, flatData: FLAT_DATA, flatExtra: FLAT_EXTRA, flatStack: FLAT_STACK } = mode;
const BIG = descriptorBit.big;
const ACCESSED = descriptorBit.accessed;
const CODE = descriptorBit.code;
const SECOND = descriptorBit.writable;
const RIGHTS_KEPT = RIGHTS_BITS;
const USABLE = descriptorBit.present | descriptorBit.segment;

/** Fills one segment register, hidden part and bounds. `at` is the register's first word. */
export function storeSegment(
  state: State,
  at: number,
  selector: number,
  base: number,
  limit: number,
  rights: number,
): void {
  const { u32 } = state;
  u32[at + SELECTOR] = selector & 0xffff;
  u32[at + BASE] = base;
  u32[at + LIMIT] = limit;
  u32[at + RIGHTS] = rights & RIGHTS_KEPT;
  const inUse = (rights & USABLE) === USABLE;
  const code = (rights & CODE) !== 0;
  const second = (rights & SECOND) !== 0;
  const low = lowestOffset(rights, limit | 0);
  const high = highestOffset(rights, limit | 0);
  const readable = inUse && (!code || second);
  const writable = inUse && !code && second;
  u32[at + READ_LOW] = readable ? low : 1;
  u32[at + READ_HIGH] = readable ? high : 0;
  u32[at + WRITE_LOW] = writable ? low : 1;
  u32[at + WRITE_HIGH] = writable ? high : 0;
}

/** As storeSegment, from the two dwords of a descriptor just checked. */
export function loadChecked(state: State, at: number, selector: number, low: number, high: number): void {
  storeSegment(state, at, selector, baseOf(low, high), limitOf(low, high), high | ACCESSED);
}

export function nullSegment(state: State, at: number, selector: number): void {
  storeSegment(state, at, selector, 0, 0, 0);
}

/** The descriptor has been used; memory says so (SDM 3A 3.4.5.1). Touches memory only the first time. */
export function markAccessed(processor: Processor, selector: number, high: number): Outcome {
  if ((high & ACCESSED) !== 0) return NEXT;
  const address = descriptorAddress(processor.state, selector);
  return processor.access.writeLinear((address + 5) >>> 0, 1, ((high | ACCESSED) >>> 8) & 0xff, true);
}

export function setPrivilege(processor: Processor, ring: number): void {
  const { u32 } = processor.state;
  if (u32[CPL] === ring) return;
  processor.leavingRing(u32[CPL]);
  u32[CPL] = ring;
}

/** Base and lower bounds zero, upper bounds all ones; one branch for all five. */
function isFlat(i32: Int32Array, at: number): boolean {
  const zeros = i32[at + BASE] | i32[at + READ_LOW] | i32[at + WRITE_LOW];
  return (zeros | ~(i32[at + READ_HIGH] & i32[at + WRITE_HIGH])) === 0;
}

/** Works out the mode after cs, ss, ds, es or the CPL changed. True if it is another one than before. */
export function refreshMode(processor: Processor): boolean {
  const { i32 } = processor.state;
  const codeFlat = (i32[CS + BASE] | i32[CS + READ_LOW] | ~(i32[CS + LIMIT] & i32[CS + READ_HIGH])) === 0;
  let now = codeFlat ? FLAT_CODE : 0;
  if ((i32[CS + RIGHTS] & BIG) !== 0) now |= CODE32;
  if ((i32[SS + RIGHTS] & BIG) !== 0) now |= STACK32;
  if (i32[CPL] === USER_RING) now |= USER;
  if (isFlat(i32, DS)) now |= FLAT_DATA;
  if (isFlat(i32, ES)) now |= FLAT_EXTRA;
  if (isFlat(i32, SS)) now |= FLAT_STACK;
  if (now === i32[MODE]) return false;
  i32[MODE] = now;
  processor.spaces.select();
  return true;
}

/** MOV, POP and Lxx into es, ss, ds, fs or gs (SDM 2B, MOV). The caller looks at `mode` afterwards. */
export function loadSegment(processor: Processor, number: number, selector: number): Outcome {
  const at = SEGMENTS + number * SEGMENT_WORDS;
  const loaded = number === segmentNumber.ss ? loadStack(processor, selector) : loadData(processor, at, selector);
  if (loaded < 0) return FAULT;
  processor.events.segmentLoads++;
  refreshMode(processor);
  return NEXT;
}

function loadData(processor: Processor, at: number, selector: number): Outcome {
  const { state } = processor;
  if (isNull(selector)) {
    nullSegment(state, at, selector);
    return NEXT;
  }
  const address = descriptorAddress(state, selector);
  if (address < 0) return raise(state, exception.generalProtection, selectorError(selector));
  const descriptor = openDescriptor(processor, address, CODE_SLOT);
  if (descriptor < 0) return FAULT;
  const low = state.u32[descriptor];
  const high = state.u32[descriptor + 1];
  const dpl = privilegeOf(high);
  const loadable = !isSystem(high) && (!isCode(high) || (high & descriptorBit.readable) !== 0);
  const open = isCode(high) && isConforming(high);
  if (!loadable || (!open && ((selector & RPL) > dpl || state.u32[CPL] > dpl))) {
    return raise(state, exception.generalProtection, selectorError(selector));
  }
  if (!isPresent(high)) return raise(state, exception.segmentNotPresent, selectorError(selector));
  if (markAccessed(processor, selector, high) < 0) return FAULT;
  loadChecked(state, at, selector, low, high);
  if ((high & ACCESSED) !== 0) rememberDescriptor(processor, descriptorKey.data, at, selector, low, high);
  return NEXT;
}

function loadStack(processor: Processor, selector: number): Outcome {
  const { state } = processor;
  const cpl = state.u32[CPL];
  if (isNull(selector)) return raise(state, exception.generalProtection, 0);
  const address = descriptorAddress(state, selector);
  if (address < 0) return raise(state, exception.generalProtection, selectorError(selector));
  const descriptor = openDescriptor(processor, address, STACK_SLOT);
  if (descriptor < 0) return FAULT;
  const low = state.u32[descriptor];
  const high = state.u32[descriptor + 1];
  if ((selector & RPL) !== cpl || !isStack(high) || privilegeOf(high) !== cpl) {
    return raise(state, exception.generalProtection, selectorError(selector));
  }
  if (!isPresent(high)) return raise(state, exception.stackFault, selectorError(selector));
  if (markAccessed(processor, selector, high) < 0) return FAULT;
  loadChecked(state, SS, selector, low, high);
  if ((high & ACCESSED) !== 0) rememberDescriptor(processor, descriptorKey.stack, SS, selector, low, high);
  return NEXT;
}

/** On return to an outer ring, data segments that ring could not have loaded are taken away (SDM 3A 5.8.6). True if any was. */
export function nullInnerSegments(state: State): boolean {
  const es = nullIfInner(state, ES);
  const fs = nullIfInner(state, FS);
  const gs = nullIfInner(state, GS);
  const ds = nullIfInner(state, DS);
  return es || fs || gs || ds;
}

function nullIfInner(state: State, at: number): boolean {
  const rights = state.u32[at + RIGHTS];
  if (rights === 0 || privilegeOf(rights) >= state.u32[CPL]) return false;
  if (isCode(rights) && isConforming(rights)) return false;
  nullSegment(state, at, 0);
  return true;
}

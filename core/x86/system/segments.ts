/**
 * Loading segment registers, with every check of SDM 3A chapter 5, and what follows from a load: the bounds every later
 * access is held to, and the mode that decoded code depends on.
 */

import { segmentNumber } from '../instruction.ts';
import { exception, raise } from '../memory/faults.ts';
import {
  BASE,
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
  SEGMENT_WORDS,
  SEGMENTS,
  SELECTOR,
  SS,
  WRITE_HIGH,
  WRITE_LOW,
} from '../memory/words.ts';
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

const RPL = 3;
const USER_RING = 3;
const WHOLE = 0xffffffff;

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
  u32[at + RIGHTS] = rights & RIGHTS_BITS;
  const usable = (rights & (descriptorBit.present | descriptorBit.segment)) >>> 0;
  const inUse = usable === (descriptorBit.present | descriptorBit.segment);
  const code = (rights & descriptorBit.code) !== 0;
  const second = (rights & descriptorBit.writable) !== 0;
  const low = lowestOffset(rights, limit);
  const high = highestOffset(rights, limit);
  const readable = inUse && (!code || second);
  const writable = inUse && !code && second;
  u32[at + READ_LOW] = readable ? low : 1;
  u32[at + READ_HIGH] = readable ? high : 0;
  u32[at + WRITE_LOW] = writable ? low : 1;
  u32[at + WRITE_HIGH] = writable ? high : 0;
}

/** As storeSegment, from the two dwords of a descriptor just checked. */
export function loadChecked(state: State, at: number, selector: number, low: number, high: number): void {
  storeSegment(state, at, selector, baseOf(low, high), limitOf(low, high), high | descriptorBit.accessed);
}

export function nullSegment(state: State, at: number, selector: number): void {
  storeSegment(state, at, selector, 0, 0, 0);
}

/** The descriptor has been used; memory says so (SDM 3A 3.4.5.1). Touches memory only the first time. */
export function markAccessed(processor: Processor, address: number, high: number): Outcome {
  if ((high & descriptorBit.accessed) !== 0) return NEXT;
  return processor.access.writeLinear((address + 5) >>> 0, 1, ((high | descriptorBit.accessed) >>> 8) & 0xff, true);
}

export function setPrivilege(processor: Processor, ring: number): void {
  const { u32 } = processor.state;
  if (u32[CPL] === ring) return;
  processor.leavingRing(u32[CPL]);
  u32[CPL] = ring;
}

function isFlat(u32: Uint32Array, at: number): boolean {
  return (
    u32[at + BASE] === 0 &&
    u32[at + READ_LOW] === 0 &&
    u32[at + READ_HIGH] === WHOLE &&
    u32[at + WRITE_LOW] === 0 &&
    u32[at + WRITE_HIGH] === WHOLE
  );
}

/** Works out the mode after cs, ss, ds, es or the CPL changed. True if it is another one than before. */
export function refreshMode(processor: Processor): boolean {
  const { u32 } = processor.state;
  const codeFlat =
    u32[CS + BASE] === 0 && u32[CS + LIMIT] === WHOLE && u32[CS + READ_LOW] === 0 && u32[CS + READ_HIGH] === WHOLE;
  const now =
    (u32[CS + RIGHTS] & descriptorBit.big ? mode.code32 : 0) |
    (u32[SS + RIGHTS] & descriptorBit.big ? mode.stack32 : 0) |
    (u32[CPL] === USER_RING ? mode.user : 0) |
    (codeFlat ? mode.flatCode : 0) |
    (isFlat(u32, DS) ? mode.flatData : 0) |
    (isFlat(u32, ES) ? mode.flatExtra : 0) |
    (isFlat(u32, SS) ? mode.flatStack : 0);
  if (now === u32[MODE]) return false;
  u32[MODE] = now;
  processor.spaces.select();
  return true;
}

/** MOV, POP and Lxx into es, ss, ds, fs or gs (SDM 2B, MOV). The caller looks at `mode` afterwards. */
export function loadSegment(processor: Processor, number: number, selector: number): Outcome {
  const at = SEGMENTS + number * SEGMENT_WORDS;
  const loaded = number === segmentNumber.ss ? loadStack(processor, selector) : loadData(processor, at, selector);
  if (loaded === FAULT) return FAULT;
  processor.events.segmentLoads++;
  refreshMode(processor);
  return NEXT;
}

function loadData(processor: Processor, at: number, selector: number): Outcome {
  const { state, access } = processor;
  if (isNull(selector)) {
    nullSegment(state, at, selector);
    return NEXT;
  }
  const address = descriptorAddress(state, selector);
  if (address < 0) return raise(state, exception.generalProtection, selectorError(selector));
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  if (high < 0) return FAULT;
  const low = access.readLinear(address, 4, true);
  if (low < 0) return FAULT;
  const dpl = privilegeOf(high);
  const loadable = !isSystem(high) && (!isCode(high) || (high & descriptorBit.readable) !== 0);
  const open = isCode(high) && isConforming(high);
  if (!loadable || (!open && ((selector & RPL) > dpl || state.u32[CPL] > dpl))) {
    return raise(state, exception.generalProtection, selectorError(selector));
  }
  if (!isPresent(high)) return raise(state, exception.segmentNotPresent, selectorError(selector));
  if (markAccessed(processor, address, high) === FAULT) return FAULT;
  loadChecked(state, at, selector, low, high);
  return NEXT;
}

function loadStack(processor: Processor, selector: number): Outcome {
  const { state, access } = processor;
  const cpl = state.u32[CPL];
  if (isNull(selector)) return raise(state, exception.generalProtection, 0);
  const address = descriptorAddress(state, selector);
  if (address < 0) return raise(state, exception.generalProtection, selectorError(selector));
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  if (high < 0) return FAULT;
  const low = access.readLinear(address, 4, true);
  if (low < 0) return FAULT;
  if ((selector & RPL) !== cpl || !isStack(high) || privilegeOf(high) !== cpl) {
    return raise(state, exception.generalProtection, selectorError(selector));
  }
  if (!isPresent(high)) return raise(state, exception.stackFault, selectorError(selector));
  if (markAccessed(processor, address, high) === FAULT) return FAULT;
  loadChecked(state, SS, selector, low, high);
  return NEXT;
}

/** On return to an outer ring, data segments that ring could not have loaded are taken away (SDM 3A 5.8.6). */
export function nullInnerSegments(state: State): void {
  nullIfInner(state, ES);
  nullIfInner(state, FS);
  nullIfInner(state, GS);
  nullIfInner(state, DS);
}

function nullIfInner(state: State, at: number): void {
  const rights = state.u32[at + RIGHTS];
  if (rights === 0 || privilegeOf(rights) >= state.u32[CPL]) return;
  if (isCode(rights) && isConforming(rights)) return;
  nullSegment(state, at, 0);
}

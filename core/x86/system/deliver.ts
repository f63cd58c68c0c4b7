/**
 * Exceptions and interrupts on their way to their handlers: through the IDT, onto the right stack, with every check of
 * SDM 3A 6.12 and the INT page of 2A; and what happens when the way itself faults (table 6-5).
 */

import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, type Outcome, TRANSFER } from '../service.ts';
import { eflag } from '../state.ts';
import {
  DESCRIPTOR_BYTES,
  descriptorAddress,
  isCode,
  isConforming,
  isNull,
  isPresent,
  isSystem,
  limitOf,
  privilegeOf,
  selectorError,
  systemType,
  typeOf,
  WIDE_TYPE,
} from './descriptors.ts';
import { innerStackPointer, innerStackSelector, innerStackSlot, moveToInnerStack, pushInner } from './inner-stack.ts';
import { rememberEntry } from './known-rings.ts';
import { flagsKeptBy, notSupported } from './rights.ts';
import { loadChecked, markAccessed, refreshMode, setPrivilege } from './segments.ts';
import { frameFits, pushFrame, setStackPointer, stackMask, stackPointer } from './stack.ts';
import { openDescriptor } from './windows.ts';

const {
  BASE,
  CODE_SLOT,
  CPL,
  CR2,
  CS,
  EIP,
  ESP,
  FAULT_ADDRESS,
  FAULT_ERROR,
  FAULT_VECTOR,
  FLAGS_REST,
  FRAME,
  GATE_SLOT,
  IDT_BASE,
  IDT_LIMIT,
  INTERRUPT_SHADOW,
  NEXT_EIP,
  RIGHTS,
  SELECTOR,
  SS,
  WRITE_HIGH,
  WRITE_LOW,
} = words;

export interface Delivery {
  /** `fault`: eip is the instruction's. `trap`: eip is behind it. `software`: int n, int3, into; returns to nextEip. */
  readonly kind: 'fault' | 'trap' | 'software' | 'external' | 'nmi';
  readonly vector: number;
  readonly error: number | null;
}

/** In error codes: the selector is a vector of the IDT. */
const IDT_ERROR = 2;
const USER_RING = 3;
const NO_ERROR = -1;
/** Again in this file, as `words` explains. */
const { taskGate: TASK_GATE, interruptGate16: FIRST_GATE } = systemType;
const WIDE = WIDE_TYPE;
const ENTRY_BYTES = DESCRIPTOR_BYTES;
const RPL = 3;
/** Words pushed before the error code: ss esp eflags cs eip, or without the first two. */
const INWARD_ITEMS = 5;
const OWN_ITEMS = 3;

const BENIGN = 0;
const CONTRIBUTORY = 1;
const PAGE_FAULT = 2;

/** Classes of SDM 3A table 6-4. */
function classOf(vector: number): number {
  if (vector === exception.pageFault) return PAGE_FAULT;
  const contributory =
    vector === exception.divideError || (vector >= exception.invalidTss && vector <= exception.generalProtection);
  return contributory ? CONTRIBUTORY : BENIGN;
}

/** Brings one event to its handler. Null when it arrived (or processor.unsupported says why not), else why the
 *  processor shut down. */
// @journey ground/delivering-a-fault
// The way to a handler has traps of its own: a gate that is no gate, a stack that is not there.  A fault on the way is
// delivered instead of the first, if the pair is innocent; two guilty ones make a double fault; and a fault on the way
// to that one's handler is the end of the machine.  A guest that breaks its own stack walks all three steps, and must
// find itself in the host's double fault handler, not take the machine with it.
export function deliver(processor: Processor, event: Delivery): string | null {
  const { state, events } = processor;
  const { u32, i32 } = state;
  const software = event.kind === 'software';
  let vector = event.vector;
  let error = event.error ?? NO_ERROR;
  let kind = event.kind === 'fault' ? classOf(vector) : BENIGN;
  let image = state.eflags | (event.kind === 'fault' ? eflag.resume : 0);
  let returnEip = software ? u32[NEXT_EIP] : u32[EIP];
  let external = software ? 0 : 1;
  if (event.kind === 'fault' && vector === exception.pageFault) u32[CR2] = u32[FAULT_ADDRESS];
  if (event.kind === 'nmi') {
    processor.nmiBlocked = true;
    events.nmis++;
  }
  u32[INTERRUPT_SHADOW] = 0;
  while (enterGate(processor, vector, error, external, returnEip, image) < 0) {
    const second = u32[FAULT_VECTOR];
    if (second === exception.pageFault) u32[CR2] = u32[FAULT_ADDRESS];
    if (vector === exception.doubleFault && kind === CONTRIBUTORY) return tripleFault(processor, second);
    const secondKind = classOf(second);
    const double =
      (kind === CONTRIBUTORY && secondKind === CONTRIBUTORY) || (kind === PAGE_FAULT && secondKind !== BENIGN);
    vector = double ? exception.doubleFault : second;
    error = double ? 0 : i32[FAULT_ERROR];
    kind = double ? CONTRIBUTORY : secondKind;
    image = state.eflags | eflag.resume;
    returnEip = u32[EIP];
    external = 1;
  }
  return null;
}
// @end

function tripleFault(processor: Processor, vector: number): string {
  const { u32, i32 } = processor.state;
  const hex = (value: number) => `0x${(value >>> 0).toString(16)}`;
  const error = i32[FAULT_ERROR] === NO_ERROR ? '' : `, error ${hex(i32[FAULT_ERROR])}`;
  return (
    `triple fault at ${hex(u32[CS + SELECTOR])}:${hex(u32[EIP])}: ` +
    `the double fault could not be delivered (exception ${vector}${error})`
  );
}

/**
 * Through the IDT's gate for `vector` (SDM 2A, INT). `external` is the EXT bit of error codes, 0 for software
 * interrupts, whose gates must also allow them. Nothing but accessed bits and dead stack has changed on FAULT.
 */
export function enterGate(
  processor: Processor,
  vector: number,
  error: number,
  external: number,
  returnEip: number,
  image: number,
): Outcome {
  const { u32 } = processor.state;
  const from = u32[CPL];
  gatherFrame(processor, returnEip, image, error);
  const entered = throughGate(processor, vector, error !== NO_ERROR, external);
  if (entered !== TRANSFER) return entered;
  processor.events.deliveries++;
  rememberEntry(processor, vector, (u32[CPL] < from ? INWARD_ITEMS : OWN_ITEMS) + (error === NO_ERROR ? 0 : 1), from);
  return TRANSFER;
}

/** With every check, and the frame waiting at FRAME. */
function throughGate(processor: Processor, vector: number, hasError: boolean, external: number): Outcome {
  const { state } = processor;
  const { u32 } = state;
  const gateError = vector * ENTRY_BYTES + IDT_ERROR + external;
  if (vector * ENTRY_BYTES + ENTRY_BYTES - 1 > u32[IDT_LIMIT]) {
    return raise(state, exception.generalProtection, gateError);
  }
  const gate = openDescriptor(processor, (u32[IDT_BASE] + vector * ENTRY_BYTES) >>> 0, GATE_SLOT);
  if (gate < 0) return FAULT;
  const low = u32[gate];
  const high = u32[gate + 1];
  const type = typeOf(high);
  const isGate = isSystem(high) && (type === TASK_GATE || (type & 7) >= FIRST_GATE);
  if (!isGate || (external === 0 && privilegeOf(high) < u32[CPL])) {
    return raise(state, exception.generalProtection, gateError);
  }
  if (!isPresent(high)) return raise(state, exception.segmentNotPresent, gateError);
  if (type === TASK_GATE) return notSupported(processor, `hardware task switch through task gate ${vector}`);
  const selector = low >>> 16;
  const code = checkHandler(processor, selector, external);
  if (code < 0) return FAULT;
  const offset = (type & WIDE ? (high & 0xffff0000) | (low & 0xffff) : low & 0xffff) >>> 0;
  return enterHandler(processor, selector, code, offset, type, hasError, external);
}

/** Index of the handler's code descriptor in the 32-bit views, or -1. */
function checkHandler(processor: Processor, selector: number, external: number): number {
  const { state } = processor;
  if (isNull(selector)) return raise(state, exception.generalProtection, external);
  const error = selectorError(selector) | external;
  const address = descriptorAddress(state, selector);
  if (address < 0) return raise(state, exception.generalProtection, error);
  const descriptor = openDescriptor(processor, address, CODE_SLOT);
  if (descriptor < 0) return FAULT;
  const high = state.u32[descriptor + 1];
  if (!isCode(high) || privilegeOf(high) > state.u32[CPL]) return raise(state, exception.generalProtection, error);
  if (!isPresent(high)) return raise(state, exception.segmentNotPresent, error);
  return descriptor;
}

/** ss esp eflags cs eip error: in the order of pushing. An entry in the same ring starts at the third. */
function gatherFrame(processor: Processor, returnEip: number, image: number, error: number): void {
  const { u32 } = processor.state;
  u32[FRAME] = u32[SS + SELECTOR];
  u32[FRAME + 1] = u32[ESP];
  u32[FRAME + 2] = image;
  u32[FRAME + 3] = u32[CS + SELECTOR];
  u32[FRAME + 4] = returnEip;
  u32[FRAME + 5] = error;
}

function enterHandler(
  processor: Processor,
  selector: number,
  code: number,
  offset: number,
  type: number,
  hasError: boolean,
  external: number,
): Outcome {
  const { state } = processor;
  const { u32 } = state;
  // Copies: the frame may be pushed over the very descriptor.
  const low = u32[code];
  const high = u32[code + 1];
  if (offset > limitOf(low, high) >>> 0) return raise(state, exception.generalProtection, external);
  const size = type & WIDE ? 4 : 2;
  const ring = isConforming(high) ? u32[CPL] : privilegeOf(high);
  const inward = ring < u32[CPL];
  const count = (inward ? INWARD_ITEMS : OWN_ITEMS) + (hasError ? 1 : 0);
  const pushed = inward
    ? pushInward(processor, ring, size, count, external)
    : pushOnOwnStack(processor, size, count, external);
  if (pushed < 0 || markAccessed(processor, selector, high) < 0) return FAULT;
  if (inward) {
    setPrivilege(processor, ring);
    moveToInnerStack(processor, ring, size, count);
  } else setStackPointer(state, stackPointer(state) - count * size);
  loadChecked(state, CS, (selector & ~RPL) | ring, low, high);
  u32[EIP] = offset;
  u32[FLAGS_REST] &= flagsKeptBy(type);
  refreshMode(processor);
  return TRANSFER;
}

function pushOnOwnStack(processor: Processor, size: number, count: number, external: number): Outcome {
  const { state } = processor;
  const { u32, i32 } = state;
  const mask = stackMask(u32[SS + RIGHTS]);
  const pointer = stackPointer(state);
  if (!frameFits(i32[SS + WRITE_LOW], i32[SS + WRITE_HIGH], mask, pointer, size, count)) {
    return raise(state, exception.stackFault, external);
  }
  const ring3 = u32[CPL] === USER_RING;
  return pushFrame(processor, FRAME + INWARD_ITEMS - OWN_ITEMS, i32[SS + BASE], mask, pointer, size, count, !ring3);
}

function pushInward(processor: Processor, ring: number, size: number, count: number, external: number): Outcome {
  const slot = innerStackSlot(processor, ring, external);
  if (slot < 0) return FAULT;
  const pointer = innerStackPointer(processor, slot);
  const selector = innerStackSelector(processor, slot);
  if (pointer < 0 || selector < 0) return FAULT;
  return pushInner(processor, selector, pointer, ring, size, count, external);
}

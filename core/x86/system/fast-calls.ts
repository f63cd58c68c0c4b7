/**
 * sysenter and sysexit (SDM 2B): the short way to ring 0 and back, with flat segments made up on the spot.
 */

import { exception, raise } from '../memory/faults.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, type Outcome, type Service, TRANSFER } from '../service.ts';
import { eflag } from '../state.ts';
import { descriptorBit, isNull } from './descriptors.ts';
import { inRing0 } from './rights.ts';
import { refreshMode, setPrivilege, storeSegment } from './segments.ts';

const { CS, ECX, EDX, EIP, ESP, FLAGS_REST, SS, SYSENTER_CS, SYSENTER_EIP, SYSENTER_ESP } = words;

const FLAT_LIMIT = 0xffffffff;
const FLAT =
  descriptorBit.accessed |
  descriptorBit.writable |
  descriptorBit.segment |
  descriptorBit.present |
  descriptorBit.big |
  descriptorBit.granular;
const DPL_SHIFT = 13;
/** Distances from SYSENTER_CS of the stack segment, and of ring 3's two segments. */
const STACK = 8;
const USER_CODE = 16;
const USER_STACK = 24;
const USER_RING = 3;

function enterFlat(processor: Processor, code: number, stack: number, ring: number): void {
  const { state } = processor;
  const rights = FLAT | (ring << DPL_SHIFT);
  setPrivilege(processor, ring);
  storeSegment(state, CS, code | ring, 0, FLAT_LIMIT, rights | descriptorBit.code);
  storeSegment(state, SS, stack | ring, 0, FLAT_LIMIT, rights);
  refreshMode(processor);
}

function go(processor: Processor, eip: number, esp: number): Outcome {
  processor.state.u32[EIP] = eip;
  processor.state.u32[ESP] = esp;
  processor.events.farTransfers++;
  return TRANSFER;
}

const sysenter: Service = (processor) => {
  const { state } = processor;
  const code = state.u32[SYSENTER_CS] & ~3;
  if (isNull(code)) return raise(state, exception.generalProtection, 0);
  state.u32[FLAGS_REST] &= ~(eflag.interrupt | eflag.virtual8086 | eflag.resume);
  enterFlat(processor, code, code + STACK, 0);
  return go(processor, state.u32[SYSENTER_EIP], state.u32[SYSENTER_ESP]);
};

const sysexit: Service = (processor) => {
  const { state } = processor;
  const code = state.u32[SYSENTER_CS] & ~3;
  if (!inRing0(processor)) return FAULT;
  if (isNull(code)) return raise(state, exception.generalProtection, 0);
  enterFlat(processor, code + USER_CODE, code + USER_STACK, USER_RING);
  return go(processor, state.u32[EDX], state.u32[ECX]);
};

export const fastCallServices: Record<string, Service> = { sysenter, sysexit };

/**
 * Control and debug registers, and the instructions that steer the processor itself (SDM 3A 2.5, 2B MOV).
 */

import type { RegisterOperand, SpecialOperand } from '../instruction.ts';
import { exception, raise } from '../memory/faults.ts';
import { cr0Bit, cr4Bit } from '../memory/page-walk.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome, type Service } from '../service.ts';
import { memoryOperand, readOperand, readRegister, writeRegister } from './operands.ts';
import { inRing0, leaveNext, notSupported, transferNext } from './rights.ts';
import { storeWord } from './tasks.ts';

const { BASE, CR0, CR2, CR3, CR4, DEBUG, SEGMENTS, SEGMENT_WORDS } = words;

/** Bits of cr0 that exist; ET is wired to one. */
const CR0_BITS =
  cr0Bit.protection |
  cr0Bit.monitor |
  cr0Bit.emulate |
  cr0Bit.taskSwitched |
  cr0Bit.extension |
  cr0Bit.numericError |
  cr0Bit.writeProtect |
  cr0Bit.alignment |
  cr0Bit.notWriteThrough |
  cr0Bit.cacheDisable |
  cr0Bit.paging;
const CR4_BITS = cr4Bit.timeStampDisable | cr4Bit.pageSize | cr4Bit.performanceCounter | cr4Bit.fxsave;
const LMSW_BITS = cr0Bit.protection | cr0Bit.monitor | cr0Bit.emulate | cr0Bit.taskSwitched;

/** Debug registers: reserved bits that read as ones (SDM 3B 17.2). */
const DR6_ONES = 0xffff0ff0;
const DR6_BITS = 0x0000e00f;
const DR7_ONES = 0x00000400;
const DR7_RESERVED = 0x0000d800;
const GENERAL_DETECT = 1 << 13;

/** cr0 with its rules (SDM 3A 2.5): also for the outside, which asks without an instruction. */
export function writeCr0(processor: Processor, value: number): Outcome {
  const { state, spaces } = processor;
  const wanted = ((value & CR0_BITS) | cr0Bit.extension) >>> 0;
  const unprotected = (wanted & cr0Bit.protection) === 0;
  const badCache = (wanted & cr0Bit.notWriteThrough) !== 0 && (wanted & cr0Bit.cacheDisable) === 0;
  if ((unprotected && (wanted & cr0Bit.paging) !== 0) || badCache) {
    return raise(state, exception.generalProtection, 0);
  }
  if (unprotected) return notSupported(processor, 'real mode');
  const changed = state.u32[CR0] ^ wanted;
  state.u32[CR0] = wanted;
  if ((changed & cr0Bit.paging) !== 0) spaces.flushAll();
  else {
    if ((changed & wanted & cr0Bit.writeProtect) !== 0) spaces.protectWrites();
    if ((changed & cr0Bit.alignment) !== 0) spaces.select();
  }
  return transferNext(state);
}

export function writeCr4(processor: Processor, value: number): Outcome {
  const { state, spaces } = processor;
  if ((value & ~CR4_BITS) !== 0) return raise(state, exception.generalProtection, 0);
  const changed = state.u32[CR4] ^ value;
  state.u32[CR4] = value;
  if ((changed & cr4Bit.pageSize) !== 0) spaces.flushAll();
  return transferNext(state);
}

const CONTROL_WORDS = [CR0, -1, CR2, CR3, CR4];

const movcr: Service = (processor, { operands }) => {
  const { state, spaces } = processor;
  const [to, from] = operands;
  const special = (to.kind === 'control register' ? to : from) as SpecialOperand; // by the form of the instruction
  const at = CONTROL_WORDS[special.number] ?? -1;
  if (at < 0) return raise(state, exception.invalidOpcode);
  if (!inRing0(processor)) return FAULT;
  if (to.kind === 'register') {
    writeRegister(state, to.number, 4, state.u32[at]);
    return NEXT;
  }
  const value = readOperand(processor, from, 4);
  if (at === CR0) return writeCr0(processor, value);
  if (at === CR4) return writeCr4(processor, value);
  if (at === CR2) {
    state.u32[CR2] = value;
    return NEXT;
  }
  spaces.loadCr3(value);
  return transferNext(state);
};

const movdr: Service = (processor, { operands }) => {
  const { state } = processor;
  const { u32 } = state;
  const [to, from] = operands;
  const special = (to.kind === 'debug register' ? to : from) as SpecialOperand; // by the form of the instruction
  if (!inRing0(processor)) return FAULT;
  // 4 and 5 are 6 and 7 under their 80386 names while CR4.DE, which we do not offer, is clear.
  const number = special.number === 4 || special.number === 5 ? special.number + 2 : special.number;
  const dr7 = DEBUG + 7;
  if (u32[dr7] & GENERAL_DETECT) {
    u32[DEBUG + 6] |= GENERAL_DETECT;
    u32[dr7] &= ~GENERAL_DETECT;
    return raise(state, exception.debug);
  }
  if (to.kind === 'register') {
    const ones = number === 6 ? DR6_ONES : number === 7 ? DR7_ONES : 0;
    writeRegister(state, to.number, 4, u32[DEBUG + number] | ones);
    return NEXT;
  }
  const value = readRegister(state, (from as RegisterOperand).number, 4); // by the form of the instruction
  if (number === 6) u32[DEBUG + 6] = value & DR6_BITS;
  else u32[DEBUG + number] = number === 7 ? value & ~DR7_RESERVED : value;
  return NEXT;
};

const smsw: Service = (processor, instruction) =>
  storeWord(processor, instruction.operands[0], instruction, processor.state.u32[CR0]);

/** lmsw may set PE but never clear it. */
const lmsw: Service = (processor, { operands }) => {
  const { state } = processor;
  if (!inRing0(processor)) return FAULT;
  const word = readOperand(processor, operands[0], 2);
  if (word < 0) return FAULT;
  const kept = state.u32[CR0] & (~LMSW_BITS | cr0Bit.protection);
  return writeCr0(processor, kept | (word & LMSW_BITS));
};

const clts: Service = (processor) => {
  if (!inRing0(processor)) return FAULT;
  processor.state.u32[CR0] &= ~cr0Bit.taskSwitched;
  return NEXT;
};

const invlpg: Service = (processor, { operands }) => {
  const { state, access, spaces } = processor;
  if (!inRing0(processor)) return FAULT;
  const operand = memoryOperand(operands[0]);
  const base = state.u32[SEGMENTS + operand.segment * SEGMENT_WORDS + BASE];
  spaces.invalidatePage((base + access.effectiveOffset(operand)) >>> 0);
  return transferNext(state);
};

/** Caches are not modelled: invd and wbinvd find nothing to do. */
const emptyCaches: Service = (processor) => (inRing0(processor) ? NEXT : FAULT);

const hlt: Service = (processor) => {
  if (!inRing0(processor)) return FAULT;
  processor.halted = true;
  return leaveNext(processor.state);
};

export const controlServices: Record<string, Service> = {
  movcr,
  movdr,
  smsw,
  lmsw,
  clts,
  invlpg,
  invd: emptyCaches,
  wbinvd: emptyCaches,
  hlt,
};

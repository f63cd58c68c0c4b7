/**
 * What the processor says of itself, its clock, and the model-specific registers (SDM 2A CPUID, 2B RDMSR/WRMSR/RDTSC).
 * It claims to be an i686 with exactly the features it has: software believes every bit.
 */

import { exception, raise } from '../memory/faults.ts';
import { cr4Bit } from '../memory/page-walk.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Outcome, type Service } from '../service.ts';
import type { State } from '../state.ts';
import { inRing0, leaveNext } from './rights.ts';

const { CPL, CR4, EAX, EBX, ECX, EDX, SYSENTER_CS, SYSENTER_EIP, SYSENTER_ESP, TSC_OFFSET_HIGH, TSC_OFFSET_LOW } =
  words;

const WORD = 2 ** 32;
const SELECTOR_BITS = 0xffff;
/** Family 6, model 5, stepping 2: a Pentium II, the oldest i686 whose sysenter is not a rumour. */
const SIGNATURE = 0x0652;
const feature = {
  fpu: 1,
  pse: 1 << 3,
  tsc: 1 << 4,
  msr: 1 << 5,
  cx8: 1 << 8,
  apic: 1 << 9,
  sep: 1 << 11,
  cmov: 1 << 15,
  fxsr: 1 << 24,
};
const FEATURES =
  feature.fpu | feature.pse | feature.tsc | feature.msr | feature.cx8 | feature.sep | feature.cmov | feature.fxsr;
/** "Genu" "ineI" "ntel". */
const VENDOR = { ebx: 0x756e6547, edx: 0x49656e69, ecx: 0x6c65746e };
const LAST_LEAF = 1;

const cpuid: Service = ({ state, localApic }) => {
  const { u32 } = state;
  const features = localApic?.isEnabled ? FEATURES | feature.apic : FEATURES;
  const leaf = u32[EAX];
  u32[EAX] = leaf === 0 ? LAST_LEAF : leaf === 1 ? SIGNATURE : 0;
  u32[EBX] = leaf === 0 ? VENDOR.ebx : 0;
  u32[ECX] = leaf === 0 ? VENDOR.ecx : 0;
  u32[EDX] = leaf === 0 ? VENDOR.edx : leaf === 1 ? features : 0;
  return NEXT;
};

/** The time-stamp counter: the clock plus what software wrote to it, in two words, for a number holds only 53 bits. */
function timeStampLow(processor: Processor): number {
  return ((processor.clock() % WORD) + processor.state.u32[TSC_OFFSET_LOW]) % WORD;
}

function timeStampHigh(processor: Processor): number {
  const { u32 } = processor.state;
  const clock = processor.clock();
  const carry = (clock % WORD) + u32[TSC_OFFSET_LOW] >= WORD ? 1 : 0;
  return (Math.floor(clock / WORD) + u32[TSC_OFFSET_HIGH] + carry) % WORD;
}

function writeTimeStamp(processor: Processor, low: number, high: number): void {
  const { u32 } = processor.state;
  const clock = processor.clock();
  const borrow = low < clock % WORD ? 1 : 0;
  u32[TSC_OFFSET_LOW] = low - (clock % WORD);
  u32[TSC_OFFSET_HIGH] = high - Math.floor(clock / WORD) - borrow;
}

function answer(state: State, low: number, high: number): Outcome {
  state.u32[EAX] = low;
  state.u32[EDX] = high;
  return NEXT;
}

const rdtsc: Service = (processor) => {
  const { state } = processor;
  if (state.u32[CPL] !== 0 && (state.u32[CR4] & cr4Bit.timeStampDisable) !== 0) {
    return raise(state, exception.generalProtection, 0);
  }
  return answer(state, timeStampLow(processor), timeStampHigh(processor));
};

const PERFORMANCE_COUNTERS = 2;

/** The two performance counters exist and stand still. */
const rdpmc: Service = ({ state }) => {
  const allowed = state.u32[CPL] === 0 || (state.u32[CR4] & cr4Bit.performanceCounter) !== 0;
  if (!allowed || state.u32[ECX] >= PERFORMANCE_COUNTERS) return raise(state, exception.generalProtection, 0);
  return answer(state, 0, 0);
};

export const msr = {
  timeStamp: 0x10,
  platform: 0x17,
  apicBase: 0x1b,
  powerOn: 0x2a,
  microcode: 0x8b,
  sysenterCs: 0x174,
  sysenterEsp: 0x175,
  sysenterEip: 0x176,
} as const;

/** Low 32 bits of a register, or null if there is none of that number. */
export function readMsr(processor: Processor, index: number): number | null {
  const { u32 } = processor.state;
  switch (index) {
    case msr.timeStamp:
      return timeStampLow(processor);
    case msr.sysenterCs:
      return u32[SYSENTER_CS];
    case msr.sysenterEsp:
      return u32[SYSENTER_ESP];
    case msr.sysenterEip:
      return u32[SYSENTER_EIP];
    case msr.apicBase:
      return processor.localApic?.baseRegister ?? null;
    // A kernel asks for these before it knows how to survive the question; all-zero is a true answer.
    case msr.platform:
    case msr.powerOn:
    case msr.microcode:
      return 0;
    default:
      return null;
  }
}

/** False if there is no such register. */
export function writeMsr(processor: Processor, index: number, low: number, high: number): boolean {
  const { u32 } = processor.state;
  switch (index) {
    case msr.timeStamp:
      writeTimeStamp(processor, low, high);
      return true;
    case msr.sysenterCs:
      u32[SYSENTER_CS] = low & SELECTOR_BITS;
      return true;
    case msr.sysenterEsp:
      u32[SYSENTER_ESP] = low;
      return true;
    case msr.sysenterEip:
      u32[SYSENTER_EIP] = low;
      return true;
    case msr.apicBase:
      if (!processor.localApic?.setBase(low)) return false;
      processor.spaces.flushAll();
      return true;
    case msr.platform:
    case msr.powerOn:
    case msr.microcode:
      return true;
    default:
      return false;
  }
}

const rdmsr: Service = (processor) => {
  const { state } = processor;
  if (!inRing0(processor)) return FAULT;
  const low = readMsr(processor, state.u32[ECX]);
  if (low === null) return raise(state, exception.generalProtection, 0);
  const high = state.u32[ECX] === msr.timeStamp ? timeStampHigh(processor) : 0;
  return answer(state, low, high);
};

const wrmsr: Service = (processor) => {
  const { state } = processor;
  const { u32 } = state;
  if (!inRing0(processor)) return FAULT;
  if (!writeMsr(processor, u32[ECX], u32[EAX], u32[EDX])) return raise(state, exception.generalProtection, 0);
  return u32[ECX] === msr.apicBase ? leaveNext(state) : NEXT;
};

export const identityServices: Record<string, Service> = { cpuid, rdtsc, rdpmc, rdmsr, wrmsr };

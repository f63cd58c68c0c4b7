/**
 * fxsave and fxrstor (SDM 1 10.5, SDM 2A): the x87 and SSE registers in one aligned area of 512 bytes.
 *
 *       0  control, status, tags (one bit each), opcode   – words of two bytes
 *       8  eip, cs, operand, selector                     – of four
 *      24  mxcsr, and which of its bits exist
 *      32  ST(0) … ST(7), 16 bytes each, six of them unused
 *     160  xmm0 … xmm7
 *     288  reserved, and left as it is
 */

import type { Instruction } from '../instruction.ts';
import type { Processor } from '../processor.ts';
import { FAULT, NEXT, type Service } from '../service.ts';
import { segmentLayout, stateLayout } from '../state.ts';
import { generalProtection, requireMemory, withoutWaiting } from './frame.ts';
import { LAST_OPCODE, restorePointers, savePointers } from './last-instruction.ts';
import type { Unit } from './unit.ts';

const CR4 = stateLayout.at.cr4;
const MXCSR = stateLayout.at.mxcsr;
const XMM = stateLayout.at.xmm;
const SEGMENT_BYTES = segmentLayout.bytes;
const BASES = stateLayout.at.segments + segmentLayout.at.base;
const AREA_BYTES = 512;
const ALIGNMENT = 16;
const REGISTERS_AT = 32;
const XMM_AT = 160;
const XMM_WORDS = 32;
const USED_BYTES = XMM_AT + XMM_WORDS * 4;
/** Bits of mxcsr that may be set, denormals-are-zeros among them; loading others is #GP(0). */
const MXCSR_MASK = 0xffff;
/** cr4.OSFXSR: the system knows of the xmm registers and wants them saved. */
const CR4_OSFXSR = 1 << 9;

/** Offset of the area, or -1 for a misaligned one. Alignment is judged on the linear address. */
function areaOffset(processor: Processor, instruction: Instruction): number {
  const operand = requireMemory(instruction);
  const offset = processor.access.effectiveOffset(operand);
  const base = processor.state.get(BASES + operand.segment * SEGMENT_BYTES);
  return ((base + offset) & (ALIGNMENT - 1)) === 0 ? offset : -1;
}

/** Fills the unit's area; answers how many bytes of it are to be written. */
function save(unit: Unit): number {
  const { state } = unit;
  const { words } = unit.area;
  words[0] = unit.control | (unit.status << 16);
  words[1] = (~unit.empty & 0xff) | (state.get(LAST_OPCODE) << 16);
  savePointers(state, words, 2);
  words[6] = state.get(MXCSR);
  words[7] = MXCSR_MASK;
  for (let i = 0, to = REGISTERS_AT >>> 2; i < 8; i++, to += 4) {
    unit.load(i, unit.a);
    words[to] = unit.a.low;
    words[to + 1] = unit.a.high;
    words[to + 2] = (unit.a.sign << 15) | unit.a.exponent;
    words[to + 3] = 0;
  }
  if ((state.get(CR4) & CR4_OSFXSR) === 0) return XMM_AT;
  for (let index = 0; index < XMM_WORDS; index++) words[(XMM_AT >>> 2) + index] = state.get(XMM + index * 4);
  return USED_BYTES;
}

const fxsave = withoutWaiting((unit, processor, instruction) => {
  const { segment } = requireMemory(instruction);
  const offset = areaOffset(processor, instruction);
  if (offset < 0) return generalProtection(processor.state);
  if (processor.access.probeWrite(segment, offset, AREA_BYTES) === FAULT) return FAULT;
  unit.area.write(processor, segment, offset, save(unit));
  return NEXT;
});

const fxrstor = withoutWaiting((unit, processor, instruction) => {
  const { segment } = requireMemory(instruction);
  const offset = areaOffset(processor, instruction);
  if (offset < 0) return generalProtection(processor.state);
  if (unit.area.read(processor, segment, offset, USED_BYTES) === FAULT) return FAULT;
  const simd = (processor.state.get(CR4) & CR4_OSFXSR) !== 0;
  if (simd && (unit.area.words[6] & ~MXCSR_MASK) !== 0) return generalProtection(processor.state);
  restore(unit, unit.area.words, simd);
  return NEXT;
});

function restore(unit: Unit, words: Uint32Array, simd: boolean): void {
  const { state } = unit;
  unit.control = words[0] & 0xffff;
  unit.status = words[0] >>> 16;
  unit.empty = ~words[1];
  state.set(LAST_OPCODE, (words[1] >>> 16) & 0x7ff);
  restorePointers(state, words, 2);
  for (let i = 0; i < 8; i++) {
    const place = (REGISTERS_AT >>> 2) + i * 4;
    const top = words[place + 2];
    unit.a.set((top >>> 15) & 1, top & 0x7fff, words[place + 1] | 0, words[place] | 0);
    unit.storePhysical(unit.slot(i), unit.a);
  }
  if (!simd) return;
  state.set(MXCSR, words[6]);
  for (let index = 0; index < XMM_WORDS; index++) state.set(XMM + index * 4, words[(XMM_AT >>> 2) + index]);
}

export const extendedSaveServices: Record<string, Service> = { fxsave, fxrstor };

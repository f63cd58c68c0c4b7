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
import type { Unit } from './unit.ts';

const at = stateLayout.at;
const AREA_BYTES = 512;
const ALIGNMENT = 16;
const REGISTERS_AT = 32;
const XMM_AT = 160;
const XMM_WORDS = 32;
const USED_WORDS = (XMM_AT + XMM_WORDS * 4) / 4;
/** Bits of mxcsr that may be set, denormals-are-zeros among them; loading others is #GP(0). */
const MXCSR_MASK = 0xffff;
/** cr4.OSFXSR: the system knows of the xmm registers and wants them saved. */
const CR4_OSFXSR = 1 << 9;

/** Offset of the area, or -1 for a misaligned one. Alignment is judged on the linear address. */
function areaOffset(processor: Processor, instruction: Instruction): number {
  const operand = requireMemory(instruction);
  const offset = processor.access.effectiveOffset(operand);
  const base = processor.state.get(at.segments + operand.segment * segmentLayout.bytes + segmentLayout.at.base);
  return ((base + offset) & (ALIGNMENT - 1)) === 0 ? offset : -1;
}

/** The 32-bit words of the area that fxsave writes. */
function savedWords(unit: Unit): number[] {
  const { state } = unit;
  const words = [
    unit.control | (unit.status << 16),
    (~unit.empty & 0xff) | (state.get(at.fpuOpcode) << 16),
    state.get(at.fpuInstruction),
    state.get(at.fpuInstructionSelector),
    state.get(at.fpuOperand),
    state.get(at.fpuOperandSelector),
    state.get(at.mxcsr),
    MXCSR_MASK,
  ];
  for (let i = 0; i < 8; i++) {
    unit.load(i, unit.a);
    words.push(unit.a.low, unit.a.high, (unit.a.sign << 15) | unit.a.exponent, 0);
  }
  if ((state.get(at.cr4) & CR4_OSFXSR) !== 0) {
    for (let index = 0; index < XMM_WORDS; index++) words.push(state.get(at.xmm + index * 4));
  }
  return words;
}

const fxsave = withoutWaiting((unit, processor, instruction) => {
  const { segment } = requireMemory(instruction);
  const offset = areaOffset(processor, instruction);
  if (offset < 0) return generalProtection(processor.state);
  if (processor.access.probeWrite(segment, offset, AREA_BYTES) === FAULT) return FAULT;
  savedWords(unit).forEach((word, index) => {
    processor.access.write(segment, (offset + index * 4) >>> 0, 4, word >>> 0);
  });
  return NEXT;
});

const fxrstor = withoutWaiting((unit, processor, instruction) => {
  const { segment } = requireMemory(instruction);
  const offset = areaOffset(processor, instruction);
  if (offset < 0) return generalProtection(processor.state);
  const words: number[] = [];
  for (let index = 0; index < USED_WORDS; index++) {
    const word = processor.access.read(segment, (offset + index * 4) >>> 0, 4);
    if (word < 0) return FAULT;
    words.push(word);
  }
  const simd = (processor.state.get(at.cr4) & CR4_OSFXSR) !== 0;
  if (simd && (words[6] & ~MXCSR_MASK) !== 0) return generalProtection(processor.state);
  restore(unit, words, simd);
  return NEXT;
});

function restore(unit: Unit, words: readonly number[], simd: boolean): void {
  const { state } = unit;
  unit.control = words[0] & 0xffff;
  unit.status = words[0] >>> 16;
  unit.empty = ~words[1];
  state.set(at.fpuOpcode, (words[1] >>> 16) & 0x7ff);
  state.set(at.fpuInstruction, words[2]);
  state.set(at.fpuInstructionSelector, words[3] & 0xffff);
  state.set(at.fpuOperand, words[4]);
  state.set(at.fpuOperandSelector, words[5] & 0xffff);
  for (let i = 0; i < 8; i++) {
    const place = REGISTERS_AT / 4 + i * 4;
    const top = words[place + 2];
    unit.a.set((top >>> 15) & 1, top & 0x7fff, words[place + 1] | 0, words[place] | 0);
    unit.storePhysical(unit.slot(i), unit.a);
  }
  if (!simd) return;
  state.set(at.mxcsr, words[6]);
  for (let index = 0; index < XMM_WORDS; index++) state.set(at.xmm + index * 4, words[XMM_AT / 4 + index]);
}

export const extendedSaveServices: Record<string, Service> = { fxsave, fxrstor };

/**
 * Which handler stands before the service of a repeated string instruction.
 *
 * @journey ground/strings-in-webassembly
 * A rep is a loop in one instruction, and kernels copy nearly everything with it.  A page at a time it is one copy from
 * here to there, upwards or down: no element is looked at, and no TypeScript runs.  A page that is missing is asked for
 * where it is missed.  Where something could tell the difference (page tables are watched, the segment ends), the slow
 * loop in system/strings.ts does it, element by element, and faults where silicon would.
 */

import type { FunctionBuilder } from '../emit/function-builder.ts';
import { type Instruction, registerNumber, type SegmentNumber, segmentNumber } from '../instruction.ts';
import { serviceFindings } from '../interpreter/handler-machine.ts';
import type { HandlerChoice, WrittenHandlers } from '../interpreter/written-handlers.ts';
import { mode } from '../state.ts';
import { writeRepeatedComparison } from './comparisons.ts';
import { writeRepeatedMove, writeRepeatedStore } from './moves.ts';
import { RepeatCode, type StringPlace } from './repeat-code.ts';
import { repeatInRegion } from './repeat-routine.ts';

const { esi, edi } = registerNumber;
const { es, ss, ds } = segmentNumber;

const flatBits: Readonly<Record<number, number>> = { [es]: mode.flatExtra, [ss]: mode.flatStack, [ds]: mode.flatData };
const isFlat = (segment: SegmentNumber, modeBits: number) => (modeBits & (flatBits[segment] ?? 0)) !== 0;

type Writer = (
  code: FunctionBuilder,
  repeat: RepeatCode,
  instruction: Instruction,
  target: StringPlace,
  source: StringPlace,
) => void;

const writers: Readonly<Record<string, Writer>> = {
  movs: (code, repeat, _, target, source) => writeRepeatedMove(code, repeat, { ...target, write: true }, source),
  stos: (code, repeat, _, target) => writeRepeatedStore(code, repeat, { ...target, write: true }),
  cmps: writeRepeatedComparison,
  scas: (code, repeat, instruction, target) => writeRepeatedComparison(code, repeat, instruction, target, null),
};

const choice =
  (write: Writer): HandlerChoice =>
  (instruction, modeBits) => {
    const { addressSize, mnemonic, operandSize, repeat, segment } = instruction;
    if (repeat === 'none' || addressSize !== 4) return null;
    const target = { register: edi, segment: es, flat: isFlat(es, modeBits), write: false };
    const source = { register: esi, segment, flat: isFlat(segment, modeBits), write: false };
    const key = `${repeat} ${mnemonic} ${operandSize} ${target.flat} ${segment} ${source.flat}`;
    const writeWith = (code: FunctionBuilder, how: RepeatCode) => write(code, how, instruction, target, source);
    return {
      key,
      findings: serviceFindings,
      write: (code) => writeWith(code, new RepeatCode(code, instruction)),
      ...repeatInRegion(instruction, key, writeWith),
    };
  };

export const stringHandlers: WrittenHandlers = Object.fromEntries(
  Object.entries(writers).map(([mnemonic, write]) => [mnemonic, choice(write)]),
);
// @end

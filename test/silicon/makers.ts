/**
 * Where one maker's silicon answers differently from another's, and both are within their manuals.  Ours answers as AMD's
 * does, whose chips made the corpus; here is what an Intel processor may say instead.
 */

import { eflag } from '../../core/x86/state.ts';
import type { Outcome, SiliconCase } from './case.ts';
import { instructionOf, linearAddress, stackAddress } from './undefined.ts';
import { CODE_START, ldtSelector } from './windows.ts';

const DEBUG = 1;
const BOUND_EXCEEDED = 5;
const PAGE_FAULT = 14;
const memoryFaults = new Set([12, 13, 14, 17]);
const ARITHMETIC = eflag.carry | eflag.parity | eflag.adjust | eflag.zero | eflag.sign | eflag.overflow;

/**
 * EFLAGS bits that may differ where a repeated string instruction was left before its last turn.  RF at a trap: Intel sets
 * it (SDM 3B 17.3.1.1), AMD leaves it.  Flags of cmps and scas: Intel gives back those from before the instruction (SDM
 * 2B, REP), AMD those of the last comparison; anything else is wrong.
 */
export function flagsLeftAmid(question: SiliconCase, answer: Outcome): number {
  const isRepeated = (instructionOf(question)?.repeat ?? 'none') !== 'none';
  if (!isRepeated || answer.eip !== CODE_START) return 0;
  const isGivenBack = ((answer.eflags ^ question.eflags) & ARITHMETIC) === 0;
  return (answer.vector === DEBUG ? eflag.resume : 0) | (isGivenBack ? ARITHMETIC : 0);
}

/**
 * Whether two answers may both be right because one processor looked at less memory: Intel moves a selector on the stack
 * as two bytes where AMD moves all four (SDM 2B, PUSH), and finds an index below its bounds before it reads the upper one.
 */
export function looksAtLess(question: SiliconCase, ours: Outcome, theirs: Outcome): boolean {
  if (!memoryFaults.has(ours.vector)) return false;
  if (theirs.vector === BOUND_EXCEEDED) return isBeyondLowerBound(question, ours);
  const isSameFault = ours.vector === theirs.vector && ours.faultAddress === theirs.faultAddress;
  return !isSameFault && halfSelector(question);
}

function isBeyondLowerBound(question: SiliconCase, { vector, faultAddress }: Outcome): boolean {
  const bounds = instructionOf(question)?.operands[1];
  if (bounds?.kind !== 'memory') return false;
  const lastOfLower = linearAddress(question, bounds) + 3;
  return vector !== PAGE_FAULT || lastOfLower >>> 12 !== faultAddress >>> 12;
}

/** From ESP to where each keeps a selector. */
const selectorSlot: Readonly<Record<string, number>> = { pushseg: -4, popseg: 0, retf: 4, iret: 4 };

/** Whether the lower half of the selector's place on the stack can be reached alone: a limit or a page ends between. */
function halfSelector(question: SiliconCase): boolean {
  const instruction = instructionOf(question);
  const slot = selectorSlot[instruction?.mnemonic ?? ''];
  if (slot === undefined || instruction?.operandSize !== 4) return false;
  const { offset, linear } = stackAddress(question, slot);
  const { limit = 0xffffffff } = question.ldt.find(({ entry }) => ldtSelector(entry) === question.segments.ss) ?? {};
  const isCutByLimit = offset + 1 <= limit && offset + 3 > limit;
  return isCutByLimit || (linear + 1) >>> 12 !== (linear + 3) >>> 12;
}

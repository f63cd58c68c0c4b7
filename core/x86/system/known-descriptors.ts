/**
 * Descriptors that were loaded before.  A selector whose descriptor still is the same two dwords, loaded from the same
 * ring, gives the same segment register; generated code compares and copies (system-code).  Only what came from the GDT
 * is remembered, after every check was made; the accessed bit was set, so there is nothing to mark either.
 */

import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { memoryMap } from '../state.ts';
import { DESCRIPTOR_BYTES } from './descriptors.ts';
import { openDwords } from './windows.ts';

const { CPL, GDT_BASE, SEGMENT_WORDS, SUPERVISOR_READ_TABLE } = words;

/** Words of a memory: who loaded what from where, the descriptor before and its high dword after, and what came of it. */
export const descriptorMemory = { key: 0, at: 1, low: 2, high: 3, result: 4, highAfter: 12 } as const;
const { key: KEY, at: AT, low: LOW, high: HIGH, result: RESULT, highAfter: HIGH_AFTER } = descriptorMemory;

/** The key: the selector, the ring, and what for: a bit that is always set. */
export const descriptorKey = { ringShift: 16, data: 1 << 20, task: 1 << 21, stack: 1 << 22 } as const;

/** The place of a descriptor by its linear address plus the ring (the Switcher loads what the guest's kernel does), and by
 *  a bit more for ss, which often takes the one that ds has; generated code computes the same. */
export const descriptorPlace = { multiplier: 0x9e3779b1 | 0, shift: 24, strideShift: 6, stackBit: 4 } as const;

const LOCAL_TABLE = 4;
const INDEX = 0xfff8;

/** Remembers that the segment register whose words are at `register` was just loaded so; `low` and `high` are the
 *  descriptor as it was before. */
export function rememberDescriptor(
  processor: Processor,
  purpose: number,
  register: number,
  selector: number,
  low: number,
  high: number,
): void {
  const { state } = processor;
  const { i32, u32 } = state;
  if ((selector & LOCAL_TABLE) !== 0) return;
  const at = (u32[GDT_BASE] + (selector & INDEX)) >>> 0;
  const now = openDwords(state, SUPERVISOR_READ_TABLE, at, DESCRIPTOR_BYTES);
  if (now < 0) return;
  const which = i32[CPL] + (purpose === descriptorKey.stack ? descriptorPlace.stackBit : 0);
  const spread = Math.imul(at + which, descriptorPlace.multiplier) >>> descriptorPlace.shift;
  const place = spread << descriptorPlace.strideShift;
  const memory = (memoryMap.knownDescriptors + place) >>> 2;
  i32[memory + KEY] = selector | (i32[CPL] << descriptorKey.ringShift) | purpose;
  i32[memory + AT] = at;
  i32[memory + LOW] = low;
  i32[memory + HIGH] = high;
  i32[memory + HIGH_AFTER] = i32[now + 1];
  i32.copyWithin(memory + RESULT, register, register + SEGMENT_WORDS);
}

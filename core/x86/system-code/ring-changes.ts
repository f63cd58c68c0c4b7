/**
 * The last steps of a transfer that was made before, into the code that is remembered of it (system/known-rings.ts): what
 * entries (ring-entries.ts) and returns (ring-returns.ts) have in common.
 */

import type { Value } from '../emit/function-builder.ts';
import { words } from '../memory/words.ts';
import { mode } from '../state.ts';
import { ringMemory } from '../system/known-rings.ts';
import type { SystemWriter } from './system-writer.ts';

const { CODE_TABLE_ROW, CS, ESP, MODE, SS } = words;

export const USER_RING = 3;
const DATA_BITS = mode.flatData | mode.flatExtra;
const CODE_BITS = mode.code32 | mode.flatCode;

/** What goes into memory or comes out of it, and may still give up. Answers the new esp. */
type Beside = () => Value;

/** Into remembered code of the same ring. */
export function enterCode(w: SystemWriter, memory: Value, beside: Beside): void {
  const bits = w.and(w.of(memory, ringMemory.modeBits), w.constant(CODE_BITS));
  const newMode = w.or(w.and(w.word(MODE), w.constant(~CODE_BITS)), bits);
  const codeTable = w.codeTable(w.word(CODE_TABLE_ROW), newMode);
  const esp = beside();
  w.copySegment(CS, memory, ringMemory.newCode);
  w.setWord(ESP, esp);
  w.selectMode(newMode, codeTable);
}

interface RingChange {
  readonly ring: Value;
  /** 0 or 1: whether that is ring 3. */
  readonly isUser: Value;
  /** What is left of it there. */
  readonly budget: Value;
}

/** Into remembered code and onto a remembered stack of another ring. */
export function enterRing(w: SystemWriter, memory: Value, { ring, isUser, budget }: RingChange, beside: Beside): void {
  const newMode = w.or(w.and(w.word(MODE), w.constant(DATA_BITS)), w.of(memory, ringMemory.modeBits));
  const codeTable = w.codeTable(w.word(CODE_TABLE_ROW), newMode);
  const esp = beside();
  w.enterRing(ring, budget);
  w.copySegment(CS, memory, ringMemory.newCode);
  w.copySegment(SS, memory, ringMemory.newStack);
  w.setWord(ESP, esp);
  w.selectMode(newMode, codeTable);
  w.selectTables(isUser);
}

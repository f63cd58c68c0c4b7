/**
 * Several dwords at once.  Descriptors and frames are read and written whole; where the translation tables have their
 * page open they are used in place, by index in the 32-bit views, and one look-up serves for all of them.  Where not,
 * they go through memory access one by one and meet in the scratch page.
 */

import { PAGE_BYTES } from '../../agreement/addresses.ts';
import { words } from '../memory/words.ts';
import type { Processor } from '../processor.ts';
import { FAULT } from '../service.ts';
import type { State } from '../state.ts';

const { SUPERVISOR_READ_TABLE } = words;

const NOT_OPEN = -1;
const DESCRIPTOR_BYTES = 8;
const PAGE = PAGE_BYTES;

/** Index in the 32-bit views of `bytes` aligned bytes at `linear`, or NOT_OPEN. `table` is the state word of a table. */
export function openDwords(state: State, table: number, linear: number, bytes: number): number {
  const entry = state.i32[(state.u32[table] >>> 2) + (linear >>> 12)];
  if (entry === 0 || (linear & 3) !== 0 || (linear & (PAGE - 1)) + bytes > PAGE) return NOT_OPEN;
  return (linear + entry + 1) >>> 2;
}

/** Index in the 32-bit views of a descriptor's low dword, the high one behind it; or -1 with a fault in the state. */
export function openDescriptor(processor: Processor, address: number, slot: number): number {
  const { state, access } = processor;
  const at = openDwords(state, SUPERVISOR_READ_TABLE, address, DESCRIPTOR_BYTES);
  if (at !== NOT_OPEN) return at;
  const low = access.readLinear(address, 4, true);
  if (low < 0) return FAULT;
  const high = access.readLinear((address + 4) >>> 0, 4, true);
  if (high < 0) return FAULT;
  state.u32[slot] = low;
  state.u32[slot + 1] = high;
  return slot;
}

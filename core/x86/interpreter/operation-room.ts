/**
 * Room for decoded code: operations one behind the other, until all is dropped.  There is much of it, but memory that was
 * never touched costs more than decoding a little once more, so code that runs a few times and never again gets the same
 * room over and over.  What counts is instructions begun, which are the same on every engine.
 */

import { layout, u32 } from '../../agreement/layout.ts';
import { memoryMap, type State } from '../state.ts';
import { LONGEST_BLOCK } from './block.ts';
import { OPERATION_BYTES } from './operation.ts';
import { templateMemory } from './templates.ts';

/** Generated code takes room, too, as long as it lies before the window's end. */
export const roomLayout = layout('ROOM', {
  next: u32,
  windowEnd: u32,
  /** Not zero as long as a shortened block may be running, which has copies of operations that nobody finds. */
  cut: u32,
});
export const ROOM = templateMemory.operationRoom;
const NEXT = (ROOM + roomLayout.at.next) >>> 2;
const CUT = (ROOM + roomLayout.at.cut) >>> 2;
const WINDOW_END = (ROOM + roomLayout.at.windowEnd) >>> 2;

/** The longest block: a guard, and what goes on behind it. */
const BLOCK_BYTES = (LONGEST_BLOCK + 2) * OPERATION_BYTES;
/** Room for one shortened block, kept at the end of the operations. */
export const SHORTENED = memoryMap.operations + memoryMap.operationBytes - BLOCK_BYTES;
/** So much is written before anybody asks whether it is worth keeping. */
const WINDOW_BYTES = 0x0100_0000;
/** If fewer instructions than so many for each one decoded have begun meanwhile, in old code and new, none of it is worth
 *  more memory. */
const COLD_RUNS = 8;
const COLD_INSTRUCTIONS = (COLD_RUNS * WINDOW_BYTES) / OPERATION_BYTES;

export class OperationRoom {
  private readonly u32: Uint32Array;
  private readonly begun: () => number;
  private begunBefore = 0;

  /** `begun` says how many instructions have begun. */
  constructor({ u32 }: State, begun: () => number) {
    this.u32 = u32;
    this.begun = begun;
    this.open();
  }

  /** Where the next block goes. */
  get next(): number {
    return this.u32[NEXT];
  }

  set next(address: number) {
    this.u32[NEXT] = address;
  }

  /** Whether a shortened block is about to be entered. */
  set cut(now: boolean) {
    this.u32[CUT] = now ? 1 : 0;
  }

  /** Everything should be dropped before another block is written. */
  get isSpent(): boolean {
    if (this.next < this.u32[WINDOW_END]) return false;
    if (this.next + BLOCK_BYTES > SHORTENED) return true;
    const begun = this.begun();
    const cold = begun - this.begunBefore < COLD_INSTRUCTIONS;
    this.begunBefore = begun;
    this.u32[WINDOW_END] = Math.min(this.next + WINDOW_BYTES, SHORTENED - BLOCK_BYTES);
    return cold;
  }

  clear(): void {
    this.open();
    this.begunBefore = this.begun();
  }

  private open(): void {
    this.next = memoryMap.operations;
    this.u32[WINDOW_END] = memoryMap.operations + WINDOW_BYTES;
  }
}

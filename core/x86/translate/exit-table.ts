/**
 * Where regions may be left: for each place a record in the memory object that says at which operation the interpreter
 * goes on.  Generated code carries the record's address only, so leaving costs it two instructions.
 */

import { layout, u32 } from '../../agreement/layout.ts';
import { operationLayout } from '../interpreter/operation.ts';
import { memoryMap, type State } from '../state.ts';

export const exitLayout = layout('EXIT', {
  operation: u32,
  /** The handler that was there before any region took its place; JUMPED if the operation's jump has been made already. */
  handler: u32,
  /** Instructions of the region's block that were paid for and not executed. */
  unpaid: u32,
  /** Counts up to zero, if the region is to be thought over when it has been left here too often; else 0. */
  wear: u32,
});

/** More than one region needs. */
const ROOM_FOR_ONE = 0x20_0000;
const WEAR = 2000;
/** No handler has this number. */
export const JUMPED = -1;

const HANDLER = operationLayout.at.handler >>> 2;

export class ExitTable {
  private readonly state: State;
  /** The handlers that regions have replaced, by operation. */
  private readonly replaced: ReadonlyMap<number, number>;
  private next: number = memoryMap.exits;

  constructor(state: State, replaced: ReadonlyMap<number, number>) {
    this.state = state;
    this.replaced = replaced;
  }

  /** Where the next record will lie: those of a region lie between what this says before and after it is written. */
  get end(): number {
    return this.next;
  }

  get full(): boolean {
    return this.next + ROOM_FOR_ONE > memoryMap.exits + memoryMap.exitBytes;
  }

  clear(): void {
    this.next = memoryMap.exits;
  }

  /** A table of bytes for an indirect jump: the number of each target, counted from 1, at its distance from the first
   *  `first`; 0 elsewhere. */
  jumpTable(first: number, targets: readonly number[], span: number): number {
    const at = this.next;
    this.next += (span + exitLayout.bytes - 1) & -exitLayout.bytes;
    this.state.u8.fill(0, at, this.next);
    for (const [index, target] of targets.entries()) this.state.u8[at + target - first] = index + 1;
    return at;
  }

  /** To execute the operation itself. */
  atOperation(operation: number, unpaid: number, wears = false): number {
    const handler = this.replaced.get(operation) ?? this.state.i32[(operation >>> 2) + HANDLER];
    return this.add(operation, handler, unpaid, wears ? -WEAR : 0);
  }

  /** To go where the operation's direct jump leads. */
  byJump(operation: number): number {
    return this.add(operation, JUMPED, 0, 0);
  }

  private add(operation: number, handler: number, unpaid: number, wear: number): number {
    const at = this.next;
    this.next += exitLayout.bytes;
    this.state.i32[at >>> 2] = operation;
    this.state.i32[(at >>> 2) + 1] = handler;
    this.state.i32[(at >>> 2) + 2] = unpaid;
    this.state.i32[(at >>> 2) + 3] = wear;
    return at;
  }
}

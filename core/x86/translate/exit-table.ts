/**
 * Where regions may be left: for each place a record in the memory object that says at which operation the interpreter
 * goes on.  Generated code carries the record's address only, so leaving costs it two instructions.
 */

import { layout, u16, u32 } from '../../agreement/layout.ts';
import { operationLayout } from '../interpreter/operation.ts';
import { memoryMap, type State } from '../state.ts';

export const exitLayout = layout('EXIT', {
  operation: u32,
  /** The handler that was there before any region took its place; or JUMPED, FAULTED or DONE. */
  handler: u32,
  /** Instructions of the region's block that were paid for and not executed. */
  unpaid: u16,
  /** Why it counts (`wears`). */
  kind: u16,
  /** Counts up to zero, if the region is to be thought over when it has been left here too often; else 0. */
  wear: u32,
});

/** More than one region needs. */
const ROOM_FOR_ONE = 0x20_0000;
const WEAR = 2000;
/** Of what it takes: who has worn down to so much is thought over with who has nothing left. */
const LEAST_LEFT = 3 / 4;
/** No handler has these numbers.  The operation's jump has been made already. */
export const JUMPED = -1;
/** Its fault is in the state. */
export const FAULTED = -2;
/** All of it is done, but the code behind it may have been dropped. */
export const DONE = -3;

/** The operation's indirect jump has been made, and says where. */
export const STRAYED = -4;

/** Why a region is thought over: accesses that share a look lie on two pages; a page is not in the translation tables; a
 *  jump goes elsewhere. */
export const wears = { never: 0, crossing: 1, miss: 2, elsewhere: 3 } as const;
export type Wear = keyof typeof wears;
const KIND_SHIFT = 16;

const HANDLER = operationLayout.at.handler >>> 2;

export class ExitTable {
  private readonly state: State;
  /** The handlers that regions have replaced, by operation. */
  private readonly replaced: ReadonlyMap<number, number>;
  /** How many misses at one place make a region ask there, and how many jumps elsewhere make it follow. */
  private readonly misses: number;
  private next: number = memoryMap.exits;
  /** Where tables of bytes lie, by their targets. */
  private readonly jumpTables = new Map<string, number>();

  constructor(state: State, replaced: ReadonlyMap<number, number>, misses: number) {
    this.state = state;
    this.misses = misses;
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
    this.jumpTables.clear();
    this.next = memoryMap.exits;
  }

  /** A table of bytes for an indirect jump: the number of each target, counted from 1, at its distance from the first
   *  `first`; 0 elsewhere. Returns of a region mostly share theirs. */
  jumpTable(first: number, targets: readonly number[], span: number): number {
    const key = targets.join();
    const known = this.jumpTables.get(key);
    if (known !== undefined) return known;
    const at = this.next;
    this.jumpTables.set(key, at);
    this.next += (span + exitLayout.bytes - 1) & -exitLayout.bytes;
    this.state.u8.fill(0, at, this.next);
    for (const [index, target] of targets.entries()) this.state.u8[at + target - first] = index + 1;
    return at;
  }

  /** To execute the operation itself. */
  atOperation(operation: number, unpaid: number, wear: Wear = 'never'): number {
    return this.add(operation, this.handlerOf(operation), unpaid, wear);
  }

  /** The operation's handler as long as no region stands in for it. */
  handlerOf(operation: number): number {
    return this.replaced.get(operation) ?? this.state.i32[(operation >>> 2) + HANDLER];
  }

  /** To deliver the fault the operation has raised. */
  withFault(operation: number, unpaid: number): number {
    return this.add(operation, FAULTED, unpaid, 'never');
  }

  /** To go on behind the operation, wherever that is decoded now. */
  behind(operation: number, unpaid: number): number {
    return this.add(operation, DONE, unpaid, 'never');
  }

  wearOf(exit: number): number {
    return this.state.u32[(exit + exitLayout.at.unpaid) >>> 2] >>> KIND_SHIFT;
  }

  /** Operations that have left their region through these records for this reason, nearly as often as it takes. */
  worn(first: number, last: number, wear: Wear): number[] {
    const found: number[] = [];
    for (let at = first; at < last; at += exitLayout.bytes) {
      const worn = this.state.i32[(at + exitLayout.at.wear) >>> 2];
      if (this.wearOf(at) === wears[wear] && worn >= -this.limitOf(wear) * LEAST_LEFT) found.push(this.operationOf(at));
    }
    return found;
  }

  operationOf(exit: number): number {
    return this.state.i32[exit >>> 2];
  }

  private limitOf(wear: Wear): number {
    return wear === 'never' ? 0 : wear === 'crossing' ? WEAR : this.misses;
  }

  /** To go where the operation's direct jump leads. */
  byJump(operation: number): number {
    return this.add(operation, JUMPED, 0, 'never');
  }

  /** For the jump that wears the record out, which its region counts (indirect-jumps.ts). */
  elsewhere(operation: number): number {
    return this.add(operation, STRAYED, 0, 'elsewhere');
  }

  private add(operation: number, handler: number, unpaid: number, wear: Wear): number {
    const at = this.next;
    this.next += exitLayout.bytes;
    this.state.i32[at >>> 2] = operation;
    this.state.i32[(at >>> 2) + 1] = handler;
    this.state.i32[(at >>> 2) + 2] = unpaid | (wears[wear] << KIND_SHIFT);
    this.state.i32[(at >>> 2) + 3] = -this.limitOf(wear);
    return at;
  }
}

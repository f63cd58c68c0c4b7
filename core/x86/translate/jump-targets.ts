/**
 * Where an indirect jump or call is expected to go: what was executed of its table, and where its region was left to too
 * often.
 */

import { type MemoryOperand, segmentNumber } from '../instruction.ts';
import type { Decoded } from '../interpreter/block.ts';
import type { CodeCache } from '../interpreter/code-cache.ts';

/** Of a jump's table: how much of it is looked at, and how far from the jump its targets may lie. */
const MOST_TARGETS = 256;
const NEARBY = 0x10000;
/** How far before a jump its register may have been loaded: so many instructions are looked at. */
export const LOOK_BACK = 6;
/** More targets than this are not followed for one jump. */
const MOST_FOLLOWED = 4;

export class JumpTargets {
  private readonly cache: CodeCache;
  /** By operation. */
  private readonly followed = new Map<number, Set<number>>();

  constructor(cache: CodeCache) {
    this.cache = cache;
  }

  /** Operations are about to be given new meanings. */
  forget(): void {
    this.followed.clear();
  }

  /** A region was left often by this operation, last to where it says. False if that is known, or too many are, or it is not
   *  to be had. */
  follow(operation: number): boolean {
    const eips = this.followed.get(operation) ?? new Set();
    const eip = this.cache.wordOf(operation, 'targetEip') >>> 0;
    if (eips.has(eip) || eips.size === MOST_FOLLOWED || this.isChanging(eip)) return false;
    this.followed.set(operation, eips.add(eip));
    return true;
  }

  mayFollow(operation: number): boolean {
    return (this.followed.get(operation)?.size ?? 0) < MOST_FOLLOWED;
  }

  /** Targets of a jump with an operation, behind other instructions. */
  of(jump: Decoded, operation: number, before: readonly Decoded[]): number[] {
    const table = tableOf(jump, before);
    const targets = table === null ? [] : this.readTable(jump, table);
    const followed = [...(this.followed.get(operation) ?? [])].filter((eip) => !this.isChanging(eip));
    return [...new Set([...targets, ...followed])];
  }

  /** Where code keeps changing, the region would go with it. */
  private isChanging(eip: number): boolean {
    const page = this.cache.pageOf(eip);
    return page === null || this.cache.isChanging(page);
  }

  /** A switch jumps through a table in memory, and what was executed of it is worth having here. */
  private readTable(jump: Decoded, table: number): number[] {
    const targets: number[] = [];
    for (let n = 0; n < MOST_TARGETS; n++) {
      const target = this.cache.peek((table + 4 * n) >>> 0);
      if (target === null || Math.abs(target - jump.eip) > NEARBY) break;
      const page = this.cache.pageOf(target);
      if (page !== null && this.cache.operationOn(page, target) !== 0) targets.push(target);
    }
    return targets;
  }
}

/** Where the table of `jmp [table + reg*4]` lies, or of `mov reg, [table + reg*4]; ... jmp reg`. */
function tableOf(jump: Decoded, before: readonly Decoded[]): number | null {
  const [operand] = jump.instruction.operands;
  if (operand.kind === 'memory') return tableAddress(operand);
  if (operand.kind !== 'register') return null;
  for (const { instruction } of [...before].reverse()) {
    const [to, from] = instruction.operands;
    if (instruction.mnemonic !== 'mov' || to.kind !== 'register' || to.number !== operand.number) continue;
    return from.kind === 'memory' ? tableAddress(from) : null;
  }
  return null;
}

const tableAddress = ({ index, shift, displacement, segment }: MemoryOperand): number | null =>
  index !== null && shift === 2 && segment === segmentNumber.ds ? displacement >>> 0 : null;

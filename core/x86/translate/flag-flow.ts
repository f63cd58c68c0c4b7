/**
 * Which flags matter where a block begins.  Two questions are asked: which will an instruction read before somebody
 * overwrites them (`read`), and which could a fault's handler see, because an instruction may leave the region before
 * they are overwritten (`seen`).  Flags that nobody reads and nobody sees are never computed.
 *
 * The carry has a life of its own, for inc and dec spare it.  The others mostly die together, and are one group here.
 */

import type { Instruction } from '../instruction.ts';
import { flagBit } from '../interpreter/flags-code.ts';
import type { Findings } from '../interpreter/handler-machine.ts';
import type { RegionGraph } from './region-graph.ts';

export const CARRY = flagBit.carry;
export const OTHERS = flagBit.parity | flagBit.adjust | flagBit.zero | flagBit.sign | flagBit.overflow;
const ALL = CARRY | OTHERS;

export interface LiveFlags {
  /** Bits of `flagBit`, per block. */
  readonly read: readonly number[];
  readonly seen: readonly number[];
}

const SHIFTS = new Set(['shl', 'shr', 'sar', 'shld', 'shrd']);
const ROTATES = new Set(['rol', 'ror', 'rcl', 'rcr']);
const COUNT_BITS = 31;

export interface FlagEffects {
  readonly read: number;
  /** Left as they were by who writes all others: read if anybody may look before they are overwritten. */
  readonly spared: number;
  readonly killed: number;
  readonly mayLeave: boolean;
}

/** Shifts by a constant do to the flags what they always do, or nothing. */
function constantCount(instruction: Instruction): number | null {
  if (!SHIFTS.has(instruction.mnemonic) && !ROTATES.has(instruction.mnemonic)) return null;
  const count = instruction.operands[instruction.operands.length - 1];
  return count.kind === 'immediate' ? count.value & COUNT_BITS : null;
}

export function flagEffects(instruction: Instruction, findings: Findings): FlagEffects {
  const count = constantCount(instruction);
  const written = count === 0 ? 0 : findings.flagsWritten;
  const killed = count === null ? findings.flagsKilled : written;
  const { flagsRead, mayFault } = findings;
  const spares = written === OTHERS && killed === OTHERS && !mayFault;
  const kept = keptBy(written, killed);
  return { read: flagsRead | (spares ? 0 : kept), spared: spares ? kept : 0, killed, mayLeave: mayFault };
}

/** What an instruction leaves of a group of flags it touches, or of the other group, has to be where it can be found. */
function keptBy(written: number, killed: number): number {
  if (written === 0) return 0;
  return ((killed & OTHERS) === OTHERS ? 0 : OTHERS) | (killed & CARRY ? 0 : CARRY);
}

/** What a block does to the flags as a whole. */
interface BlockEffects {
  readonly read: number;
  /** Could be seen before the block overwrites them; all, if it may leave before it overwrites any. */
  readonly seen: number;
  readonly killed: number;
}

function blockEffects(instructions: readonly FlagEffects[]): BlockEffects {
  let read = 0;
  let seen = 0;
  let killed = 0;
  let spared = 0;
  for (const effects of instructions) {
    read |= effects.read & ~killed;
    if (effects.mayLeave) {
      seen |= ALL & ~killed;
      read |= spared;
    }
    spared = (spared | (effects.spared & ~killed)) & ~effects.killed;
    killed |= effects.killed;
  }
  return { read: read | spared, seen, killed };
}

/** `effects[b][n]` is what the n-th instruction of block b does; on the way to one of `heads` the region may be left. */
export function liveFlags(
  graph: RegionGraph,
  effects: readonly (readonly FlagEffects[])[],
  heads: ReadonlySet<number>,
): LiveFlags {
  const { blocks } = graph;
  const whole = effects.map(blockEffects);
  const read = blocks.map(() => 0);
  const seen = blocks.map(() => 0);
  for (let changed = true; changed; ) {
    changed = false;
    for (let index = blocks.length - 1; index >= 0; index--) {
      const block = whole[index];
      let r = 0;
      let s = leaves(blocks[index].ending) ? ALL : 0;
      for (const to of blocks[index].successors) {
        r |= read[to];
        s |= heads.has(to) ? ALL : seen[to];
      }
      r = block.read | (r & ~block.killed);
      s = block.seen | (s & ~block.killed);
      if (r !== read[index] || s !== seen[index]) changed = true;
      read[index] = r;
      seen[index] = s;
    }
  }
  return { read, seen };
}

function leaves(ending: RegionGraph['blocks'][number]['ending']): boolean {
  switch (ending.kind) {
    case 'fall':
      return ending.next === null;
    case 'jump':
      return ending.target === null;
    case 'conditional':
      return ending.target === null || ending.next === null;
    default:
      return true;
  }
}

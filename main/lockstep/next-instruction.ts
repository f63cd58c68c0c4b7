/** What a board is about to execute, read out of RAM the way the processor would, but leaving no trace: no TLB, no bits. */

import { directoryIndex, entry, tableIndex } from '../../core/agreement/page-tables.ts';
import type { Board } from '../../core/x86/board.ts';
import { decode } from '../../core/x86/encoding/decode.ts';
import { format } from '../../core/x86/encoding/format.ts';

export interface NextInstruction {
  /** Instructions begun before it. */
  readonly count: number;
  readonly cpl: number;
  readonly selector: number;
  readonly eip: number;
  readonly bytes: readonly number[];
  readonly text: string;
}

const LONGEST_INSTRUCTION = 15;
const PAGING = 1 << 31;
const PAGE_SIZE_EXTENSION = 1 << 4;
const LARGE_PAGE = 1 << 7;
const LARGE_PAGE_MASK = 0x3fffff;
const FRAME = 0xfffff000;
const DEFAULT_SIZE_32 = 1 << 22;

export function nextInstruction(board: Board): NextInstruction {
  const { registers } = board;
  const cs = registers.segment('cs');
  const byteAt = (index: number) => byteAtLinear(board, (cs.base + registers.eip + index) >>> 0);
  const { eip } = registers;
  const instruction = decode(byteAt, (cs.rights & DEFAULT_SIZE_32) !== 0);
  const known = !('fault' in instruction);
  const length = known ? instruction.length : LONGEST_INSTRUCTION;
  const bytes = Array.from({ length }, (_, index) => byteAt(index)).filter((byte) => byte >= 0);
  const text = known ? format(instruction, eip) : `(${instruction.fault})`;
  return { count: board.instructions, cpl: registers.cpl, selector: cs.selector, eip, bytes, text };
}

/** -1 where nothing is mapped. */
function byteAtLinear(board: Board, linear: number): number {
  const physical = translate(board, linear);
  return physical < 0 ? -1 : board.memory.read8(physical);
}

function translate({ registers, memory }: Board, linear: number): number {
  if ((registers.cr0 & PAGING) === 0) return linear;
  const directory = memory.read32(((registers.cr3 & FRAME) >>> 0) + directoryIndex(linear) * 4);
  if ((directory & entry.present) === 0) return -1;
  if ((directory & LARGE_PAGE) !== 0 && (registers.cr4 & PAGE_SIZE_EXTENSION) !== 0) {
    return ((directory & ~LARGE_PAGE_MASK) | (linear & LARGE_PAGE_MASK)) >>> 0;
  }
  const table = memory.read32(((directory & FRAME) >>> 0) + tableIndex(linear) * 4);
  return (table & entry.present) === 0 ? -1 : ((table & FRAME) | (linear & ~FRAME)) >>> 0;
}

/**
 * A few instructions before and after a place, from the bytes that were kept.  Forwards that is simply reading.  Backwards
 * nobody knows where instructions begin, so a beginning is looked for from which reading on arrives exactly at the place:
 * at a symbol if one lies there, else as early as possible, for x86 code soon falls into step.
 */

import type { CodeSeen } from '../../core/host/guest-events.ts';
import { decode } from '../../core/x86/encoding/decode.ts';
import { format, type SymbolAt } from '../../core/x86/encoding/format.ts';

export interface CodeLine {
  readonly address: number;
  readonly text: string;
}

const MOST_BEFORE = 5;
const MOST_AFTER = 8;

/** `isSymbol` says whether a symbol begins at an address. */
export function codeAround(code: CodeSeen, symbol: SymbolAt, isSymbol: (address: number) => boolean): CodeLine[] {
  if (code.bytes.length === 0) return [];
  const before = linesBefore(code, symbol, isSymbol).slice(-MOST_BEFORE);
  const after: CodeLine[] = [];
  for (let address = code.at; after.length < MOST_AFTER; ) {
    const line = lineAt(code, address, symbol);
    if (line === null) break;
    after.push(line.line);
    address = line.next;
  }
  return [...before, ...after];
}

/** Null where the bytes end before the instruction does. */
function lineAt({ from, bytes }: CodeSeen, address: number, symbol: SymbolAt): { line: CodeLine; next: number } | null {
  const offset = address - from;
  if (offset >= bytes.length) return null;
  const instruction = decode((index) => bytes[offset + index] ?? -1, true);
  if ('fault' in instruction) {
    if (instruction.fault === 'fetch') return null;
    const byte = bytes[offset].toString(16).padStart(2, '0');
    return { line: { address, text: `.byte 0x${byte}` }, next: address + 1 };
  }
  return { line: { address, text: format(instruction, address, symbol) }, next: address + instruction.length };
}

function linesBefore(code: CodeSeen, symbol: SymbolAt, isSymbol: (address: number) => boolean): CodeLine[] {
  const starts = Array.from({ length: code.at - code.from }, (_, index) => code.from + index);
  const known = starts.filter(isSymbol).reverse();
  for (const start of [...known, ...starts]) {
    const lines = linesUpTo(code, start, symbol);
    if (lines !== null) return lines;
  }
  return [];
}

/** From `start` to the place, or null if reading from there steps over it. */
function linesUpTo(code: CodeSeen, start: number, symbol: SymbolAt): CodeLine[] | null {
  const lines: CodeLine[] = [];
  let address = start;
  while (address < code.at) {
    const line = lineAt(code, address, symbol);
    if (line === null || line.line.text.startsWith('.byte')) return null;
    lines.push(line.line);
    address = line.next;
  }
  return address === code.at ? lines : null;
}

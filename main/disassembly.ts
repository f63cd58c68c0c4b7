/** Turns bytes into lines of assembly: address, bytes, text, and a heading at every symbol. */

import { type ElfSymbol, nearestSymbol } from '../core/launcher/elf-symbols.ts';
import { decode } from '../core/x86/encoding/decode.ts';
import { format } from '../core/x86/encoding/format.ts';

export interface Code {
  readonly address: number;
  readonly bytes: Uint8Array;
}

const BYTES_WIDTH = 30;
/** More than an instruction and its name can be apart and still have to do with each other. */
const FARTHEST_OFFSET = 0x10000;

const hex = (value: number, digits: number) => (value >>> 0).toString(16).padStart(digits, '0');

/** Line by line, so that a large image can be watched going by. */
export function* disassemble(code: Code, symbols: readonly ElfSymbol[]): Generator<string> {
  const headings = headingsOf(symbols);
  const nameOf = (address: number) => nameAt(symbols, address >>> 0);
  for (let at = 0; at < code.bytes.length; ) {
    const address = code.address + at;
    const labels = headings.get(address) ?? [];
    if (labels.length > 0 && at > 0) yield '';
    for (const label of labels) yield `${hex(address, 8)} <${label}>:`;
    const instruction = decode((index) => code.bytes[at + index] ?? -1, true);
    const known = !('fault' in instruction);
    const length = known ? instruction.length : 1;
    const bytes = [...code.bytes.subarray(at, at + length)];
    const text = known ? format(instruction, address, nameOf) : `.byte 0x${hex(bytes[0], 2)}`;
    yield `${hex(address, 8)}  ${bytes
      .map((byte) => hex(byte, 2))
      .join(' ')
      .padEnd(BYTES_WIDTH)}  ${text}`;
    at += length;
  }
}

function headingsOf(symbols: readonly ElfSymbol[]): Map<number, string[]> {
  const headings = new Map<number, string[]>();
  for (const { name, address } of symbols) headings.set(address, [...(headings.get(address) ?? []), name]);
  return headings;
}

/** `name+0x10`, or null if no symbol is near enough. Precondition: sorted by address. */
export function nameAt(symbols: readonly ElfSymbol[], address: number): string | null {
  const symbol = nearestSymbol(symbols, address);
  if (symbol === null) return null;
  const offset = address - symbol.address;
  if (offset === 0) return symbol.name;
  const reach = symbol.size > 0 ? symbol.size : FARTHEST_OFFSET;
  return offset < reach ? `${symbol.name}+0x${offset.toString(16)}` : null;
}

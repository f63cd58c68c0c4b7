/**
 * Names for addresses: the symbol table of an ELF file, for the disassembler and for traces.  A file without one, or
 * with a broken one, simply has no names; nobody's run depends on them.
 */

import { layout, u8, u16, u32 } from '../agreement/layout.ts';
import { elf, elfHeader, looksLikeElf } from './elf.ts';
import { holds, recordAt } from './record.ts';
import { decodeName } from './text.ts';

/** ELF 1.2, figure 1-8. */
export const sectionHeader = layout('SECTION_HEADER', {
  name: u32,
  type: u32,
  flags: u32,
  address: u32,
  offset: u32,
  size: u32,
  link: u32,
  information: u32,
  alignment: u32,
  entryBytes: u32,
});

/** ELF 1.2, figure 1-15. */
export const symbolEntry = layout('SYMBOL', { name: u32, value: u32, size: u32, kind: u8, other: u8, section: u16 });

const SECTION_IS_PROGRAM = 1;
const SECTION_IS_SYMBOLS = 2;
const SECTION_EXECUTES = 4;
const KIND_MASK = 15;
const KIND_LAST_USEFUL = 2;
const UNDEFINED_SECTION = 0;
/** Absolute symbols are constants the assembler knew, not places. */
const FIRST_RESERVED_SECTION = 0xff00;
const LONGEST_NAME = 256;

export interface ElfSymbol {
  readonly name: string;
  /** As linked: where paging will have put it, for a kernel. */
  readonly address: number;
  /** 0 when the file does not say. */
  readonly size: number;
}

type Section = ReturnType<typeof recordAt<keyof typeof sectionHeader.at>>;

/** The section headers, or none if they do not lie within the file. */
function sectionsOf(file: Uint8Array): Section[] {
  if (!looksLikeElf(file) || !holds(file, 0, elfHeader.bytes)) return [];
  const header = recordAt(file, 0, elfHeader);
  const [start, count] = [header('sectionHeaders'), header('sectionHeaderCount')];
  const usable = header('class') === elf.class32 && header('sectionHeaderBytes') === sectionHeader.bytes;
  if (!usable || !holds(file, start, count * sectionHeader.bytes)) return [];
  return Array.from({ length: count }, (_, index) =>
    recordAt(file, start + index * sectionHeader.bytes, sectionHeader),
  );
}

/** Labels, functions and objects by ascending address; empty when the file has none or cannot be believed. */
export function readSymbols(file: Uint8Array): ElfSymbol[] {
  const sections = sectionsOf(file);
  const table = sections.find((section) => section('type') === SECTION_IS_SYMBOLS && section('link') < sections.length);
  return table === undefined ? [] : symbolsOf(file, table, sections[table('link')]);
}

/** The stretches that hold code and nothing else, for a disassembler; empty when the file does not say. */
export function readCodeSections(file: Uint8Array): { address: number; bytes: Uint8Array }[] {
  return sectionsOf(file)
    .filter((section) => section('type') === SECTION_IS_PROGRAM && (section('flags') & SECTION_EXECUTES) !== 0)
    .filter((section) => section('size') > 0 && holds(file, section('offset'), section('size')))
    .map((section) => ({
      address: section('address'),
      bytes: file.subarray(section('offset'), section('offset') + section('size')),
    }));
}

function symbolsOf(file: Uint8Array, table: Section, names: Section): ElfSymbol[] {
  if (!holds(file, table('offset'), table('size')) || !holds(file, names('offset'), names('size'))) return [];
  const nameBytes = file.subarray(names('offset'), names('offset') + names('size'));
  const symbols: ElfSymbol[] = [];
  for (let at = 0; at + symbolEntry.bytes <= table('size'); at += symbolEntry.bytes) {
    const symbol = recordAt(file, table('offset') + at, symbolEntry);
    if ((symbol('kind') & KIND_MASK) > KIND_LAST_USEFUL) continue;
    if (symbol('section') === UNDEFINED_SECTION || symbol('section') >= FIRST_RESERVED_SECTION) continue;
    const name = decodeName(nameBytes, symbol('name'), LONGEST_NAME);
    if (name !== '') symbols.push({ name, address: symbol('value'), size: symbol('size') });
  }
  return symbols.sort((one, other) => one.address - other.address);
}

/** The last symbol at or below an address, or null. Precondition: sorted by address. */
export function nearestSymbol(symbols: readonly ElfSymbol[], address: number): ElfSymbol | null {
  let [low, high] = [0, symbols.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (symbols[middle].address <= address) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : symbols[low - 1];
}

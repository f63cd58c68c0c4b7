/** Makes small ELF files, right by default and wrong on request, from the same layouts the reader uses. */

import { elf, elfHeader, programHeader } from '../../../core/launcher/elf.ts';
import { sectionHeader, symbolEntry } from '../../../core/launcher/elf-symbols.ts';
import { putField } from '../../../core/launcher/record.ts';

export interface SegmentPlan {
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly memoryBytes?: number;
  readonly virtual?: number;
}

export type HeaderField = keyof typeof elfHeader.at;

/** An executable with these segments; `header` overrides fields of the file header. */
export function buildElf(
  segments: readonly SegmentPlan[],
  entry: number,
  header: Partial<Record<HeaderField, number>> = {},
): Uint8Array {
  const headersEnd = elfHeader.bytes + segments.length * programHeader.bytes;
  const file = new Uint8Array(headersEnd + segments.reduce((sum, { bytes }) => sum + bytes.length, 0));
  const fields = {
    magic: elf.magic,
    class: elf.class32,
    encoding: elf.littleEndian,
    type: elf.executable,
    machine: elf.machine386,
    entry,
    programHeaders: elfHeader.bytes,
    programHeaderBytes: programHeader.bytes,
    programHeaderCount: segments.length,
    ...header,
  };
  for (const [name, value] of Object.entries(fields)) putField(file, 0, elfHeader, name as HeaderField, value);
  let offset = headersEnd;
  segments.forEach(({ at, bytes, memoryBytes, virtual }, index) => {
    const put = (name: keyof typeof programHeader.at, value: number) =>
      putField(file, elfHeader.bytes + index * programHeader.bytes, programHeader, name, value);
    put('type', elf.load);
    put('offset', offset);
    put('physical', at);
    put('virtual', virtual ?? at);
    put('fileBytes', bytes.length);
    put('memoryBytes', memoryBytes ?? bytes.length);
    put('flags', elf.flagExecute);
    file.set(bytes, offset);
    offset += bytes.length;
  });
  return file;
}

/** Appends a symbol table and its strings. */
export function withSymbols(
  file: Uint8Array,
  symbols: readonly { name: string; value: number; size?: number; kind?: number; section?: number }[],
): Uint8Array {
  const names = Buffer.from(`\0${symbols.map(({ name }) => name).join('\0')}\0`, 'latin1');
  const table = new Uint8Array(symbols.length * symbolEntry.bytes);
  let nameAt = 1;
  symbols.forEach(({ name, value, size = 0, kind = 2, section = 1 }, index) => {
    const put = (field: keyof typeof symbolEntry.at, number: number) =>
      putField(table, index * symbolEntry.bytes, symbolEntry, field, number);
    put('name', nameAt);
    put('value', value);
    put('size', size);
    put('kind', kind);
    put('section', section);
    nameAt += name.length + 1;
  });
  const sections = new Uint8Array(3 * sectionHeader.bytes);
  const put = (index: number, field: keyof typeof sectionHeader.at, number: number) =>
    putField(sections, index * sectionHeader.bytes, sectionHeader, field, number);
  put(1, 'type', 2);
  put(1, 'offset', file.length);
  put(1, 'size', table.length);
  put(1, 'link', 2);
  put(2, 'type', 3);
  put(2, 'offset', file.length + table.length);
  put(2, 'size', names.length);
  const all = new Uint8Array([...file, ...table, ...names, ...sections]);
  putField(all, 0, elfHeader, 'sectionHeaders', file.length + table.length + names.length);
  putField(all, 0, elfHeader, 'sectionHeaderBytes', sectionHeader.bytes);
  putField(all, 0, elfHeader, 'sectionHeaderCount', 3);
  return all;
}

/** What a function throws, or null. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return null;
  } catch (error) {
    return error;
  }
}

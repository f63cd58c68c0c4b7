/**
 * Reads 32-bit x86 ELF executables from bytes: what goes where, and where to start.  Nobody has vouched for the bytes:
 * every offset is checked against the file before it is followed, and every loop is bounded by a count the file was
 * long enough to hold.  It does not relocate, and it will not guess.
 */

import { bytes as gap, layout, u8, u16, u32 } from '../agreement/layout.ts';
import { hex, ImageError } from './image-error.ts';
import { holds, readNumber, recordAt } from './record.ts';

/** Tool Interface Standard, ELF 1.2, figure 1-3. */
export const elfHeader = layout('ELF_HEADER', {
  magic: u32,
  class: u8,
  encoding: u8,
  identityVersion: u8,
  padding: gap(9),
  type: u16,
  machine: u16,
  version: u32,
  entry: u32,
  programHeaders: u32,
  sectionHeaders: u32,
  flags: u32,
  headerBytes: u16,
  programHeaderBytes: u16,
  programHeaderCount: u16,
  sectionHeaderBytes: u16,
  sectionHeaderCount: u16,
  sectionNames: u16,
});

/** ELF 1.2, figure 2-1. */
export const programHeader = layout('PROGRAM_HEADER', {
  type: u32,
  offset: u32,
  virtual: u32,
  physical: u32,
  fileBytes: u32,
  memoryBytes: u32,
  flags: u32,
  alignment: u32,
});

/** The numbers of the standard that we care for. */
export const elf = {
  magic: 0x464c457f,
  class32: 1,
  class64: 2,
  littleEndian: 1,
  executable: 2,
  machine386: 3,
  load: 1,
  flagExecute: 1,
} as const;

/** A stretch of the file and the stretch of memory it fills; what the file does not fill stays zero. */
export interface Piece {
  readonly at: number;
  /** Where the piece believes it lives once paging is on. */
  readonly virtual: number;
  readonly bytes: Uint8Array;
  /** At least `bytes.length`. */
  readonly memoryBytes: number;
  readonly executable: boolean;
}

export interface ElfImage {
  readonly entry: number;
  /** By ascending physical address, not overlapping, never empty. */
  readonly pieces: readonly Piece[];
}

const FOUR_GIB = 2 ** 32;

export function looksLikeElf(file: Uint8Array): boolean {
  return holds(file, 0, 4) && readNumber(file, 0, 4) === elf.magic;
}

// @journey launcher/kernel-image
// A kernel arrives as a file, and a file may say anything.  ELF is a table of stretches: "these bytes of mine belong
// at that physical address, and this much room after them is zero".  We believe a stretch only after checking that
// the file really has the bytes, that no two stretches want the same place, and that the start lies inside one.
/** Reads an executable's pieces; throws ImageError. Precondition: `looksLikeElf`. */
export function readElf(file: Uint8Array): ElfImage {
  const header = checkedHeader(file);
  const pieces = loadSegments(file, header).sort((one, other) => one.at - other.at);
  if (pieces.length === 0) throw new ImageError('not a kernel', 'the ELF file has nothing to load');
  refuseOverlap(pieces);
  const entry = header('entry');
  if (!pieces.some((piece) => entry >= piece.at && entry < piece.at + piece.memoryBytes)) {
    throw new ImageError('malformed', `the entry point ${hex(entry)} lies in none of the loaded segments`);
  }
  return { entry, pieces };
}
// @end

type Header = ReturnType<typeof recordAt<keyof typeof elfHeader.at>>;

function checkedHeader(file: Uint8Array): Header {
  if (!holds(file, 0, elfHeader.bytes)) {
    throw new ImageError('truncated', `the ELF file ends after ${file.length} bytes, within its header`);
  }
  const header = recordAt(file, 0, elfHeader);
  if (header('class') === elf.class64) {
    throw new ImageError('wrong machine', 'this is a 64-bit ELF file, and only 32-bit x86 kernels can run here');
  }
  if (header('class') !== elf.class32) throw new ImageError('malformed', 'the ELF file is neither 32-bit nor 64-bit');
  if (header('encoding') !== elf.littleEndian || header('machine') !== elf.machine386) {
    throw new ImageError('wrong machine', 'the ELF file is for another processor than 32-bit x86');
  }
  if (header('type') !== elf.executable) {
    throw new ImageError('not a kernel', 'the ELF file is not an executable with fixed addresses (ET_EXEC)');
  }
  return header;
}

function loadSegments(file: Uint8Array, header: Header): Piece[] {
  const count = header('programHeaderCount');
  if (count === 0) return [];
  if (header('programHeaderBytes') !== programHeader.bytes) {
    throw new ImageError('malformed', `the ELF program headers have ${header('programHeaderBytes')} bytes, not 32`);
  }
  if (!holds(file, header('programHeaders'), count * programHeader.bytes)) {
    throw new ImageError('truncated', 'the ELF file ends before its program headers do');
  }
  const pieces: Piece[] = [];
  for (let index = 0; index < count; index++) {
    const piece = loadSegment(file, header('programHeaders') + index * programHeader.bytes);
    if (piece !== null) pieces.push(piece);
  }
  return pieces;
}

function loadSegment(file: Uint8Array, offset: number): Piece | null {
  const segment = recordAt(file, offset, programHeader);
  const [at, fileBytes, memoryBytes] = [segment('physical'), segment('fileBytes'), segment('memoryBytes')];
  if (segment('type') !== elf.load || memoryBytes === 0) return null;
  if (fileBytes > memoryBytes) {
    throw new ImageError('malformed', `the segment at ${hex(at)} has more bytes in the file than in memory`);
  }
  if (!holds(file, segment('offset'), fileBytes)) {
    throw new ImageError('truncated', `the ELF file ends before the segment for ${hex(at)} does`);
  }
  if (at + memoryBytes > FOUR_GIB) {
    throw new ImageError('does not fit', `the segment at ${hex(at)} reaches beyond 4 GiB`);
  }
  return {
    at,
    virtual: segment('virtual'),
    bytes: file.subarray(segment('offset'), segment('offset') + fileBytes),
    memoryBytes,
    executable: (segment('flags') & elf.flagExecute) !== 0,
  };
}

/** Precondition: sorted by address. */
function refuseOverlap(pieces: readonly Piece[]): void {
  for (let index = 1; index < pieces.length; index++) {
    const [lower, upper] = [pieces[index - 1], pieces[index]];
    if (lower.at + lower.memoryBytes > upper.at) {
      throw new ImageError('overlap', `the segments at ${hex(lower.at)} and ${hex(upper.at)} overlap`);
    }
  }
}

/**
 * Loads a multiboot 1 kernel onto a bare board: flat protected mode, no paging, a command line, a memory map and nothing
 * else (Multiboot Specification 0.6.96).  For processor test suites and benchmarks; there is no guest here and no host.
 */

import type { Ground, SegmentState } from '../agreement/ground.ts';
import { layout, u32, u64 } from '../agreement/layout.ts';
import { looksLikeElf, type Piece, readElf } from './elf.ts';
import { hex, ImageError } from './image-error.ts';
import { holds, putField, recordAt } from './record.ts';
import { encodeText } from './text.ts';

/** §3.1.1 */
const multibootHeader = layout('MULTIBOOT_HEADER', { magic: u32, flags: u32, checksum: u32 });
/** §3.1.3, behind the above when bit 16 is set. */
const addressFields = layout('MULTIBOOT_ADDRESSES', { header: u32, load: u32, loadEnd: u32, bssEnd: u32, entry: u32 });
/** §3.3, up to where we stop. */
const information = layout('MULTIBOOT_INFORMATION', {
  flags: u32,
  lowerKiB: u32,
  upperKiB: u32,
  bootDevice: u32,
  commandLine: u32,
  moduleCount: u32,
  modules: u32,
  symbols: { bytes: 16 },
  mapBytes: u32,
  map: u32,
  drives: u64,
  configuration: u32,
  loaderName: u32,
});
const mapEntry = layout('MULTIBOOT_MAP', { size: u32, base: u64, length: u64, type: u32 });
const multiboot = {
  headerMagic: 0x1badb002,
  loaderMagic: 0x2badb002,
  searchBytes: 8192,
  /** Bits a loader must understand or refuse: 0 aligns modules, 1 asks for memory; we have both, and no video (2). */
  mandatoryMask: 0xffff,
  understoodMask: 3,
  addressesValid: 0x10000,
  /** lowerKiB and upperKiB, command line, memory map, loader name. */
  informationFlags: 1 | 4 | 0x40 | 0x200,
} as const;

const MAP_AVAILABLE = 1;
const MAP_RESERVED = 2;
const KIB = 1024;
const LOWER_END = 640 * KIB;
const UPPER_START = 1024 * KIB;
/** Below this lie a PC's interrupt table and BIOS data; programs expect to own neither. */
const INFORMATION_LOWEST = 0x1000;
const ALIGNMENT = 16;

const LOADER_NAME = 'Astride';
const PROTECTED_MODE = 1;
/** Accessed, present, flat 4 GiB, 32-bit: the upper halves of the descriptors, as SegmentState wants them. */
const FLAT_CODE: SegmentState = { selector: 0x08, base: 0, limit: 0xffffffff, rights: 0x00c09b00 };
const FLAT_DATA: SegmentState = { selector: 0x10, base: 0, limit: 0xffffffff, rights: 0x00c09300 };

export interface MultibootImage {
  readonly entry: number;
  readonly pieces: readonly Piece[];
}

/** Finds the header and what to load; throws ImageError and nothing else. */
export function readMultiboot(file: Uint8Array): MultibootImage {
  const at = findHeader(file);
  if (at === null) throw new ImageError('not a kernel', 'the file has no multiboot header in its first 8192 bytes');
  const flags = recordAt(file, at, multibootHeader)('flags');
  if (flags & multiboot.mandatoryMask & ~multiboot.understoodMask) {
    throw new ImageError('not supported', `its multiboot header asks for features that are not here (${hex(flags)})`);
  }
  if (flags & multiboot.addressesValid) return readAddressFields(file, at);
  if (!looksLikeElf(file)) {
    throw new ImageError('not a kernel', 'the multiboot file is not an ELF file and has no address fields');
  }
  return readElf(file);
}

function findHeader(file: Uint8Array): number | null {
  const last = Math.min(file.length, multiboot.searchBytes) - multibootHeader.bytes;
  for (let at = 0; at <= last; at += 4) {
    const header = recordAt(file, at, multibootHeader);
    if (header('magic') !== multiboot.headerMagic) continue;
    if (((header('magic') + header('flags') + header('checksum')) & 0xffffffff) === 0) return at;
  }
  return null;
}

/** §3.1.3: the file says itself where it belongs, whatever format it otherwise has. */
function readAddressFields(file: Uint8Array, headerAt: number): MultibootImage {
  const fieldsAt = headerAt + multibootHeader.bytes;
  if (!holds(file, fieldsAt, addressFields.bytes)) {
    throw new ImageError('truncated', 'the file ends within its multiboot header');
  }
  const field = recordAt(file, fieldsAt, addressFields);
  const [load, entry] = [field('load'), field('entry')];
  const offset = headerAt - (field('header') - load);
  if (load > field('header') || offset < 0) {
    throw new ImageError('malformed', 'its multiboot header lies outside of what it says to load');
  }
  const loadBytes = field('loadEnd') === 0 ? file.length - offset : field('loadEnd') - load;
  if (loadBytes < 0) throw new ImageError('malformed', 'its multiboot header ends loading before it begins');
  if (!holds(file, offset, loadBytes)) throw new ImageError('truncated', 'the file ends before what it says to load');
  const memoryBytes = Math.max(loadBytes, field('bssEnd') - load);
  if (entry < load || entry >= load + memoryBytes) {
    throw new ImageError('malformed', `the entry point ${hex(entry)} lies outside of what is loaded`);
  }
  const bytes = file.subarray(offset, offset + loadBytes);
  return { entry, pieces: [{ at: load, virtual: load, bytes, memoryBytes, executable: true }] };
}

/** Loads the image and puts the processor where §3.2 wants it; throws ImageError before anything is written. */
export function loadMultiboot(ground: Ground, image: MultibootImage, commandLine: string): void {
  const { memory, registers } = ground;
  for (const piece of image.pieces) {
    if (piece.at + piece.memoryBytes > memory.size) {
      const end = hex(piece.at + piece.memoryBytes);
      throw new ImageError('does not fit', `its segment at ${hex(piece.at)} reaches up to ${end}, beyond the memory`);
    }
  }
  const text = encodeText(`${commandLine}\0`);
  const place = findRoom(image, informationBytes(text));
  for (const piece of image.pieces) {
    memory.fill(piece.at, piece.memoryBytes, 0);
    memory.writeBytes(piece.at, piece.bytes);
  }
  memory.writeBytes(place, informationBlock(place, text, memory.size));
  enterFlatMode(registers);
  registers.eax = multiboot.loaderMagic;
  registers.ebx = place;
  registers.eip = image.entry;
}

function enterFlatMode(registers: Ground['registers']): void {
  registers.setSegment('cs', FLAT_CODE);
  for (const name of ['ds', 'es', 'fs', 'gs', 'ss'] as const) registers.setSegment(name, FLAT_DATA);
  registers.cr0 = (registers.cr0 & ~(1 << 31)) | PROTECTED_MODE;
  registers.eflags = 2;
}

const memoryRegions = (memoryBytes: number) => [
  { base: 0, length: LOWER_END, type: MAP_AVAILABLE },
  { base: LOWER_END, length: UPPER_START - LOWER_END, type: MAP_RESERVED },
  { base: UPPER_START, length: memoryBytes - UPPER_START, type: MAP_AVAILABLE },
];
const MAP_BYTES = memoryRegions(0).length * mapEntry.bytes;
const NAME_BYTES = encodeText(`${LOADER_NAME}\0`);

const informationBytes = (text: Uint8Array) => information.bytes + MAP_BYTES + NAME_BYTES.length + text.length;

/** A gap below 640 KiB that no piece wants. */
function findRoom(image: MultibootImage, length: number): number {
  let place = INFORMATION_LOWEST;
  for (const piece of image.pieces) {
    if (piece.at >= place + length) break;
    if (piece.at + piece.memoryBytes > place) place = aligned(piece.at + piece.memoryBytes);
  }
  if (place + length <= LOWER_END) return place;
  throw new ImageError('does not fit', 'there is no room below 640 KiB for the command line and the memory map');
}

const aligned = (address: number) => Math.ceil(address / ALIGNMENT) * ALIGNMENT;

function informationBlock(place: number, text: Uint8Array, memoryBytes: number): Uint8Array {
  const block = new Uint8Array(informationBytes(text));
  const mapAt = information.bytes;
  const nameAt = mapAt + MAP_BYTES;
  const put = (name: keyof typeof information.at, value: number) => putField(block, 0, information, name, value);
  put('flags', multiboot.informationFlags);
  put('lowerKiB', LOWER_END / KIB);
  put('upperKiB', (memoryBytes - UPPER_START) / KIB);
  put('commandLine', place + nameAt + NAME_BYTES.length);
  put('mapBytes', MAP_BYTES);
  put('map', place + mapAt);
  put('loaderName', place + nameAt);
  memoryRegions(memoryBytes).forEach((region, index) => {
    const at = mapAt + index * mapEntry.bytes;
    // The size field does not count itself.
    putField(block, at, mapEntry, 'size', mapEntry.bytes - mapEntry.sizeOf.size);
    putField(block, at, mapEntry, 'base', region.base);
    putField(block, at, mapEntry, 'length', region.length);
    putField(block, at, mapEntry, 'type', region.type);
  });
  block.set(NAME_BYTES, nameAt);
  block.set(text, nameAt + NAME_BYTES.length);
  return block;
}

/**
 * Puts kernel, boot parameters, command line and initrd into a guest's memory, as lguest's launcher does.  Everything
 * is checked before the first byte is written; what does not fit is refused with a sentence.
 */

import { type GuestPhysical, pageAligned } from '../agreement/addresses.ts';
import type { GuestMemory } from '../host/guest-events.ts';
import { boot, bootParams, e820Entry } from './boot-params.ts';
import { hex, ImageError } from './image-error.ts';
import type { KernelImage } from './kernel-image.ts';
import { putField } from './record.ts';
import { encodeText } from './text.ts';

export const MIB = 1024 * 1024;
export const SMALLEST_MEMORY_MIB = 4;
export const LARGEST_MEMORY_MIB = 1024;

export interface GuestLoad {
  readonly kernel: KernelImage;
  readonly initrd: Uint8Array | null;
  readonly commandLine: string;
  /** RAM without device pages. */
  readonly memoryBytes: number;
}

/** Refuses what a guest cannot be given; throws ImageError. */
export function checkMemoryMiB(memoryMiB: number): void {
  if (!Number.isInteger(memoryMiB) || memoryMiB < SMALLEST_MEMORY_MIB || memoryMiB > LARGEST_MEMORY_MIB) {
    throw new ImageError(
      'bad memory size',
      `a guest has from ${SMALLEST_MEMORY_MIB} to ${LARGEST_MEMORY_MIB} MiB of memory, not ${memoryMiB}`,
    );
  }
}

const INITRD = 'the initrd';

/** A stretch of guest-physical memory and what lies there, as sentences name it. */
export interface Range {
  readonly what: string;
  readonly from: number;
  /** The first byte behind it. */
  readonly to: number;
}

// @journey launcher/boot-parameters
// The launcher is the firmware, and it is a short one.  A page of parameters at address 0 says how much memory there
// is and where the command line lies; hardware_subarch 1 says "this is lguest", and that one word sends the kernel
// down the road where it asks instead of grabbing.  The initrd goes to the very top of RAM, out of everyone's way.
/** Loads a guest and returns its entry point; throws ImageError before anything is written. */
export function loadGuest(memory: GuestMemory, load: GuestLoad): GuestPhysical {
  const commandLine = encodeText(`${load.commandLine}\0`);
  checkLoad(load, commandLine);
  for (const piece of load.kernel.pieces) memory.writeBytes(physical(piece.at), piece.bytes);
  if (load.initrd !== null) memory.writeBytes(physical(initrdStart(load)), load.initrd);
  memory.writeBytes(physical(boot.paramsAddress), parameterPage(load));
  memory.writeBytes(physical(boot.commandLineAddress), commandLine);
  return physical(load.kernel.entry);
}
// @end

/** Checks everything `loadGuest` would: for fronts that want to complain before they build a board. */
export function checkLoad(load: GuestLoad, commandLine = encodeText(`${load.commandLine}\0`)): void {
  if (commandLine.length > boot.commandLineBytes) {
    const limit = boot.commandLineBytes - 1;
    throw new ImageError('bad command line', `the command line has more than ${limit} bytes`);
  }
  if (load.commandLine.includes('\0')) throw new ImageError('bad command line', 'the command line holds a NUL');
  const ranges = loadRanges(load, commandLine);
  for (const range of ranges) refuseOutside(range, load.memoryBytes);
  for (let index = 1; index < ranges.length; index++) {
    const [lower, upper] = [ranges[index - 1], ranges[index]];
    if (lower.to > upper.from) throw collision(lower, upper, load.memoryBytes);
  }
}

/** What goes where, by ascending address and whether or not it fits; an initrd larger than memory throws ImageError. */
export function loadRanges(load: GuestLoad, commandLine = encodeText(`${load.commandLine}\0`)): Range[] {
  const ranges = [...kernelRanges(load), parameterRange(commandLine), ...initrdRange(load)];
  return ranges.sort((one, other) => one.from - other.from);
}

function collision(lower: Range, upper: Range, memoryBytes: number): ImageError {
  if (upper.what.startsWith(INITRD)) {
    return new ImageError(
      'does not fit',
      `${upper.what} does not fit above ${lower.what} in ${inMiB(memoryBytes)} of memory`,
    );
  }
  return new ImageError('overlap', `${lower.what} and ${upper.what} overlap`);
}

/** A kernel that unpacks itself leaves its compressed self behind, so only where it ends up counts. */
function kernelRanges({ kernel }: GuestLoad): Range[] {
  const pieces = kernel.pieces.map((piece) => ({
    what: `the kernel's segment at ${hex(piece.at)}`,
    from: piece.at,
    to: piece.at + piece.memoryBytes,
  }));
  if (kernel.unpacksTo === null) return pieces;
  const { at, memoryBytes } = kernel.unpacksTo;
  const from = Math.max(at, ...pieces.map((piece) => piece.to));
  return [...pieces, { what: 'the unpacked kernel', from, to: Math.max(from, at + memoryBytes) }];
}

function parameterRange(commandLine: Uint8Array): Range {
  return { what: 'the boot parameters', from: boot.paramsAddress, to: boot.commandLineAddress + commandLine.length };
}

function initrdRange(load: GuestLoad): Range[] {
  if (load.initrd === null) return [];
  const size = inMiB(load.initrd.length);
  if (pageAligned(load.initrd.length) > load.memoryBytes) {
    throw new ImageError('does not fit', `${INITRD} of ${size} does not fit into ${inMiB(load.memoryBytes)} of memory`);
  }
  return [{ what: `${INITRD} of ${size}`, from: initrdStart(load), to: load.memoryBytes }];
}

function refuseOutside(range: Range, memoryBytes: number): void {
  if (range.to <= memoryBytes) return;
  throw new ImageError(
    'does not fit',
    `${range.what} reaches up to ${hex(range.to)}, beyond the ${inMiB(memoryBytes)} of memory`,
  );
}

function parameterPage(load: GuestLoad): Uint8Array {
  const page = new Uint8Array(bootParams.bytes);
  const put = (name: keyof typeof bootParams.at, value: number) => putField(page, 0, bootParams, name, value);
  put('e820Entries', 1);
  putField(page, bootParams.at.e820Map, e820Entry, 'size', load.memoryBytes);
  putField(page, bootParams.at.e820Map, e820Entry, 'type', boot.e820Ram);
  put('version', boot.version);
  put('loadFlags', boot.keepSegments);
  put('commandLine', boot.commandLineAddress);
  put('kernelAlignment', boot.kernelAlignment);
  put('hardwareSubarchitecture', boot.subarchitectureLguest);
  if (load.initrd !== null) {
    put('loaderType', boot.loaderUnknown);
    put('ramdiskImage', initrdStart(load));
    put('ramdiskSize', pageAligned(load.initrd.length));
  }
  return page;
}

const initrdStart = (load: GuestLoad) => load.memoryBytes - pageAligned(load.initrd?.length ?? 0);
const inMiB = (size: number) => `${Math.ceil((size / MIB) * 10) / 10} MiB`;
/** A claim made here and only here: numbers of an image that passed the checks above are guest-physical. */
const physical = (at: number) => at as GuestPhysical;
